"""A layer is left as it is only when it was proven on the very same input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from orchestration import proofs, tenant
from orchestration.night import Night

DAY = date(2026, 3, 11)
Tonight = Callable[[date], Night]


@pytest.fixture
def now(tonight: Tonight) -> Night:
    """A night whose warehouse files are there and whose layers are all proven."""
    found = tonight(DAY)
    with found.warehouse.open():
        pass
    for layer in ("staging", "intermediate", "marts", "features", "activation"):
        proofs.keep(found, layer)
    return found


def test_a_proven_layer_of_the_same_input_stands(now: Night) -> None:
    assert proofs.holds(now, "staging")
    assert not proofs.holds(now, "predictions"), "nobody proved it"


def test_a_new_raw_file_unproves_every_layer(now: Night) -> None:
    place = now.data / "raw" / "orders" / "feed=shop" / "loaded_on=2026-03-11" / "abc.parquet"
    place.parent.mkdir(parents=True)
    place.touch()
    assert not proofs.holds(now, "staging")
    assert not proofs.holds(now, "activation")


def test_another_day_unproves_every_layer(now: Night, tonight: Tonight) -> None:
    assert not proofs.holds(tonight(date(2026, 3, 12)), "staging")


def test_another_funnel_unproves_every_layer(now: Night, folder: Path) -> None:
    (folder / "funnels.yml").write_text(
        "funnels:\n- {name: f, name_en: F, name_zh: F, steps: [{event: a}, {event: b}]}\n"
    )
    changed = replace(now, tenant=tenant.load(str(folder)))
    assert not proofs.holds(changed, "staging")
    assert not proofs.holds(changed, "activation")


def test_building_a_layer_unproves_what_follows_and_nothing_before(now: Night) -> None:
    proofs.drop(now, "marts")
    standing = {name: proofs.holds(now, name) for name in ("staging", "intermediate", "marts", "activation")}
    assert standing == {"staging": True, "intermediate": True, "marts": False, "activation": False}


@pytest.mark.parametrize("lost", ["warehouse.duckdb", "public.duckdb"])
def test_a_lost_file_unproves_every_layer(now: Night, lost: str) -> None:
    (now.data / lost).unlink()
    assert not proofs.holds(now, "staging")


def test_a_torn_record_of_proofs_proves_nothing(now: Night) -> None:
    (now.data / "proofs.json").write_text('{"staging": "')
    assert not proofs.holds(now, "staging")


def test_a_rebuild_that_is_asked_for_is_done(now: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USEROPS_REBUILD", "yes")
    assert not proofs.holds(now, "staging")
