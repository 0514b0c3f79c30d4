"""The demo world, whose truth is known: how near models come to what the generator itself knows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bench import snapshots
from bench.model_bars import Row
from demo import truth
from demo.oracle import silence
from demo.plan import Plan
from demo.world import World, world_of
from ml.churn import SPEC as CHURN
from ml.frames import FloatArray
from ml.segments import SPEC as SEGMENTS
from ml.segments.rows import matrix
from ml.segments.rows import people as tidied

HORIZON, LOOKBACK, CUTS = 30, 90, 6
NAME = "demo world"


def rows(people: int) -> Iterator[Row]:
    """Churn against the planted chance of silence, segments against the planted kinds of people."""
    world = world_of(Plan(people=people))
    visits = _visits(truth.active_day_table(world).to_pandas(), truth.order_table(world).to_pandas())
    yield from _churn(visits, world)
    yield from _segments(visits, truth.people_table(world).to_pandas())


def _visits(active: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Days with a core action, with what was ordered on them."""
    keys = ["person_id", "day"]
    worth = orders.assign(revenue=orders["amount"].astype("float64"), orders=1)
    worth[keys] = worth[keys].astype({"person_id": "str"})
    bought = worth.groupby(keys, as_index=False)[["orders", "revenue"]].sum()
    both = active.astype({"person_id": "str"}).merge(bought, on=keys, how="outer")
    both[["orders", "revenue"]] = both[["orders", "revenue"]].fillna(0.0)
    both["day"] = pd.to_datetime(both["day"]).astype("datetime64[us]")
    return both.rename(columns={"person_id": "user_key"})


def _churn(visits: pd.DataFrame, world: World) -> Iterator[Row]:
    """On the last day, whose horizon nobody has seen, by the area the planted chances let expect."""
    today = visits["day"].max()
    dates = [today - pd.Timedelta(days=HORIZON * step) for step in range(CUTS + 1)]
    frame, labels = snapshots.build(visits, dates, HORIZON, LOOKBACK)
    given = {"ftr_user_snapshots": frame, "ftr_churn_labels": labels}
    trained = CHURN.train(given, {"horizon_days": HORIZON, "lookback_days": LOOKBACK})
    scores = CHURN.score(trained, given, as_of=today.date())["fct_churn_scores"]
    known = silence(world.plan, world.people, world.season, world.behaviour, world.plan.days - 1, HORIZON)
    chance = pd.Series(known, index=world.people.person_id).reindex(scores["user_key"]).to_numpy()
    found = expected_auc(scores["churn_probability"].to_numpy(dtype="float64"), chance)
    best = expected_auc(chance, chance)
    yield Row(NAME, f"churn AUC below the planted hazard's {best:.4f}", best - found, 0.02, False)


def expected_auc(scores: FloatArray, chances: FloatArray) -> float:
    """The area to expect if everybody falls silent with their own chance."""
    order = np.argsort(scores, kind="stable")
    values, first = np.unique(scores[order], return_index=True)
    silent = np.add.reduceat(chances[order], first)
    heard = np.add.reduceat(1 - chances[order], first)
    below = np.cumsum(heard) - heard
    # A person is no pair with themselves: their own half of a tie is taken out.
    own = 0.5 * float((chances * (1 - chances)).sum())
    won = float((silent * (below + 0.5 * heard)).sum()) - own
    return won / (float(silent.sum() * heard.sum()) - 2 * own) if len(values) else float("nan")


def _segments(visits: pd.DataFrame, people: pd.DataFrame) -> Iterator[Row]:
    """Agreement with the planted kinds, and what one who is told them reaches on people held back."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import adjusted_rand_score
    from sklearn.model_selection import cross_val_predict

    today = visits["day"].max()
    frame = snapshots.build(visits, [today, today - pd.Timedelta(days=HORIZON)], HORIZON, LOOKBACK)[0]
    trained = SEGMENTS.train({"ftr_user_snapshots": frame}, {})
    scored = SEGMENTS.score(trained, {"ftr_user_snapshots": frame}, as_of=today.date())
    kinds = people.astype({"person_id": "str"}).set_index("person_id")["segment"].astype("str")
    found = scored["fct_user_segments"].set_index("user_key")["segment_id"]
    planted = kinds.reindex(found.index)
    yield Row(NAME, "segments ARI with planted kinds", float(adjusted_rand_score(planted, found)), 0.8)
    now = tidied(frame[frame["as_of"] == today])
    pupil = RandomForestClassifier(100, min_samples_leaf=5, random_state=1)
    answers = kinds.reindex(now["user_key"])
    told = cross_val_predict(pupil, np.log1p(matrix(now)), answers, cv=5)
    yield Row(NAME, "the same, told the kinds of others", float(adjusted_rand_score(answers, told)), 0.8)
