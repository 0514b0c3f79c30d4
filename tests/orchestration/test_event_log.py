"""The event log against the stock one of Dagster's: the same events leave the same rows in every table."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import deserialize_value, serialize_value

from orchestration import environment
from orchestration.event_log import KeptOpenEventLog

TOLD_BY_THE_CLOCK = ("create_timestamp", "create_time", "migration_completed")
NIGHTS = dg.DailyPartitionsDefinition(start_date="2026-01-01")
BATCH = "DAGSTER_EVENT_BATCH_SIZE"


@dg.multi_asset(
    specs=[dg.AssetSpec(name, partitions_def=NIGHTS, tags={"kept": "yes"}) for name in ("one", "two")],
    check_specs=[dg.AssetCheckSpec("inner", asset="one")],
)
def tables() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    yield dg.MaterializeResult(asset_key="one", tags={"made": "by_hand"}, metadata={"rows": 3})
    yield dg.MaterializeResult(asset_key="two", data_version=dg.DataVersion("v1"))
    yield dg.AssetCheckResult(asset_key="one", check_name="inner", passed=True)
    yield dg.AssetObservation(asset_key="one", partition="2026-01-02", metadata={"seen": "百"})  # type: ignore[misc]


@dg.asset_check(asset="one")
def good() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True, metadata={"missed": 0})


@dg.asset_check(asset="two", partitions_def=NIGHTS)
def bad() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.ERROR)


@dg.op
def breaks() -> None:
    raise dg.Failure("as meant", allow_retries=False)


@dg.job
def broken() -> None:
    breaks()


@pytest.fixture(scope="module")
def said() -> list[EventLogEntry]:
    """What two nights, a failed run and a hand say: every kind of event that a night says, twice over."""
    instance = dg.DagsterInstance.ephemeral()
    job = dg.Definitions(
        assets=[tables],
        asset_checks=[good, bad],
        jobs=[dg.define_asset_job("night", partitions_def=NIGHTS)],
    ).resolve_job_def("night")
    runs = [
        job.execute_in_process(partition_key=day, instance=instance).run_id
        for day in ("2026-01-02", "2026-01-03")
    ]
    runs.append(broken.execute_in_process(instance=instance, raise_on_error=False).run_id)
    instance.report_runless_asset_event(dg.AssetMaterialization("one", partition="2026-01-01"))
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("one"), check_name="good", passed=False, metadata={}
    )
    instance.report_runless_asset_event(evaluation)
    found = [event for run in (*runs, "") for event in instance.all_logs(run)]
    # Only what the log itself is given: storages hand out copies.
    return [deserialize_value(serialize_value(event), EventLogEntry) for event in found]


def _stored(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of every shard, without when the row was made."""
    found = {}
    for path in sorted(folder.glob("*.db")):
        with sqlite3.connect(path) as connection:
            connection.row_factory = sqlite3.Row
            for (table,) in connection.execute("select name from sqlite_master where type = 'table'"):
                rows = [dict(row) for row in connection.execute(f"select * from {table} order by 1")]
                found[f"{path.stem}.{table}"] = [
                    tuple(pair for pair in row.items() if pair[0] not in TOLD_BY_THE_CLOCK) for row in rows
                ]
        connection.close()
    return found


def test_the_same_rows_as_of_the_stock_log(tmp_path: Path, said: list[EventLogEntry]) -> None:
    stock, kept = SqliteEventLogStorage(str(tmp_path / "stock")), KeptOpenEventLog(str(tmp_path / "kept"))
    for event in said:
        stock.store_event(event)
        kept.store_event(event)
    expected, found = _stored(tmp_path / "stock"), _stored(tmp_path / "kept")
    kinds = {event.dagster_event_type for event in said if event.is_dagster_event}
    assert {
        dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
        dg.DagsterEventType.ASSET_CHECK_EVALUATION,
        dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
        dg.DagsterEventType.ASSET_MATERIALIZATION,
        dg.DagsterEventType.ASSET_OBSERVATION,
        dg.DagsterEventType.RUN_SUCCESS,
        dg.DagsterEventType.RUN_FAILURE,
    } <= kinds
    for table in ("event_logs", "asset_keys", "asset_check_executions", "asset_event_tags"):
        assert expected[f"index.{table}"], table
    assert found == expected


def test_a_batch_leaves_the_rows_of_its_events_one_by_one(tmp_path: Path, said: list[EventLogEntry]) -> None:
    alone, together = KeptOpenEventLog(str(tmp_path / "alone")), KeptOpenEventLog(str(tmp_path / "together"))
    for run in dict.fromkeys(event.run_id for event in said):
        events = [event for event in said if event.run_id == run]
        together.store_event_batch(events)
        for event in events:
            alone.store_event(event)
    assert _stored(tmp_path / "together") == _stored(tmp_path / "alone")


