"""A fault in any layer stops the next one, and readers keep the file they had, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from orchestration import dbt, modelling, nightly, proofs, publishing, served, summary, warehouse
from orchestration.night import Night
from tests.e2e.house import LAST, Built, House, Stopped


@dataclass(frozen=True)
class Fault:
    """What spoils a layer's table, and what the summary must say of it and how much."""

    statement: str
    table: str
    says: str
    never_run: str


DBT_FAULTS = {
    "staging": Fault(
        "delete from staging.stg_orders",
        "staging/stg_orders",
        "not empty when there are raw orders by the as-of day: 1 offending row",
        "build_intermediate",
    ),
    "intermediate": Fault(
        "update intermediate.int_behaviour__events set occurred_at = timestamp '1970-01-01'"
        " where event_id = (select min(event_id) from intermediate.int_behaviour__events)",
        "intermediate/int_behaviour__events",
        "occurred_at from 2000 to the end of the as-of day: 1 offending row",
        "build_marts",
    ),
    "marts": Fault(
        "update public_db.marts.rpt_engagement set stickiness = 7 where day = date '2026-06-30'",
        "marts/rpt_engagement",
        "stickiness between 0 and 1: 1 of 730 rows",
        "build_activation",
    ),
    "features": Fault(
        "delete from features.ftr_user_snapshots",
        "features/ftr_user_snapshots",
        "not empty when there are people: 1 offending row",
        "train_models",
    ),
    "activation": Fault(
        "delete from activation.dim_user_profiles",
        "activation/dim_user_profiles",
        "not empty when there are people: 1 offending row",
        "publish",
    ),
}

SPOIL_METRIC = "update predictions.ml_metric set value = 2 where model = 'churn' and metric = 'auc'"
SPOIL_SCORE = (
    "update predictions.fct_churn_scores set churn_probability = 1.5"
    " where user_key = (select min(user_key) from predictions.fct_churn_scores)"
)


@dataclass(frozen=True)
class Served:
    """What readers have before the fault."""

    data: Path
    digest: str
    generations: list[publishing.Generation]

    @classmethod
    def of(cls, house: House) -> Served:
        return cls(house.data, _digest(house.data), publishing.generations(house.data))

    def is_untouched(self) -> bool:
        same_pointer = _digest(self.data) == self.digest
        return same_pointer and publishing.generations(self.data) == self.generations


def _digest(data: Path) -> str:
    return hashlib.sha256(served.current(data).read_bytes()).hexdigest()


def _steps(result: dg.ExecuteInProcessResult) -> set[str]:
    return {e.step_key for e in result.all_events if e.is_step_success and e.step_key}


def _said_of(table: str, text: str) -> str:
    """The lines of the summary that name a table's failed expectations."""
    lines = [line for line in text.splitlines() if line.startswith(f"  critical: {table}: ")]
    return "\n".join(lines) or text


