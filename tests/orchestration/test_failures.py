"""A night that failed says of what, in which file, and what to run next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import dagster as dg

from data_quality.validate import GateResult
from orchestration import failures, gates
from orchestration.errors import Unusable
from orchestration.ingestion.load import pull
from orchestration.ingestion.register import register_raw
from orchestration.night import Night

Tonight = Callable[[date], Night]
DAY = date(2026, 3, 10)
KEY = dg.AssetKey(["raw", "loads"])
BROKEN = GateResult(
    "raw/loads", "", "no file refused whole", None, "critical", False, "1 offending row", None
)
WARNED = GateResult("raw/loads", "", "no mapped column missing", None, "warning", False, "2 rows", None)


def _events(error: Exception | None) -> list[dg.DagsterEvent]:
    """What Dagster tells of a gate that did not hold, or of a feed that raised."""

    @dg.asset(key=KEY)
    def loads() -> None:
        if error:
            raise error

    @dg.multi_asset_check(name="gate_raw", specs=[dg.AssetCheckSpec("gate", asset=KEY, blocking=True)])
    def gate() -> Iterator[dg.AssetCheckResult]:
        yield gates.check_result(("raw", "loads"), [BROKEN, WARNED], ["feed orders, file a.csv"])

    found = dg.Definitions(assets=[loads], asset_checks=[gate])
    job = found.resolve_implicit_global_asset_job_def()
    return list(job.execute_in_process(raise_on_error=False).all_events)


def test_a_gate_is_told_by_its_rule_and_files_and_what_to_run(tonight: Tonight) -> None:
    night = tonight(DAY)
    lines = failures.told(_events(None))
    assert lines == ["gate_raw: raw/loads: no file refused whole: 1 offending row\n  feed orders, file a.csv"]
    said = failures.text(night, _events(None))
    assert said.startswith(lines[0])
    assert f'make quarantine TENANT={night.tenant.folder} DATA={night.data} DO="list"' in said
    assert "max_quarantine_share" in said


def test_another_step_is_told_by_its_error_without_the_name_of_a_class(tonight: Tonight) -> None:
    lines = failures.told(_events(Unusable("feeds/a.yml:2: no folder")))
    assert lines == ["raw__loads: feeds/a.yml:2: no folder"]
    assert failures.next_steps(tonight(DAY), lines)[0].startswith("make ui TENANT=")
    assert failures.told([]) == []
    assert failures.text(tonight(DAY), []) == ""


def test_the_files_that_stop_a_night_are_named_with_their_reasons(tonight: Tonight) -> None:
    night = tonight(DAY)
    night.landing.mkdir()
    lines = [f"{n},2026-03-0{n} 10:00,{'five' if n > 4 else 5}" for n in range(1, 7)]
    (night.landing / "orders_1.csv").write_text("\n".join(["id,at,amount", *lines]))
    (night.landing / "orders_2.csv").write_text("id,when\n7,2026-03-07\n")
    (night.landing / "orders_3.csv").write_text("id,at,amount\n8,2026-03-08 10:00,8\n")
    for feed in night.feeds:
        pull(feed, landing=night.landing, data=night.data, as_of=night.as_of)
    with night.warehouse.open() as connection:
        register_raw(connection, night.data)
    with night.warehouse.open_layer("raw") as connection:
        assert failures.files(connection, night) == [
            "feed shop_orders, file orders_1.csv (orders): 2 of 6 records refused, limit 5%: bad_type 2",
            (
                "feed shop_orders, file orders_2.csv (orders): refused whole: missing_column 1; "
                "line 1: the file has no column amount, at; it has id, when"
            ),
        ]
