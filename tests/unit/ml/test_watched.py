"""What reach, recommendations and feedback say is set beside what they say of some days ago."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml import catalogue, stability
from ml.feedback import lately
from ml.spec import Frames, ModelSpec, Trained, Watched

DAY, BEFORE = date(2026, 6, 30), date(2026, 6, 23)
SPECS = catalogue.specs()
SPEAK_OF_PEOPLE = sorted(set(SPECS) - {"attribution", "experiments"})


def watched(spec: ModelSpec) -> Watched:
    assert spec.watched is not None
    return spec.watched


def moved(name: str, trained: Trained, frames: Frames) -> pd.Series:
    """The index of each measure, the earlier day made of tonight's frames."""
    spec = SPECS[name]
    earlier = watched(spec).earlier
    assert earlier is not None
    then = stability.thinned(earlier(frames, BEFORE), watched(spec).asked)
    days = [(one, spec.score(trained, one, as_of=day)) for one, day in ((then, BEFORE), (frames, DAY))]
    return stability.compared(watched(spec), *days).set_index("measure")["psi"]


@pytest.mark.parametrize("name", SPEAK_OF_PEOPLE)
def test_every_model_that_speaks_of_people_is_watched_in_a_table_it_writes(name: str) -> None:
    spec = SPECS[name]
    table, column = watched(spec).score.split(".")
    assert {column, *watched(spec).values} <= set(spec.tables[table])
    needs = {needed.split(".")[1] for needed in spec.needs}
    assert {watched(spec).windows, watched(spec).asked} - {""} <= needs


def visits(since: int) -> pd.DataFrame:
    """A hundred people of the web and the morning, as many of the app and the night.

    Since the earlier day, eighty of the first came ``since`` times as the others do.
    """
    rows = [
        (f"{one:04d}", aspect, choice, 10 * (own == at), 10 * (own == at) + since * (at == 1 and one < 80))
        for one in range(200)
        for own in [int(one >= 100)]
        for aspect, choices in (("channel", ("web", "app")), ("hour", ("9", "21")))
        for at, choice in enumerate(choices)
    ]
    frame = pd.DataFrame(rows, columns=["user_key", "aspect", "choice", "earlier_times", "times"])
    return frame.assign(learn_times=frame["earlier_times"] // 2, test_times=frame["earlier_times"] // 2)


def test_reach_is_compared_with_what_people_had_done_by_the_earlier_day() -> None:
    still, other = ({"ftr_reach_counts": visits(since)} for since in (0, 30))
    trained = SPECS["reach"].train(other, {})
    assert set(moved("reach", trained, still)) == {0.0}
    # Half were of the web before, a tenth are now.
    was, now = np.array([100.5, 100.5]) / 201, np.array([20.5, 180.5]) / 201
    index = float(((now - was) * np.log(now / was)).sum())
    found = moved("reach", trained, other)
    assert found["preferred_channel_score"] == pytest.approx(index)
    assert found["preferred_hour_score"] == pytest.approx(index)


def taken(newly: int) -> Frames:
    """Of 300 people 200 had taken two of four items by the earlier day, ``newly`` did only since."""
    random = np.random.default_rng(2)
    rows = [
        (f"{one:04d}", f"i{item}", pd.Timestamp(BEFORE if one < 200 else DAY))
        for one in range(200 + newly)
        for item in random.choice(4, 2, replace=False)
    ]
    items = [f"i{one}" for one in range(5)]
    return {
        "ftr_item_days": pd.DataFrame(rows, columns=["user_key", "item_id", "day"]).assign(actions=1),
        "ftr_items": pd.DataFrame({"item_id": items, "category": items, "is_available": True}),
        "ftr_people": pd.DataFrame({"user_key": [f"{one:04d}" for one in range(300)]}),
    }


def test_of_recommendations_what_the_first_place_rests_on_is_compared() -> None:
    spec, still, other = SPECS["recommendations"], taken(0), taken(80)
    trained = spec.train(still, {"anchor": BEFORE})
    assert set(moved("recommendations", trained, still)) == {0.0}
    # A hundred of whom nothing was known got the list everybody gets; now it is twenty.
    was, now = np.array([200.5, 100.5]) / 301, np.array([280.5, 20.5]) / 301
    index = float(((now - was) * np.log(now / was)).sum())
    assert moved("recommendations", trained, other)["score"] == pytest.approx(index)


def texts(last_week: str) -> pd.DataFrame:
    """A complaint and a thank-you a day for half a year, of late only what is given."""
    days = pd.date_range(end=DAY, periods=180)
    rows = [
        (f"f{number:03d}{at}", day, text)
        for number, day in enumerate(days)
        for at, text in enumerate(["terrible, broken and slow"] * 3 + ["great, love it, thanks"] * 3)
    ]
    frame = pd.DataFrame(rows, columns=["feedback_id", "feedback_day", "text"])
    if last_week:
        frame.loc[frame["feedback_day"] > pd.Timestamp(BEFORE), "text"] = last_week
    return frame.assign(user_key=None, kind="suggestion", score_100=np.nan, language="en")


def test_feedback_of_four_weeks_is_compared_with_the_four_weeks_up_to_the_earlier_day() -> None:
    topics = {"topics": [{"topic": "late", "name_en": "Late", "name_zh": "迟", "words": ["late"]}]}
    still, other = ({"int_feedback__feedback": texts(of)} for of in ("", "late and so terrible, never again"))
    trained = SPECS["feedback"].train(still, topics)
    assert dict(moved("feedback", trained, still)) == pytest.approx({"score": 0, "topic_score": 0})
    told = moved("feedback", trained, other)
    # A quarter of four weeks is the last one's: 42 of 168 texts.
    was, now = np.array([168.5, 0.5]) / 169, np.array([126.5, 42.5]) / 169
    assert told["topic_score"] == pytest.approx(float(((now - was) * np.log(now / was)).sum()))


def test_the_four_weeks_end_on_the_day_and_hold_no_text_of_any_other() -> None:
    days = pd.to_datetime(["2026-06-02", "2026-06-03", "2026-06-30", "2026-07-01"])
    frame = pd.DataFrame({"feedback_id": list("abcd"), "feedback_day": days})
    assert list(lately.told(frame, DAY)["feedback_id"]) == ["b", "c"]
    found = pd.DataFrame({"feedback_id": list("abc"), "as_of": pd.Timestamp(DAY)})
    assert list(lately.said(frame, found)["feedback_id"]) == ["b", "c"]
    assert lately.said(frame, found.iloc[:0]).empty
