"""NPS, CSAT, CES and ratings of a random world against pandas and scipy, intervals included."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.dbt.house import House

AS_OF = date(2026, 6, 30)
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5), "review": (1, 10)}


def _answers() -> pd.DataFrame:
    """Answers of seven months, some of nobody, some about nothing, some beside every scale."""
    random = np.random.default_rng(11)
    rows = []
    for number in range(700):
        kind = str(random.choice(["nps", "csat", "ces", "rating", "review", "question"]))
        low, top = SCALES.get(kind, (0, 0))
        score = int(random.integers(low, top + 1)) if top and random.random() < 0.9 else None
        day = AS_OF - timedelta(days=int(random.integers(0, 200)))
        about = str(random.choice(["product", "store", ""])) or None
        rows.append(
            {
                "feedback_id": f"f{number}",
                "user_key": f"{int(random.integers(0, 40)):064x}" if random.random() < 0.9 else None,
                "submitted_at": datetime.combine(day, time()),
                "feedback_day": day,
                "channel": random.choice(["survey", "review"]),
                "kind": kind,
                "score": score,
                "scale_max": top or None,
                "score_100": None if score is None else 100 * (score - low) / (top - low),
                "subject_type": about,
                "subject_id": f"{about}{random.integers(0, 4)}" if about and random.random() < 0.9 else None,
            }
        )
    return pd.DataFrame(rows)


def _segments() -> pd.DataFrame:
    people = [f"{number:064x}" for number in range(25)]
    names = ["Loyal" if number % 2 else "New" for number in range(25)]
    return pd.DataFrame({"user_key": people, "segment_name": names})


def _share(hits: int, n: int) -> tuple[float, float, float]:
    interval = stats.binomtest(hits, n).proportion_ci(0.95, "wilson")
    return hits / n, float(interval.low), float(interval.high)


def _net(up: int, down: int, n: int) -> tuple[float, float, float]:
    """Zou and Donner (2008): limits of a difference from those of its two correlated parts."""
    p, p_low, p_high = _share(up, n)
    q, q_low, q_high = _share(down, n)
    spread = (1 - p) * (1 - q)
    rho = -math.sqrt(p * q / spread) if spread > 1e-12 else 0.0
    below = (p - p_low) ** 2 + (q_high - q) ** 2 - 2 * rho * (p - p_low) * (q_high - q)
    above = (p_high - p) ** 2 + (q - q_low) ** 2 - 2 * rho * (p_high - p) * (q - q_low)
    return 100 * (p - q), 100 * (p - q - math.sqrt(below)), 100 * (p - q + math.sqrt(above))


def _mean(values: pd.Series, low: float, high: float) -> tuple[float, float, float]:
    if len(values) < 2 or values.nunique() == 1:
        margin = math.nan if len(values) < 2 else 0.0
        return float(values.mean()), values.mean() - margin, values.mean() + margin
    ends = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    return float(values.mean()), max(low, ends[0]), min(high, ends[1])


def _measured(own: pd.DataFrame, recent: pd.DataFrame) -> dict[str, object]:
    """What a row says, from a month's own answers and those the net promoter score looks back on."""
    scores = recent.loc[recent["kind"] == "nps", "score"].astype(int)
    boxes = own.loc[own["kind"] == "csat", "score"].astype(int)
    effort = own.loc[own["kind"] == "ces", "score"].astype(float)
    stars = 1 + own.loc[own["kind"].isin(["rating", "review"]), "score_100"].astype(float) / 25
    found: dict[str, object] = {"n": len(scores) + len(boxes) + len(effort) + len(stars)}
    numbers = {
        "nps": _net(int((scores > 8).sum()), int((scores < 7).sum()), len(scores)) if len(scores) else None,
        "csat": _share(int(boxes.isin([4, 5]).sum()), len(boxes)) if len(boxes) else None,
        "ces": _mean(effort, 1, 7) if len(effort) else None,
        "rating": _mean(stars, 1, 5) if len(stars) else None,
    }
    counts = {"nps": len(scores), "csat": len(boxes), "ces": len(effort), "rating": len(stars)}
    for name, three in numbers.items():
        found |= {f"{name}_n": counts[name]}
        found |= dict(zip((name, f"{name}_low", f"{name}_high"), three or (math.nan,) * 3, strict=True))
    return found


def _expected(answers: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    scored = answers[answers["score"].notna()].merge(segments, how="left", on="user_key")
    scored["segment"] = scored["segment_name"].fillna("none")
    days = pd.to_datetime(scored["feedback_day"])
    groups = [(("all", "all"), scored, True)]
    for about, part in scored.groupby("subject_type"):
        groups.append(((str(about), "all"), part, True))
        groups += [((str(about), str(one)), rows, False) for one, rows in part.groupby("subject_id")]
    rows = []
    for month in pd.period_range(days.min(), pd.Timestamp(AS_OF), freq="M"):
        last = date(month.year, month.month, calendar.monthrange(month.year, month.month)[1])
        for subject, part, broken in groups:
            cuts = [("all", "all", part)]
            for name in ("channel", "segment") if broken else ():
                cuts += [(name, str(value), piece) for value, piece in part.groupby(name)]
            for breakdown, value, piece in cuts:
                when = pd.to_datetime(piece["feedback_day"])
                own = piece[(when.dt.year == month.year) & (when.dt.month == month.month)]
                age = (pd.Timestamp(last) - when).dt.days
                found = _measured(own, piece[(age >= 0) & (age < 90)])
                if found["n"]:
                    key = (month.start_time.date(), *subject, breakdown, value)
                    rows.append(dict(zip(KEY, key, strict=True)) | found)
    return pd.DataFrame(rows)


KEY = ["period_start", "subject_type", "subject_id", "breakdown", "breakdown_value"]


@pytest.fixture(scope="module")
def satisfaction(house: House) -> Iterator[pd.DataFrame]:
    house.fill({"int_feedback__feedback": _answers(), "predictions.fct_user_segments": _segments()})
    result = house.dbt("run", "--select", "fct_feedback", "rpt_satisfaction")
    assert result.success, result.exception
    yield house.table("activation.rpt_satisfaction")
    nothing = pd.DataFrame()
    house.fill({"int_feedback__feedback": nothing, "predictions.fct_user_segments": nothing})


def test_every_number_and_its_interval_is_that_of_scipy(satisfaction: pd.DataFrame) -> None:
    expected = _expected(_answers(), _segments()).sort_values(KEY).reset_index(drop=True)
    found = satisfaction.assign(period_start=pd.to_datetime(satisfaction["period_start"]).dt.date)
    found = found.sort_values(KEY)[list(expected.columns)].reset_index(drop=True)
    assert len(expected) > 150
    assert expected[["nps", "csat", "ces", "rating"]].notna().any().all()
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=0, atol=1e-3)


def test_the_interval_of_a_net_promoter_score_holds_the_truth_19_times_in_20() -> None:
    """The combined limits hold a known truth about as often as they say, from thirty answers on."""
    random = np.random.default_rng(5)
    for n, up, down in ((30, 0.6, 0.2), (60, 0.5, 0.3), (200, 0.35, 0.25)):
        draws = random.multinomial(n, [up, down, 1 - up - down], 2000)
        held = [low <= 100 * (up - down) <= high for _, low, high in (_net(a, b, n) for a, b, _ in draws)]
        assert 0.93 <= np.mean(held) <= 0.985, (n, np.mean(held))
