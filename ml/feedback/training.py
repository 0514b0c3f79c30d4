"""Learn, test on later texts, and publish what passed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ml import curves, rolling
from ml.feedback import backtest, classifier
from ml.feedback.classifier import Labels, Test
from ml.feedback.settings import FeedbackSettings
from ml.feedback.texts import by_words, rated, select
from ml.spec import Payload, Trained
from ml.threads import one_thread

KINDS = ("complaint", "suggestion", "question", "praise")


def train(frame: pd.DataFrame, settings: FeedbackSettings) -> Trained:
    """Fit the three classifiers and keep those that passed; never raises because of the data."""
    rows = select(frame, settings)
    with one_thread():
        return _train(rows, settings)


def _train(rows: pd.DataFrame, settings: FeedbackSettings) -> Trained:
    topics = [dict(one) for one in settings.topics]
    model: Payload = {
        "sentiment": None,
        "topic": None,
        "kind": None,
        "is_lexicon": False,
        "topics": topics,
        "max_characters": settings.max_characters,
        "key_people": settings.key_people,
    }
    card: dict[str, Any] = {
        "population": "feedback with words, of people who granted analytics and of nobody known",
        "target": "a good or bad rating of the same feedback; the middle of a scale is left out",
        "training_texts": len(rows),
        "held_out": "the newest fifth",
        "seed": settings.seed,
    }
    if rows.empty:
        return Trained("feedback", {}, "none", _metrics([]), card | {"reason": "nobody has said anything"})
    method, reason, rolled = _sentiment(rows, model, settings)
    sentiment = rolled.newest
    topic = _topic(rows, model, settings)
    kind = _kind(rows, model, settings)
    tests = {"sentiment": sentiment, "topic": topic, "kind": kind}
    card["tests"] = {name: vars(test) for name, test in tests.items() if test.rows}
    measured = [
        ("macro_f1", sentiment.macro_f1, sentiment.baseline_f1),
        *_of_cuts(rolled),
        ("accuracy", sentiment.accuracy, np.nan),
        ("held_out_texts", float(sentiment.rows), np.nan),
        ("topic_macro_f1", topic.macro_f1, topic.baseline_f1),
        ("kind_macro_f1", kind.macro_f1, kind.baseline_f1),
    ]
    tested = [row for row in measured if sentiment.rows and not np.isnan(row[1])]
    if tested:
        card["sentiment"] = rolling.told(rolled.results)
        shares = [row for row in tested if row[0] not in ("held_out_texts", "ece", "rolling_macro_f1")]
        bars = curves.bars("On the newest fifth, beside the plain rule", shares)
        card["plots"] = [bars, _calibration(rolled)]
    return Trained("feedback", model, method, _metrics(tested), card | ({"reason": reason} if reason else {}))


def _of_cuts(rolled: backtest.Tested) -> list[tuple[str, float, float]]:
    """The mean of macro-F1 over the cuts, and the calibration error of the newest, beside the lexicon's."""
    if rolled.results.empty:
        return []
    means = rolling.means(rolled.results)["macro_f1"]
    newest = rolled.results[rolled.results["cut"] == 1].set_index("candidate")["ece"]
    return [
        (name, float(of[backtest.MODEL]), float(of[backtest.RULE]))
        for name, of in (("rolling_macro_f1", means), ("ece", newest))
    ]


def _calibration(rolled: backtest.Tested) -> curves.Panel:
    """Of the newest fifth, the chance that words are of a good rating, and how many were."""
    told = {name: (rolled.is_good, p) for name, p in rolled.foretold.items()}
    return curves.calibrated("Calibration", "foretold chance of a good rating", "share of good ratings", told)


def _sentiment(
    rows: pd.DataFrame, model: Payload, settings: FeedbackSettings
) -> tuple[str, str, backtest.Tested]:
    """The method of the sentiment, why it is no better, and its test; a model that passed is put in."""
    felt = rated(rows["kind"], rows["score_100"])
    known = np.isin(felt, (0.0, 1.0))
    if not known.any():
        model["is_lexicon"] = True
        nothing = backtest.Tested(pd.DataFrame())
        return "rule:lexicon:untested", "nothing is rated; a starter lexicon speaks", nothing
    texts = rows.loc[known, "text"].tolist()
    labels = backtest.named(felt[known] == 1.0)
    rolled = backtest.run(texts, labels, rows.loc[known, "day"], settings)
    test = rolled.newest
    if not test.rows:
        reason = f"{len(texts) // 5} rated texts to test on, or one class, are too few; ratings speak alone"
        return "rule:rating:untested", reason, rolled
    if test.macro_f1 < max(settings.min_f1, test.baseline_f1):
        return "rule:rating", f"macro-F1 {test.macro_f1:.3f} is too low; ratings speak alone", rolled
    model["sentiment"] = classifier.fit(texts, labels, settings.seed)
    return backtest.MODEL, "", rolled


def _topic(rows: pd.DataFrame, model: Payload, settings: FeedbackSettings) -> Test:
    """Where the words name a topic, whether the rest of the text tells it too."""
    told, rest = by_words(rows["text"], model["topics"])
    known = np.array([one is not None for one in told], dtype=bool)
    texts = [text for text, is_known in zip(rest, known, strict=True) if is_known]
    labels: Labels = np.array([one for one in told if one is not None], dtype=str)
    test = classifier.tested(texts, labels, None, settings.min_held_out, settings.seed)
    if test.rows and test.macro_f1 >= max(settings.min_f1, test.baseline_f1):
        for one in model["topics"]:
            examples = by_words(map(str, one["examples"]), model["topics"])[1]
            texts += examples
            labels = np.append(labels, [str(one["topic"])] * len(examples))
        model["topic"] = classifier.fit(texts, labels, settings.seed)
    return test


def _kind(rows: pd.DataFrame, model: Payload, settings: FeedbackSettings) -> Test:
    """What kind of remark a text is, from those whose source says so."""
    known = rows["kind"].isin(KINDS)
    texts, labels = rows.loc[known, "text"].tolist(), rows.loc[known, "kind"].to_numpy(dtype=str)
    test = classifier.tested(texts, labels, None, settings.min_held_out, settings.seed)
    if test.rows and test.macro_f1 >= max(settings.min_f1, test.baseline_f1):
        model["kind"] = classifier.fit(texts, labels, settings.seed)
    return test


def _metrics(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["metric", "value", "baseline_value"])
    return frame.astype({"value": "float64", "baseline_value": "float64"})
