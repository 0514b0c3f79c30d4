"""Random worlds through dbt and through a literal reading of the dictionary: the same tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import pytest

from tests.dbt.house import House
from tests.dbt.marts import oracle, world

TEXTS = ("user_key", "granularity", "state", "cohort_basis", "kind", "from_page", "to_page", "path")
LOOKBACK, HORIZON, SNAPSHOTS = 90, 30, 6
AS_OF = world.LAST
ANCHOR = AS_OF - timedelta(days=AS_OF.weekday())
COMPARED = AS_OF - timedelta(days=7)
SNAPSHOT_DAYS = sorted(
    {AS_OF, COMPARED, *(ANCHOR - timedelta(days=HORIZON * k) for k in range(SNAPSHOTS + 1))}
)


@dataclass(frozen=True)
class Built:
    """A world and the warehouse that was built from it."""

    world: world.World
    house: House


@pytest.fixture(scope="module", params=[1, 2, 3, 4])
def built(house: House, request: pytest.FixtureRequest) -> Built:
    """One world a seed, built once for all tests below."""
    made = world.make(request.param)
    house.fill(world.tables(made))
    house.build("intermediate/lifecycle/int_lifecycle__growth_counts.sql", "marts", "features")
    return Built(made, house)


def assert_same(found: pd.DataFrame, expected: pd.DataFrame, keys: list[str]) -> None:
    """Every row and every column the oracle knows, whatever the order and the integer width."""
    columns = list(expected.columns)
    pd.testing.assert_frame_equal(
        plain(found[columns], keys), plain(expected, keys), check_exact=False, rtol=0, atol=1e-8
    )


def plain(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sorted rows with one type for days, one for numbers and one for texts."""
    rows = frame.sort_values(keys).reset_index(drop=True)
    for column in rows.columns:
        if column.endswith(("day", "_start", "as_of")):
            rows[column] = pd.to_datetime(rows[column]).astype("datetime64[ns]")
        elif column in TEXTS:
            rows[column] = rows[column].astype("object")
        else:
            rows[column] = pd.to_numeric(rows[column]).astype("float64")
    return rows


def test_growth_counts_sets_of_people(built: Built) -> None:
    assert_same(
        built.house.table("marts.rpt_growth_accounting"),
        oracle.growth(built.world, AS_OF),
        ["granularity", "period_start"],
    )


def test_trailing_windows_hold_distinct_people(built: Built) -> None:
    assert_same(built.house.table("marts.rpt_engagement"), oracle.engagement(built.world, AS_OF), ["day"])


def test_spans_are_the_states_of_every_day(built: Built) -> None:
    assert_same(
        built.house.table("marts.fct_lifecycle_spans"),
        oracle.spans(built.world, AS_OF, oracle.Rules()),
        ["user_key", "from_day"],
    )


def test_spans_follow_the_settings(house: House) -> None:
    """Other day counts, chosen so that every window ends inside another one."""
    rules = oracle.Rules(new=20, active=5, dormant=29, silent=12, resurrected=9)
    made = world.make(5)
    house.fill(world.tables(made))
    house.build(
        "intermediate/lifecycle/int_lifecycle__growth_counts.sql",
        "marts",
        lifecycle_new_days=rules.new,
        lifecycle_active_days=rules.active,
        lifecycle_dormant_days=rules.dormant,
        lifecycle_resurrected_silent_days=rules.silent,
        lifecycle_resurrected_days=rules.resurrected,
    )
    found = house.table("marts.fct_lifecycle_spans")
    assert_same(found, oracle.spans(made, AS_OF, rules), ["user_key", "from_day"])


def test_people_are_scored_and_valued(built: Built) -> None:
    assert_same(
        built.house.table("marts.fct_user_value"), oracle.user_value(built.world, AS_OF), ["user_key"]
    )


def test_snapshots_are_the_world_as_it_was(built: Built) -> None:
    expected = pd.concat([oracle.snapshot(built.world, day, LOOKBACK) for day in SNAPSHOT_DAYS])
    assert_same(built.house.table("features.ftr_user_snapshots"), expected, ["as_of", "user_key"])


def test_labels_wait_for_their_horizon(built: Built) -> None:
    judged = [day for day in SNAPSHOT_DAYS if day + timedelta(days=HORIZON) <= AS_OF]
    expected = pd.concat([oracle.labels(built.world, day, LOOKBACK, HORIZON) for day in judged])
    assert_same(built.house.table("features.ftr_churn_labels"), expected, ["as_of", "user_key"])


def test_a_snapshot_is_the_same_whatever_came_after(house: House) -> None:
    """Build as of a past snapshot day from what was known then: those rows are today's."""
    made = world.make(9)
    past: date = ANCHOR - timedelta(days=2 * HORIZON)
    house.fill(world.tables(made))
    house.build("features")
    today = house.table("features.ftr_user_snapshots")
    house.fill(world.tables(made.until(past)))
    house.build("features", as_of=past, snapshot_anchors=[past.isoformat()])
    then = house.table("features.ftr_user_snapshots")
    keys = ["as_of", "user_key"]
    today, then = (frame[frame.as_of == pd.Timestamp(past)] for frame in (today, then))
    assert len(then) > 10
    assert_same(today, then, keys)
