"""One pipeline for every language: hashed n-grams weighted by TF-IDF, and a logistic regression.

Hashed, so that a model file holds nobody's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ml.feedback.texts import TOKEN

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Labels = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Test:
    """How a classifier did on texts later than those it learnt from.

    Attributes
    ----------
    rows
        Texts it was tested on; 0 when there were too few to try, or one class.
    macro_f1, accuracy
        Of all of them, none abstained from.
    baseline_f1
        The macro-F1 of the plain rule on the same texts.
    """

    rows: int
    macro_f1: float
    accuracy: float
    baseline_f1: float


UNTRIED = Test(0, float("nan"), float("nan"), float("nan"))


def fit(texts: Sequence[str], labels: Labels, seed: int) -> Pipeline:
    """Fit on everything; classes weigh the same however rare, as macro-F1 has it."""
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    pipeline = Pipeline(
        [
            (
                "n_grams",
                HashingVectorizer(
                    token_pattern=TOKEN, ngram_range=(1, 2), n_features=2**17, alternate_sign=False, norm=None
                ),
            ),
            # Columns no text falls into cost the fit as much as any other.
            ("used", VarianceThreshold()),
            ("tfidf", TfidfTransformer(sublinear_tf=True)),
            ("logistic", LogisticRegression(C=3.0, class_weight="balanced", max_iter=200, random_state=seed)),
        ]
    )
    return pipeline.fit(list(texts), labels)


def tested(texts: Sequence[str], labels: Labels, plain: Labels | None, least: int, seed: int) -> Test:
    """Learn from the older four fifths, test on the newest fifth.

    Parameters
    ----------
    texts, labels
        In order of time.
    plain
        What the plain rule says of each; by default the commonest label of those learnt from.
    least
        Fewer texts to test on than this, and nothing is tried.
    """
    cut = len(texts) - len(texts) // 5
    if len(texts) - cut < least or len(set(labels[:cut])) < 2 or len(set(labels[cut:])) < 2:
        return UNTRIED
    found = fit(texts[:cut], labels[:cut], seed).predict(list(texts[cut:]))
    names, counts = np.unique(labels[:cut], return_counts=True)
    rule = np.full(len(texts), names[np.argmax(counts)]) if plain is None else plain
    truth = labels[cut:]
    return Test(
        len(truth), macro_f1(truth, found), float((truth == found).mean()), macro_f1(truth, rule[cut:])
    )


def macro_f1(truth: Labels, found: Labels) -> float:
    """Mean F1 of the classes there are, each weighing the same."""
    scores = []
    for name in np.unique(truth):
        hit = int(((truth == name) & (found == name)).sum())
        scores.append(2 * hit / (int((truth == name).sum()) + int((found == name).sum())))
    return float(np.mean(scores))