def test_of_a_batch_that_cannot_be_stored_nothing_is(tmp_path: Path, said: list[EventLogEntry]) -> None:
    log = KeptOpenEventLog(str(tmp_path))
    planned = [
        event
        for event in said
        if event.dagster_event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
        and event.run_id == said[0].run_id
    ]
    # A check is planned once for each partition of a run, which the table itself holds.
    with pytest.raises(Exception, match="UNIQUE constraint failed"):
        log.store_event_batch([*planned, planned[0]])
    assert not log.get_logs_for_run(said[0].run_id)
    log.store_event_batch(planned)
    assert len(log.get_logs_for_run(said[0].run_id)) == len(planned)


def _last(log: SqliteEventLogStorage, asset: str, day: str) -> list[tuple[object, ...]]:
    asked = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[day])
    found = log.fetch_materializations(asked, limit=1)
    told = [(one.storage_id, one.event_log_entry) for one in found.records]
    return [*told, (found.cursor, found.has_more)]


def test_the_last_materialisation_of_a_day_is_the_stock_logs(
    tmp_path: Path, said: list[EventLogEntry]
) -> None:
    stock, kept = SqliteEventLogStorage(str(tmp_path / "stock")), KeptOpenEventLog(str(tmp_path / "kept"))
    elsewhere = KeptOpenEventLog(str(tmp_path / "kept"))
    asked = [(asset, f"2026-01-0{day}") for asset in ("one", "two") for day in (1, 2, 3)]
    again = [event for event in said if event.dagster_event_type is dg.DagsterEventType.ASSET_MATERIALIZATION]
    # Each once, once more by another process, and those of the first night by this one.
    for log, events in ((kept, said), (elsewhere, again), (kept, again[:2])):
        for event in events:
            stock.store_event(event)
            log.store_event(event)
            assert [_last(kept, *one) for one in asked] == [_last(stock, *one) for one in asked]
    for log in (stock, elsewhere):
        log.wipe_asset(dg.AssetKey("one"))
    assert [_last(kept, *one) for one in asked] == [_last(stock, *one) for one in asked]
    assert _last(kept, "one", "2026-01-02")[:-1] == []
    assert _last(kept, "two", "2026-01-02")[:-1] != []


def test_what_a_run_materialised_is_not_read_back(
    tmp_path: Path, said: list[EventLogEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = KeptOpenEventLog(str(tmp_path))
    for event in said:
        if event.run_id == said[0].run_id:
            log.store_event(event)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("read an event that this run had stored")

    monkeypatch.setattr(SqliteEventLogStorage, "fetch_materializations", never)
    assert _last(log, "one", "2026-01-02")[:-1] != []
    with pytest.raises(AssertionError, match="read an event"):
        _last(log, "one", "2026-01-03")


def test_what_has_been_said_is_on_disk(tmp_path: Path, said: list[EventLogEntry]) -> None:
    """A killed process has lost nothing it has said: another reader sees each event at once."""
    log = KeptOpenEventLog(str(tmp_path))
    run = said[0].run_id
    for count, event in enumerate([event for event in said if event.run_id == run], 1):
        log.store_event(event)
        with sqlite3.connect(tmp_path / f"{run}.db") as reader:
            assert reader.execute("select count(*) from event_logs").fetchone() == (count,)
        reader.close()


def test_planned_events_come_in_one_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BATCH, raising=False)
    environment.silence_telemetry(tmp_path)
    (tmp_path / "dagster.yaml").write_bytes(
        (environment.PROJECT_ROOT / "orchestration" / "dagster.yaml").read_bytes()
    )
    batches = []
    store = KeptOpenEventLog.store_event_batch

    def seen(log: KeptOpenEventLog, events: list[EventLogEntry]) -> None:
        batches.append([event.dagster_event_type for event in events])
        store(log, events)

    monkeypatch.setattr(KeptOpenEventLog, "store_event_batch", seen)
    job = dg.Definitions(
        assets=[tables],
        asset_checks=[good, bad],
        jobs=[dg.define_asset_job("night", partitions_def=NIGHTS)],
    ).resolve_job_def("night")
    with dg.DagsterInstance.get() as instance:
        run = job.execute_in_process(partition_key="2026-01-02", instance=instance).run_id
        planned = [
            dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
            dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
        ]
        assert len(instance.all_logs(run, of_type=set(planned))) == 5
    assert max(len(batch) for batch in batches) == 5
    assert set(next(batch for batch in batches if len(batch) == 5)) == set(planned)
