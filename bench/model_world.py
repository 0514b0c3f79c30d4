"""Made-up people for the clock: the frames every model is given, as large as asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench import snapshots
from ml.frames import FloatArray

TODAY = pd.Timestamp("2026-06-30")
ITEMS = 8_000


def given(people: int, cuts: int) -> dict[str, pd.DataFrame]:
    """Every table the models on the clock need: ten thousand events are two hundred people's."""
    snapshot, labels = made_up(people, cuts)
    random = np.random.default_rng(2)
    keys = np.array(snapshot["user_key"].iloc[:people], dtype=object)
    bought = pd.DataFrame({"user_key": keys[_often(random, people, 3.0)]})
    bought["day"] = bought["known_day"] = _days(random, len(bought))
    bought = bought.assign(orders=1, revenue=random.gamma(2.0, 30.0, len(bought)))
    taken = pd.DataFrame({"user_key": keys[_often(random, people, 6.0)]})
    items = (ITEMS * random.random(len(taken)) ** 2).astype(int)
    taken = taken.assign(item_id=[f"i{one:05d}" for one in items], day=_days(random, len(taken)), actions=1)
    catalogue = pd.DataFrame({"item_id": [f"i{one:05d}" for one in range(ITEMS)], "is_available": True})
    return {
        "ftr_user_snapshots": snapshot,
        "ftr_churn_labels": labels,
        "ftr_purchase_labels": labels.assign(has_bought=random.random(len(labels)) < 0.2),
        "ftr_purchase_days": bought,
        "ftr_item_days": taken,
        "ftr_items": catalogue.assign(category=[f"c{one % 60}" for one in range(ITEMS)]),
        "ftr_people": pd.DataFrame({"user_key": keys}),
        "ftr_reach_counts": _reach(random, keys),
    }


def _often(random: np.random.Generator, people: int, mean: float) -> np.ndarray:
    """Each person as often as they did something."""
    return np.repeat(np.arange(people), random.poisson(random.gamma(0.8, mean / 0.8, people)))


def _days(random: np.random.Generator, count: int) -> pd.DatetimeIndex:
    return TODAY - pd.to_timedelta(random.integers(0, 730, count), "D")


def _reach(random: np.random.Generator, keys: np.ndarray) -> pd.DataFrame:
    parts = []
    for aspect, choices in (("channel", ["email", "push", "sms"]), ("hour", [str(3 * n) for n in range(8)])):
        for choice in choices:
            times = random.poisson([[0.4], [0.3], [0.3], [1.0]], (4, len(keys)))
            own = {"user_key": keys, "aspect": aspect, "choice": choice}
            counts = {"times": times.sum(axis=0), "learn_times": times[:3].sum(axis=0)}
            counts |= {"test_times": times[3], "test_times_2": times[2], "test_times_3": times[1]}
            parts.append(pd.DataFrame(own | counts))
    return pd.concat(parts, ignore_index=True)


def made_up(people: int, cuts: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features drawn at random, with a churn that a few of them decide."""
    random = np.random.default_rng(1)
    frames = []
    for step in range(cuts + 1):
        pace: FloatArray = random.gamma(1.2, 0.1, people)
        silent = np.minimum(random.exponential(1 / (pace + 0.01)), 89).round()
        columns: dict[str, object] = {
            "as_of": pd.Timestamp("2026-06-30") - pd.Timedelta(days=30 * step),
            "user_key": [f"{number:064x}" for number in range(people)],
        }
        for window in snapshots.WINDOWS:
            days = random.poisson(pace * window)
            columns |= {
                f"active_days_{window}": days,
                f"events_{window}": days * random.integers(1, 9, people),
                f"sessions_{window}": days,
                f"orders_{window}": random.binomial(days, 0.2),
                f"revenue_{window}": random.gamma(2.0, 30.0, people) * days,
            }
        tenure = 90 + random.integers(0, 600, people)
        orders = random.poisson(pace * 20)
        columns |= {
            "days_since_last_active": silent,
            "days_since_last_order": np.where(orders > 0, silent + random.integers(0, 60, people), np.nan),
            "tenure_days": tenure,
            "active_days_all": 1 + random.poisson(pace * tenure),
            "orders_all": orders,
            "revenue_all": orders * random.gamma(2.0, 30.0, people),
            "mean_gap_days": 1 / pace,
            "gap_ratio": silent * pace,
        }
        frames.append(pd.DataFrame(columns))
    snapshot = pd.concat(frames, ignore_index=True)
    odds = 0.05 * snapshot["days_since_last_active"] - 0.3 * snapshot["active_days_28"] + 0.2
    churned = random.random(len(snapshot)) < 1 / (1 + np.exp(-odds))
    past = snapshot["as_of"] < snapshot["as_of"].max()
    return snapshot, snapshot.loc[past, ["as_of", "user_key"]].assign(is_churned=churned[past])
