"""A fault in any layer stops the next one, and readers keep the file they had, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import dagster as dg
import pytest

from orchestration import dbt, modelling, publishing, summary, warehouse
from orchestration.night import Night
from tests.e2e.conftest import LAST, House

# layer: (what spoils it, the table the gate must name, the steps that must not have run)
DBT_FAULTS = {
    "staging": ("delete from staging.stg_orders", "staging/stg_orders", "build_intermediate"),
    "intermediate": (
        "update intermediate.int_behaviour__events set occurred_at = timestamp '1970-01-01'",
        "intermediate/int_behaviour__events",
        "build_marts",
    ),
    "marts": (
        "update public_db.marts.rpt_engagement set stickiness = 7",
        "marts/rpt_engagement",
        "build_activation",
    ),
    "features": (
        "delete from features.ftr_user_snapshots",
        "features/ftr_user_snapshots",
        "train_models",
    ),
    "activation": (
        "delete from activation.dim_user_profiles",
        "activation/dim_user_profiles",
        "publish",
    ),
}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _steps(result: dg.ExecuteInProcessResult) -> set[str]:
    return {e.step_key for e in result.all_events if e.is_step_success and e.step_key}


def _spoil_after_dbt(patch: pytest.MonkeyPatch, layer: str, statement: str) -> None:
    build = dbt.build

    def spoiled(night: Night, built_layer: str, names: Iterable[str] = ()) -> list[dbt.NodeResult]:
        results = build(night, built_layer, names)
        if built_layer == layer:
            with night.warehouse.open() as connection:
                connection.execute(statement)
        return results

    patch.setattr(dbt, "build", spoiled)


@pytest.mark.parametrize("layer", DBT_FAULTS)
def test_a_fault_in_a_dbt_layer_stops_the_next(
    copy_of: House, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    statement, table, never_run = DBT_FAULTS[layer]
    served = publishing.current(copy_of.data)
    before = _digest(served)
    _spoil_after_dbt(monkeypatch, layer, statement)
    result = copy_of.build()
    assert not result.success
    assert f"build_{layer}" in _steps(result)
    assert never_run not in _steps(result)
    assert "publish" not in _steps(result)
    assert _digest(served) == before
    assert table in summary.text(copy_of.night(LAST), result)


def test_a_fault_in_the_predictions_stops_activation(copy_of: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _digest(publishing.current(copy_of.data))
    write = modelling.write

    def spoiled(connection: object, spec: object, scored: dict[str, object]) -> dict[str, int]:
        rows = write(connection, spec, scored)  # type: ignore[arg-type]
        if getattr(spec, "name", "") == "churn":
            connection.execute("update predictions.fct_churn_scores set churn_probability = 1.5")  # type: ignore[attr-defined]
        return rows

    monkeypatch.setattr(modelling, "write", spoiled)
    result = copy_of.build()
    assert not result.success
    assert "score_models" in _steps(result)
    assert "build_activation" not in _steps(result)
    assert _digest(publishing.current(copy_of.data)) == before


def test_a_fault_in_the_candidate_is_not_published(copy_of: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _digest(publishing.current(copy_of.data))
    kept = publishing.generations(copy_of.data)
    write = publishing.write_candidate

    def spoiled(now: Night) -> Path:
        candidate = write(now)
        with warehouse.open_file(candidate) as connection:
            connection.execute("insert into marts.dim_users from marts.dim_users limit 1")
        return candidate

    monkeypatch.setattr(publishing, "write_candidate", spoiled)
    result = copy_of.build()
    assert not result.success
    assert _digest(publishing.current(copy_of.data)) == before
    assert publishing.generations(copy_of.data) == kept
    assert "published/dim_users" in summary.text(copy_of.night(LAST), result)


def test_too_much_quarantine_stops_at_raw(
    copy_of: House, tmp_path: Path, make_landing_with_a_bad_file: Callable[[Path], Path]
) -> None:
    before = _digest(publishing.current(copy_of.data))
    house = House(copy_of.data, make_landing_with_a_bad_file(copy_of.landing))
    result = house.build()
    assert not result.success
    assert "register_raw" in _steps(result)
    assert "build_staging" not in _steps(result)
    assert _digest(publishing.current(copy_of.data)) == before
    assert "raw/loads" in summary.text(house.night(LAST), result)


@pytest.fixture
def make_landing_with_a_bad_file(tmp_path: Path) -> Callable[[Path], Path]:
    """The landing folder with one more consents file, nine tenths of it nonsense."""

    def make(landing: Path) -> Path:
        target = tmp_path / "landing"
        for path in landing.rglob("*"):
            if path.is_file():
                place = target / path.relative_to(landing)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(path)
        sample = max(landing.rglob("consents*.csv"))
        head, *rows = sample.read_text(encoding="utf-8").splitlines()
        spoiled = [row if n % 10 == 0 else f"nonsense,{n}" for n, row in enumerate(rows * 3)]
        place = target / sample.relative_to(landing).with_name("consents_2026-06-30b.csv")
        place.write_text("\n".join([head, *spoiled]) + "\n", encoding="utf-8")
        return target

    return make
