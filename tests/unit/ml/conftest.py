"""A small world with known causes, and the frames a model would be given of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml.churn.features import WINDOWS

HORIZON = 30
Frames = tuple[pd.DataFrame, pd.DataFrame]


def build(people: int, snapshots: int, seed: int) -> Frames:
    """People who come at their own pace, slow down before they leave, and sometimes buy."""
    random = np.random.default_rng(seed)
    length = 420
    day = np.arange(length)
    start = random.integers(0, length - 60, people)
    end = start + random.exponential(170, people)
    # The last forty days run at a third of the pace: what a frequency window can see coming.
    pace = random.gamma(1.5, 0.1, people).clip(0.01, 0.8)[:, None] * np.where(
        day[None] > end[:, None] - 40, 0.35, 1.0
    )
    active = (random.random((people, length)) < pace) & (day >= start[:, None]) & (day < end[:, None])
    active[np.arange(people), start] = True
    events = active * (1 + random.poisson(3, active.shape))
    ordered = active & (random.random(active.shape) < 0.3)
    revenue = ordered * random.gamma(2, 20, active.shape)
    keys = np.array([f"{number:08x}" for number in random.permutation(people)])
    features, labels = [], []
    for number in range(snapshots):
        today = length - 1 - number * HORIZON
        as_of = pd.Timestamp("2025-01-01") + pd.Timedelta(days=today)
        known, past = start <= today, slice(None, today + 1)
        last = today - np.argmax(active[:, past][:, ::-1], axis=1)
        bought = ordered[:, past]
        has = bought.any(axis=1)
        first_order = np.argmax(bought, axis=1)
        last_order = today - np.argmax(bought[:, ::-1], axis=1)
        total = active[:, past].sum(axis=1)
        columns: dict[str, object] = {"as_of": as_of, "user_key": keys}
        for window in WINDOWS:
            cut = slice(max(0, today + 1 - window), today + 1)
            columns |= {
                f"active_days_{window}": active[:, cut].sum(axis=1),
                f"events_{window}": events[:, cut].sum(axis=1),
                f"sessions_{window}": active[:, cut].sum(axis=1),
                f"orders_{window}": ordered[:, cut].sum(axis=1),
                f"revenue_{window}": revenue[:, cut].sum(axis=1),
            }
        gap = np.where(total > 1, (last - start) / np.maximum(total - 1, 1), np.nan)
        eligible = active[:, max(0, today - 89) : today + 1].any(axis=1)
        columns |= {
            "is_eligible": eligible,
            "days_since_last_active": today - last,
            "days_since_last_order": np.where(has, today - last_order, np.nan),
            "tenure_days": today - start,
            "active_days_all": total,
            "orders_all": bought.sum(axis=1),
            "revenue_all": revenue[:, past].sum(axis=1),
            "mean_gap_days": gap,
            "gap_ratio": (today - last) / gap,
            "repeat_purchase_days": np.where(has, bought.sum(axis=1) - 1, np.nan),
            "purchase_recency_days": np.where(has, last_order - first_order, np.nan),
            "purchase_age_days": np.where(has, today - first_order, np.nan),
            "touches_clicked_90": random.poisson(0.3, people),
            "feedback_365": random.poisson(0.1, people),
        }
        frame = pd.DataFrame(columns)
        features.append(frame[known])
        if today + HORIZON < length:
            came = active[:, today + 1 : today + 1 + HORIZON].any(axis=1)
            outcome = frame[["as_of", "user_key"]].assign(is_churned=~came)
            labels.append(outcome[known & eligible])
    return pd.concat(features, ignore_index=True), pd.concat(labels, ignore_index=True)


@pytest.fixture(scope="session")
def frames() -> Frames:
    """Seven days of 1,200 people: the newest to score, six with outcomes."""
    return build(people=1200, snapshots=7, seed=3)


@pytest.fixture(scope="session")
def make_frames() -> Callable[[int, int, int], Frames]:
    return build
