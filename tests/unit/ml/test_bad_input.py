"""What no warehouse should hold and some do: every model of people gives each of them a usable row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml import catalogue
from ml.churn.features import COLUMNS
from tests.unit.ml.conftest import Frames, build

SPECS = {name: catalogue.specs()[name] for name in ("churn", "propensity", "segments")}
TABLES = {"churn": "fct_churn_scores", "propensity": "fct_propensities", "segments": "fct_user_segments"}
MEASURES = [name for name in COLUMNS if name not in ("days_since_last_active", "tenure_days")]


def _huge(frame: pd.DataFrame) -> pd.DataFrame:
    """The largest numbers there are, in every seventh row."""
    wide = frame.astype(dict.fromkeys(MEASURES, "float64"))
    wide.loc[wide.index % 7 == 0, MEASURES] = np.finfo("float64").max
    return wide


def _infinite(frame: pd.DataFrame) -> pd.DataFrame:
    wide = frame.astype(dict.fromkeys(MEASURES, "float64"))
    wide.loc[wide.index % 5 == 0, MEASURES] = np.inf
    wide.loc[wide.index % 5 == 1, MEASURES] = -np.inf
    return wide


SPOILT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "constant columns": lambda frame: frame.assign(**dict.fromkeys(MEASURES, 3.0)),
    "nothing known": lambda frame: frame.assign(**dict.fromkeys(COLUMNS, np.nan)),
    "infinite": _infinite,
    "huge": _huge,
    "duplicate people": lambda frame: pd.concat([frame, frame.sample(frac=0.5, random_state=1)]),
    "ten people": lambda frame: frame[frame["user_key"].isin(sorted(frame["user_key"].unique())[:10])],
}


@pytest.fixture(scope="module")
def world() -> Frames:
    return build(people=400, snapshots=4, seed=9)


def given(snapshots: pd.DataFrame, labels: pd.DataFrame) -> dict[str, pd.DataFrame]:
    bought = labels.assign(has_bought=~labels["is_churned"]).drop(columns="is_churned")
    return {
        "ftr_user_snapshots": snapshots,
        "ftr_churn_labels": labels,
        "ftr_purchase_labels": bought,
    }


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("model", SPECS)
def test_every_person_gets_one_usable_row_or_the_model_says_why(world: Frames, model: str, spoilt: str):
    snapshots = SPOILT[spoilt](world[0])
    frames = given(snapshots, world[1])
    day = snapshots["as_of"].max()
    trained = SPECS[model].train(frames, {"folds": 1})
    table = SPECS[model].score(trained, frames, as_of=day.date())[TABLES[model]]
    assert table["user_key"].is_unique
    today = snapshots[snapshots["as_of"] == day]
    expected = set(today.loc[today["is_eligible"], "user_key"] if model == "churn" else today["user_key"])
    if trained.method == "none":
        assert trained.reason
        assert table.empty
    elif model == "propensity":
        assert set(table["user_key"]) <= expected
    else:
        assert set(table["user_key"]) == expected
    for column in set(table.columns) & {"churn_probability", "probability"}:
        assert table[column].between(0, 1).all()
    told = trained.metrics[["value", "baseline_value"]].to_numpy(dtype="float64")
    assert not np.isinf(told).any()


@pytest.mark.parametrize("model", SPECS)
def test_repeated_people_change_nothing(world: Frames, model: str):
    tables = []
    for snapshots in (world[0], SPOILT["duplicate people"](world[0])):
        frames = given(snapshots, world[1])
        trained = SPECS[model].train(frames, {"folds": 1})
        day = snapshots["as_of"].max().date()
        tables.append(SPECS[model].score(trained, frames, as_of=day)[TABLES[model]])
    pd.testing.assert_frame_equal(*tables, check_exact=True)
