"""What a gate finds is kept, shown and counted; what cannot be evaluated has failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import dagster as dg

from data_quality.validate import GateResult
from orchestration import gates
from orchestration.night import Night

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


def test_only_a_critical_failure_blocks() -> None:
    held, warned, broke = _result("a", True), _result("b", False, "warning"), _result("c", False)
    assert gates.failed([held, warned, broke]) == [broke]

    warning = gates.check_result(KEY, [held, warned])
    assert not warning.passed
    assert warning.severity is dg.AssetCheckSeverity.WARN

    error = gates.check_result(KEY, [held, warned, broke])
    assert not error.passed
    assert error.severity is dg.AssetCheckSeverity.ERROR
    assert error.description == "marts/fct_orders: b: 3 rows; marts/fct_orders: c: 3 rows"
    assert error.metadata["failed"].value == 2

    good = gates.check_result(KEY, [held])
    assert good.passed
    assert good.description == "1 expectations held"