@pytest.mark.parametrize("layer", DBT_FAULTS)
def test_a_fault_in_a_dbt_layer_stops_the_next(
    copy_of: House, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    fault, served, build = DBT_FAULTS[layer], Served.of(copy_of), dbt.build

    def spoiled(night: Night, built_layer: str, names: Iterable[str] = ()) -> list[dbt.NodeResult]:
        results = build(night, built_layer, names)
        if built_layer == layer:
            with night.warehouse.open() as connection:
                connection.execute(fault.statement)
        return results

    monkeypatch.setattr(dbt, "build", spoiled)
    result = copy_of.build()
    assert not result.success
    assert f"build_{layer}" in _steps(result), summary.text(copy_of.night(LAST), result)
    assert not {fault.never_run, "publish"} & _steps(result)
    assert served.is_untouched()
    assert fault.says in _said_of(fault.table, summary.text(copy_of.night(LAST), result))


def test_a_fault_in_a_model_stops_its_scores(copy_of: House, monkeypatch: pytest.MonkeyPatch) -> None:
    served, record = Served.of(copy_of), modelling.record

    def spoiled(connection: object, now: Night, trained: object) -> None:
        record(connection, now, trained)  # type: ignore[arg-type]
        connection.execute(SPOIL_METRIC)  # type: ignore[attr-defined]

    monkeypatch.setattr(modelling, "record", spoiled)
    result = copy_of.build()
    assert not result.success
    assert "train_models" in _steps(result)
    assert not {"score_models", "build_activation", "publish"} & _steps(result)
    assert served.is_untouched()
    said = _said_of("models/churn", summary.text(copy_of.night(LAST), result))
    assert "shares between 0 and 1: 1 offending row" in said


def test_a_fault_in_the_predictions_stops_activation(copy_of: House, monkeypatch: pytest.MonkeyPatch) -> None:
    served, write = Served.of(copy_of), modelling.write

    def spoiled(connection: object, spec: object, scored: dict[str, object], as_of: object) -> dict[str, int]:
        rows = write(connection, spec, scored, as_of)  # type: ignore[arg-type]
        if getattr(spec, "name", "") == "churn":
            connection.execute(SPOIL_SCORE)  # type: ignore[attr-defined]
        return rows

    monkeypatch.setattr(modelling, "write", spoiled)
    # On an input already proven nobody is scored again.
    proofs.drop(copy_of.night(LAST), "predictions")
    result = copy_of.build()
    assert not result.success
    assert "score_models" in _steps(result)
    assert not {"build_activation", "publish"} & _steps(result)
    assert served.is_untouched()
    said = _said_of("predictions/fct_churn_scores", summary.text(copy_of.night(LAST), result))
    assert "churn_probability between 0 and 1: 1 of " in said


def test_a_fault_in_the_candidate_is_not_published(copy_of: House, monkeypatch: pytest.MonkeyPatch) -> None:
    served, write = Served.of(copy_of), publishing.write_candidate

    def spoiled(now: Night) -> Path:
        candidate = write(now)
        with warehouse.open_file(candidate) as connection:
            connection.execute("insert into marts.dim_users from marts.dim_users limit 1")
        return candidate

    monkeypatch.setattr(publishing, "write_candidate", spoiled)
    result = copy_of.build()
    assert not result.success
    assert "build_activation" in _steps(result)
    assert served.is_untouched()
    said = _said_of("published/dim_users", summary.text(copy_of.night(LAST), result))
    assert "user_key unique: 1 offending row" in said


def test_a_bad_file_stops_the_night_at_raw_and_the_command_says_so(built: Built, stopped: Stopped) -> None:
    house, bad, done = stopped.house, stopped.refused, stopped.done
    assert done.returncode == nightly.FAILED, done.stderr
    assert "gate raw" in done.stderr
    assert "tables built" not in done.stderr, "no layer after raw was built"
    assert "Traceback" not in done.stderr + done.stdout
    assert _digest(house.data) == _digest(built.house.data)
    kept, before = (publishing.generations(folder) for folder in (house.data, built.house.data))
    assert [found.name for found in kept] == [found.name for found in before]
    assert "Not published; readers keep generation_2026-06-30" in done.stdout
    assert "refused share within each feed's limit: 1 offending row" in _said_of("raw/loads", done.stdout)
    # Whoever reads the summary, the progress of a second try or the alert knows the file and what to do.
    named = (
        f"file crm/consents_2026-06-30-again.csv.gz (consents): {bad} of {bad + 1} records refused, limit 5%"
    )
    (alert,) = stopped.alerts
    for text in (done.stdout, done.stderr, alert):
        assert named in text
    for text in (done.stdout, alert):
        assert f'make quarantine DATA={house.data} LANDING={house.landing} DO="list"' in text
        assert "DagsterAssetCheckFailedError" not in text
    assert f"feed crm_consents: 1 new files, {bad + 1} physical, 1 accepted, {bad} quarantined" in done.stderr
