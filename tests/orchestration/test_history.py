"""A night adds to what an earlier one proved, and to nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from orchestration import history, proofs
from orchestration.night import Night

FIRST, SECOND = date(2026, 3, 11), date(2026, 3, 12)
Tonight = Callable[[date], Night]
TABLES = [("staging", "stg_events")]
NAME = "a" * 64


def _deliver(now: Night, name: str) -> None:
    place = now.data / "raw" / "events" / "feed=web" / f"loaded_on={now.as_of}" / f"{name}.parquet"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()


def _prove(now: Night) -> None:
    for layer in history.LAYERS:
        proofs.keep(now, layer)
    history.keep(now)


@pytest.fixture
def first(tonight: Tonight) -> Night:
    """A proven night of one file."""
    found = tonight(FIRST)
    with found.warehouse.open() as connection:
        connection.execute("create schema staging; create table staging.stg_events (x int)")
    _deliver(found, NAME)
    _prove(found)
    return found


def test_the_night_after_a_proven_one_adds_to_it_layer_by_layer(first: Night, tonight: Tonight) -> None:
    now = tonight(SECOND)
    _deliver(now, "b" * 64)
    assert history.seen(now) == {f"events/feed=web/loaded_on={FIRST}/{NAME}.parquet"}
    for layer in history.LAYERS:
        assert history.begin(now, layer, TABLES) == first.as_of_end
    assert history.begin(now, "features", TABLES) is None


def test_a_layer_that_was_begun_once_is_built_whole_the_next_time(first: Night, tonight: Tonight) -> None:
    now = tonight(SECOND)
    history.begin(now, "staging", TABLES)
    history.begin(now, "intermediate", TABLES)
    assert history.begin(now, "intermediate", TABLES) is None, "killed half-way"
    assert history.begin(now, "marts", TABLES) is None
    assert history.seen(now) is None
    _prove(now)
    assert history.begin(now, "staging", TABLES) == now.as_of_end


def test_changes_that_the_next_layer_never_took_are_not_left_standing(first: Night, tonight: Tonight) -> None:
    now = tonight(SECOND)
    _deliver(now, "b" * 64)
    history.begin(now, "staging", TABLES)
    proofs.keep(now, "staging")
    assert not history.is_stranded(now, "staging"), "the next layer may still add them"
    history.begin(now, "intermediate", TABLES)
    assert history.is_stranded(now, "staging"), "killed before the gate of intermediate held"
    proofs.keep(now, "intermediate")
    assert not history.is_stranded(now, "staging")
    assert not history.is_stranded(now, "intermediate")


def test_an_unfinished_night_is_nothing_for_the_next_to_add_to(first: Night, tonight: Tonight) -> None:
    history.begin(tonight(SECOND), "staging", TABLES)
    assert history.begin(tonight(date(2026, 3, 13)), "staging", TABLES) is None


def test_an_earlier_day_is_built_whole(first: Night, tonight: Tonight) -> None:
    assert history.begin(tonight(date(2026, 3, 10)), "staging", TABLES) is None


def test_a_raw_file_that_is_gone_makes_everything_new(first: Night) -> None:
    next((first.data / "raw").rglob("*.parquet")).unlink()
    assert history.begin(first, "staging", TABLES) is None


def test_a_file_of_which_more_was_accepted_is_read_again(first: Night, tonight: Tonight) -> None:
    now = tonight(SECOND)
    next((now.data / "raw").rglob("*.parquet")).unlink()
    _deliver(first, f"{NAME}.r1")
    assert history.begin(now, "staging", TABLES) == first.as_of_end


def test_a_lost_table_makes_everything_new(first: Night, tonight: Tonight) -> None:
    with first.warehouse.open() as connection:
        connection.execute("drop table staging.stg_events")
    assert history.begin(tonight(SECOND), "staging", TABLES) is None


def test_a_rebuild_that_is_asked_for_is_done(
    first: Night, tonight: Tonight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USEROPS_REBUILD", "yes")
    assert history.begin(tonight(SECOND), "staging", TABLES) is None


def test_changed_code_makes_everything_new(
    first: Night, tonight: Tonight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "code", lambda: "another")
    assert history.begin(tonight(SECOND), "staging", TABLES) is None


def test_layers_of_two_inputs_prove_no_night(first: Night, tonight: Tonight) -> None:
    now = tonight(SECOND)
    history.begin(now, "staging", TABLES)
    proofs.keep(now, "marts")
    history.keep(now)
    assert history.begin(now, "staging", TABLES) is None


def test_a_layer_built_in_part_is_not_proven_by_its_gate(first: Night) -> None:
    proofs.drop(first, "staging", in_part=True)
    proofs.keep(first, "staging")
    assert not proofs.holds(first, "staging")
    proofs.drop(first, "staging")
    proofs.keep(first, "staging")
    assert proofs.holds(first, "staging")
