"""What is said of the night's models, and by them, is judged: each way of being wrong is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import duckdb
import pytest

from data_quality.night import Night
from data_quality.validate import run_suite

NIGHT = Night(date(2026, 6, 30), datetime.fromisoformat("2026-06-30 16:00"), frozenset({"events"}))


@pytest.fixture
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema predictions; create schema features")
        yield connection


def warned(connection: duckdb.DuckDBPyConnection, *key: str) -> set[str]:
    """The rules of a suite that do not hold, by their names."""
    return {one.expectation for one in run_suite(connection, key, NIGHT) if not one.success}


def test_a_model_that_warns_of_its_predictions_is_worth_a_warning(world: duckdb.DuckDBPyConnection) -> None:
    def told(card: str, day: str) -> bool:
        world.execute(
            f"create or replace table predictions.ml_model_version as select 'value' as model,"
            f" 'v1' as model_version, 'bgnbd' as method, '{card}' as card, date '{day}' as as_of"
        )
        return "no model warns of its predictions" in warned(world, "predictions", "ml_model_version")

    assert told('{"warning": "everybody counts as alive"}', "2026-06-30")
    assert not told('{"reason": "few"}', "2026-06-30")
    assert not told('{"warning": "everybody counts as alive"}', "2026-06-29"), "of another night"


def reached(connection: duckdb.DuckDBPyConnection, channel: str, of_channel: int) -> set[str]:
    """A thousand people, told of by ``channel`` and hour, who were so often of a hundred times in the app."""
    connection.execute(
        f"""
        create or replace table predictions.fct_reach as
        select {channel} as preferred_channel, cast(range % 8 * 3 as integer) as preferred_hour
        from range(1000);
        create or replace table features.ftr_reach_counts as
        select * from (values ('channel', 'app', {of_channel}), ('channel', 'web', 100 - {of_channel}),
            ('hour', '9', 50), ('hour', '18', 50)) as counts(aspect, choice, times)
        """
    )
    return warned(connection, "predictions", "fct_reach") & {
        "hours tell people apart",
        "channels tell people apart",
    }


def test_one_channel_for_all_is_worth_a_warning_where_there_are_others(
    world: duckdb.DuckDBPyConnection,
) -> None:
    assert reached(world, "'app'", 60) == {"channels tell people apart"}
    assert reached(world, "'app'", 95) == set(), "nearly all that was done was done there"
    assert reached(world, "case when range % 2 = 0 then 'app' else 'web' end", 60) == set()
