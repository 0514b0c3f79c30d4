"""What a gate finds is kept, shown and counted; what cannot be evaluated has failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg

from data_quality.validate import GateResult
from orchestration import gates
from orchestration.ingestion.load import pull
from orchestration.ingestion.register import register_raw
from orchestration.night import Night
from tests.orchestration.conftest import FEED

Tonight = Callable[[date], Night]
DAY, NEXT = date(2026, 3, 9), date(2026, 3, 10)
KEY = ("marts", "fct_orders")


def _result(expectation: str, success: bool, severity: str = "critical") -> GateResult:
    return GateResult("marts/fct_orders", "marts", expectation, None, severity, success, "3 rows", None)


def _kept(night: Night) -> list[tuple[date, str, bool]]:
    with night.warehouse.open_layer("quality") as connection:
        return connection.execute(
            "select as_of, expectation, success from quality.gate_results order by 1, 2"
        ).fetchall()


def test_a_table_without_a_suite_or_that_is_not_there_has_failed(tonight: Tonight) -> None:
    night = tonight(DAY)
    with night.warehouse.open_layer("marts") as connection:
        for key in (("marts", "no_such_table"), KEY):
            results = gates.evaluate(connection, night, [key])[key]
            assert gates.failed(results)


def test_a_second_try_of_a_night_replaces_what_the_first_found(tonight: Tonight) -> None:
    gates.record(tonight(DAY), [_result("rows", False), _result("keys", True)])
    gates.record(tonight(NEXT), [_result("rows", True)])
    gates.record(tonight(DAY), [_result("rows", True)])
    assert _kept(tonight(DAY)) == [(DAY, "rows", True), (NEXT, "rows", True)]


def test_a_layer_without_a_suite_records_nothing(tonight: Tonight) -> None:
    gates.record(tonight(DAY), [])
    assert _kept(tonight(DAY)) == []


def _loaded(night: Night) -> list[GateResult]:
    """What the gate says of all that has landed by a night."""
    for feed in night.feeds:
        pull(feed, landing=night.landing, data=night.data, as_of=night.as_of)
    with night.warehouse.open() as connection:
        register_raw(connection, night.data)
    with night.warehouse.open_layer("raw") as connection:
        return gates.evaluate(connection, night, [("raw", "loads")])["raw", "loads"]


def test_a_file_is_held_to_its_feed_s_limit_as_it_is_tonight(tonight: Tonight, folder: Path) -> None:
    landing = tonight(DAY).landing
    landing.mkdir()
    lines = [f"{n},2026-03-0{n} 10:00,{'five' if n == 6 else 5}" for n in range(1, 7)]
    (landing / "orders_1.csv").write_text("\n".join(["id,at,amount", *lines]))
    (missed,) = gates.failed(_loaded(tonight(DAY)))
    assert missed.expectation == "refused share within each feed's limit"

    file = folder / "feeds" / "shop_orders.yml"
    file.write_text(FEED + "max_quarantine_share: 0.5\n")
    assert gates.failed(_loaded(tonight(NEXT))) == []
    file.write_text(FEED + "max_quarantine_share: 0.1\n")
    assert gates.failed(_loaded(tonight(NEXT))) == [missed]


def test_only_a_critical_failure_blocks() -> None:
    held, warned, broke = _result("a", True), _result("b", False, "warning"), _result("c", False)
    assert gates.failed([held, warned, broke]) == [broke]

    warning = gates.check_result(KEY, [held, warned])
    assert not warning.passed
    assert warning.severity is dg.AssetCheckSeverity.WARN

    error = gates.check_result(KEY, [held, warned, broke])
    assert not error.passed
    assert error.severity is dg.AssetCheckSeverity.ERROR
    assert error.description == "marts/fct_orders: c: 3 rows", (
        "what stops the night is not lost among warnings"
    )
    assert "| FAILED | warning | b | 3 rows |" in error.metadata["results"].value
    assert error.metadata["failed"].value == 2

    good = gates.check_result(KEY, [held])
    assert good.passed
    assert good.description == "1 expectations held"
