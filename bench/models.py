"""Models on public data and on the clock: `python -m bench.models`. Prints figures; asserts nothing.

Each protocol is a rolling origin: the last test days of a history, a horizon apart. A figure short of its bar
is marked BELOW.
"""

from __future__ import annotations

import argparse
import time
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from bench import demo_world, model_bars, snapshots
from ml.churn import SPEC as CHURN
from ml.frames import FloatArray
from ml.segments import SPEC as SEGMENTS
from ml.spec import Trained

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def clocked(people: int, cuts: int) -> None:
    """Print the seconds of a whole cycle on made-up people, all of them eligible."""
    frames = made_up(people, cuts)
    started = time.monotonic()
    churn: Trained = CHURN.train(_given(*frames), {})
    trained = time.monotonic()
    scores = CHURN.score(churn, _given(frames[0]), as_of=frames[0]["as_of"].max().date())["fct_churn_scores"]
    scored = time.monotonic()
    segments = SEGMENTS.train(_given(frames[0]), {})
    grouped = time.monotonic()
    print(f"\n{people:,} people, {cuts} past days, {len(frames[1]):,} labelled rows, one thread")
    print(f"churn: train and backtest {trained - started:.1f} s, score and explain {scored - trained:.1f} s")
    print(f"segments: {grouped - scored:.1f} s ({len(scores):,} scored; {churn.method}, {segments.method})")


def _given(snapshots: pd.DataFrame, labels: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    frames = {"ftr_user_snapshots": snapshots}
    return frames if labels is None else frames | {"ftr_churn_labels": labels}


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


def main() -> None:
    """Every bar whose data is here, then the clock."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000, help="people on the clock; 0: no clock")
    parser.add_argument("--demo", type=int, default=3_000, help="people of the demo world; 0: none")
    parser.add_argument("--snapshots", type=int, default=6, help="past days on the clock")
    asked = parser.parse_args()
    demo = demo_world.rows(asked.demo) if asked.demo else iter(())
    short = model_bars.printed(chain(model_bars.rows(DATA), demo))
    print(f"{short} figures short of their bars")
    if asked.people:
        clocked(asked.people, asked.snapshots)


if __name__ == "__main__":
    main()
