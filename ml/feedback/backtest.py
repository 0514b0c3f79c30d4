"""Rolling origin: each of the newest fifths of the rated texts, by what was learned of all said before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ml import measures
from ml.feedback import classifier, lexicon
from ml.feedback.classifier import Labels
from ml.feedback.settings import FeedbackSettings
from ml.frames import FloatArray

MODEL, RULE = "tfidf+logistic", "rule:lexicon"
_FIFTHS = 5


@dataclass(frozen=True)
class Tested:
    """What the fifths said.

    Attributes
    ----------
    results
        ``cut`` (1 the newest), ``test_day`` (of the last text learned from), ``candidate``, then the
        measures; empty when the newest fifth is too small, or of one class.
    is_good, foretold
        Of the newest fifth, in order of time: what its ratings say, 0 or 1, and the probability of it by
        candidate.
    """

    results: pd.DataFrame
    is_good: FloatArray = field(default_factory=lambda: np.zeros(0))
    foretold: dict[str, FloatArray] = field(default_factory=dict)

    @property
    def newest(self) -> classifier.Test:
        """The test on the newest fifth."""
        if self.results.empty:
            return classifier.UNTRIED
        rows = self.results[self.results["cut"] == 1].set_index("candidate")
        f1, accuracy = rows["macro_f1"], rows["accuracy"]
        return classifier.Test(len(self.is_good), float(f1[MODEL]), float(accuracy[MODEL]), float(f1[RULE]))


def run(texts: Sequence[str], labels: Labels, days: pd.Series, settings: FeedbackSettings) -> Tested:
    """Every measure of the model and of the lexicon on each cut, until one has too little to learn or test.

    Parameters
    ----------
    texts, labels, days
        In order of time. Fifths that no day tells apart are one cut: the newest.
    """
    fifth = len(texts) // _FIFTHS
    said = days.to_numpy(dtype="datetime64[s]")
    found: list[dict[str, object]] = []
    newest: tuple[FloatArray, dict[str, FloatArray]] = np.zeros(0), {}
    for cut in range(1, min(settings.folds, _FIFTHS - 1) + 1):
        end = len(texts) - fifth * (cut - 1)
        start = end - fifth
        if fifth < settings.min_held_out or len(set(labels[:start])) < 2 or len(set(labels[start:end])) < 2:
            break
        if cut > 1 and not said[start - 1] < said[end - 1]:
            break
        fitted = classifier.fit(texts[:start], labels[:start], settings.seed)
        later = list(texts[start:end])
        foretold = {
            MODEL: fitted.predict_proba(later)[:, list(fitted.classes_).index("positive")],
            RULE: lexicon.probabilities(later),
        }
        is_good = (labels[start:end] == "positive").astype("float64")
        # A model is sure of neither at one half exactly; the lexicon, which often is, then says good.
        classes = {MODEL: foretold[MODEL] > 0.5, RULE: foretold[RULE] >= 0.5}
        for name, p in foretold.items():
            row: dict[str, object] = {"cut": cut, "test_day": str(said[start - 1])[:10], "candidate": name}
            found.append(
                row
                | {
                    "macro_f1": classifier.macro_f1(labels[start:end], named(classes[name])),
                    "accuracy": float((classes[name] == (is_good == 1.0)).mean()),
                    "ece": measures.ece(is_good, p),
                    "texts": float(fifth),
                }
            )
        newest = newest if cut > 1 else (is_good, foretold)
    return Tested(pd.DataFrame(found), *newest)


def named(is_good: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Labels:
    """The labels of what is good and what is not."""
    return np.where(is_good, "positive", "negative")
