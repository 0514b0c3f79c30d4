"""Sentiment is tested on several fifths of what was said, each by what was said before it."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score

from ml.feedback import SPEC, classifier, lexicon
from ml.spec import Trained

AS_OF = date(2026, 6, 30)
GOOD = ("lovely {} and quick", "works well, the {} is great", "what a {}", "so so {}")
BAD = ("the {} is broken again", "awful {} and rude people", "what a {}", "so so {}")
THINGS = ("parcel", "mug", "chair", "lamp", "desk")


def said(count: int = 2000, flipped: slice = slice(0, 0), per_day: int = 10) -> pd.DataFrame:
    """Rated texts in order of time, two in four of which tell their rating; ``flipped`` tell the other."""
    random = np.random.default_rng(9)
    is_good = random.random(count) < 0.7
    told = is_good.copy()
    told[flipped] = ~told[flipped]
    texts = [
        str(random.choice(GOOD if shown else BAD)).format(random.choice(THINGS)) for shown in told.tolist()
    ]
    return pd.DataFrame(
        {
            "feedback_id": [f"x{number:05d}" for number in range(count)],
            "user_key": None,
            "feedback_day": pd.Timestamp("2025-06-01") + pd.to_timedelta(np.arange(count) // per_day, "D"),
            "kind": "review",
            "score_100": np.where(is_good, 100.0, 0.0),
            "language": None,
            "text": texts,
        }
    )


def trained(frame: pd.DataFrame, **settings: object) -> Trained:
    return SPEC.train({"int_feedback__feedback": frame}, {"anchor": AS_OF, **settings})


def by_cut(found: Trained) -> dict[tuple[int, str], dict[str, float]]:
    return {(row["cut"], row["candidate"]): row for row in found.card["sentiment"]["backtest_by_cut"]}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return said()


def foretold(frame: pd.DataFrame, cut: int) -> tuple[np.ndarray, np.ndarray]:
    """What was said in a fifth of 400 texts, 0 bad and 1 good, and its chances by what was said before."""
    truth = np.where(frame["score_100"] > 50, "positive", "negative")
    start = 2000 - 400 * cut
    fitted = classifier.fit(frame["text"][:start].tolist(), truth[:start], 20_240_701)
    assert fitted.classes_.tolist() == ["negative", "positive"]
    p = fitted.predict_proba(frame["text"][start : start + 400].tolist())[:, 1]
    return (truth[start : start + 400] == "positive").astype(int), p


def test_each_cut_is_a_fifth_by_all_that_was_said_before_it(frame: pd.DataFrame) -> None:
    told = by_cut(trained(frame))
    assert {cut for cut, _ in told} == {1, 2, 3}
    for cut in (1, 2, 3):
        is_good, p = foretold(frame, cut)
        row = told[cut, "tfidf+logistic"]
        assert row["macro_f1"] == pytest.approx(f1_score(is_good, p > 0.5, average="macro"), abs=1e-6)
        assert row["accuracy"] == pytest.approx(accuracy_score(is_good, p > 0.5), abs=1e-6)
        assert row["test_day"] == str(frame["feedback_day"][2000 - 400 * cut - 1].date())
        later = frame["text"][2000 - 400 * cut :][:400].tolist()
        plain = lexicon.probabilities(later) >= 0.5
        expected = f1_score(is_good, plain, average="macro")
        assert told[cut, "rule:lexicon"]["macro_f1"] == pytest.approx(expected, abs=1e-6)


def test_the_bar_is_that_of_the_newest_fifth_as_it_was(frame: pd.DataFrame) -> None:
    """The test of the other classifiers, on the same texts, finds the same."""
    figures = trained(frame).metrics.set_index("metric")
    labels = np.where(frame["score_100"] > 50, "positive", "negative")
    plain = np.where(lexicon.probabilities(frame["text"].tolist()) >= 0.5, "positive", "negative")
    test = classifier.tested(frame["text"].tolist(), labels, plain, 300, 20_240_701)
    assert figures.loc["macro_f1"].tolist() == [test.macro_f1, test.baseline_f1]
    assert figures.loc["accuracy", "value"] == test.accuracy
    assert figures.loc["held_out_texts", "value"] == test.rows == 400


def test_what_is_said_later_changes_no_earlier_cut(frame: pd.DataFrame) -> None:
    told = by_cut(trained(frame))
    changed = frame.copy()
    changed.loc[1600:, "text"] = "nothing of the sort"
    again = by_cut(trained(changed))
    for cut in (2, 3):
        assert again[cut, "tfidf+logistic"] == told[cut, "tfidf+logistic"]
    assert again[1, "tfidf+logistic"] != told[1, "tfidf+logistic"]


def test_the_mean_of_the_cuts_tells_of_months_when_words_meant_something_else() -> None:
    """In the third fifth people said the opposite, which the newest alone does not show."""
    found = trained(said(flipped=slice(800, 1200)))
    figures, told = found.metrics.set_index("metric")["value"], by_cut(found)
    of_cuts = [told[number, "tfidf+logistic"]["macro_f1"] for number in (1, 2, 3)]
    assert figures["macro_f1"] == pytest.approx(of_cuts[0], abs=1e-6)
    assert figures["rolling_macro_f1"] == pytest.approx(sum(of_cuts) / 3, abs=1e-6)
    assert figures["rolling_macro_f1"] < figures["macro_f1"] - 0.1
    (spread,) = [
        row for row in found.card["sentiment"]["backtest_spread"] if row["candidate"] == "tfidf+logistic"
    ]
    assert spread["macro_f1"] == pytest.approx(max(of_cuts) - min(of_cuts), abs=1e-6)


@pytest.mark.parametrize(
    ("frame_of", "cuts"),
    [
        ({"count": 1500}, 3),
        ({"count": 1499}, 0),
        ({"count": 2000, "per_day": 5000}, 1),
        ({"count": 2000, "per_day": 1000}, 1),
        ({"count": 2000, "per_day": 600}, 2),
    ],
)
def test_there_are_as_many_cuts_as_days_tell_apart(frame_of: dict[str, int], cuts: int) -> None:
    """A fifth needs 300 texts, and days later than those learned from; the newest is tested all the same."""
    found = trained(said(**frame_of))
    assert found.card.get("sentiment", {}).get("cuts", 0) == cuts
    assert found.method.endswith(":untested") == (cuts == 0)


def test_the_calibration_is_of_the_newest_fifth_counted_one_by_one(frame: pd.DataFrame) -> None:
    found = trained(frame)
    is_good, p = foretold(frame, 1)
    (panel,) = [plot for plot in found.card["plots"] if plot["title"] == "Calibration"]
    curve = {series["name"]: series["points"] for series in panel["series"]}
    assert set(curve) == {"tfidf+logistic", "rule:lexicon"}
    pairs = sorted(zip(p.tolist(), range(400), is_good.tolist(), strict=True))
    gap = 0.0
    for number, (mean, share) in enumerate(curve["tfidf+logistic"]):
        tenth = pairs[40 * number : 40 * number + 40]
        assert mean == pytest.approx(sum(one[0] for one in tenth) / 40, abs=1e-4)
        assert share == pytest.approx(sum(one[2] for one in tenth) / 40, abs=1e-4)
        gap += abs(sum(one[0] - one[2] for one in tenth)) / 400
    figures = found.metrics.set_index("metric")
    assert figures.loc["ece", "value"] == pytest.approx(gap, abs=1e-9)
    assert 0 < gap < 0.3
    assert figures.loc["ece", "baseline_value"] != figures.loc["ece", "value"]


def test_no_text_of_anybody_is_on_the_card(frame: pd.DataFrame) -> None:
    assert not re.search("lovely|broken|rude", str(trained(frame).card))
