"""Dagster's SQLite event log with its connections kept open and its rows written as they are.

The stock storage makes an engine, opens the file and composes SQL anew for every event, and asks the
schema each time whether a table is there: a night of 2,000 events spends nine seconds on that. Same
files, same tables, same rows, same place; and the same answers, of which one is kept at hand.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

from dagster import AssetCheckEvaluation, AssetKey, AssetRecordsFilter, DagsterEventType, EventLogRecord
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.event_api import EventLogCursor, EventRecordsResult
from dagster._core.events import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
)
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as Check
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

KEPT_OPEN = 8
# What is in the index too, for questions across runs.
MIRRORED = {*ASSET_EVENTS, *ASSET_CHECK_EVENTS, *EVENT_TYPE_TO_PIPELINE_RUN_STATUS}

ADD_EVENT = """
insert into event_logs (run_id, event, dagster_event_type, timestamp, step_key, asset_key, partition)
values (:run_id, :event, :dagster_event_type, :timestamp, :step_key, :asset_key, :partition)
"""
ADD_CHECK = """
insert into asset_check_executions (
    asset_key, check_name, partition, run_id, execution_status, evaluation_event,
    evaluation_event_timestamp, evaluation_event_storage_id, materialization_event_storage_id
)
values (
    :check_asset, :check_name, :check_partition, :run_id, :status, :event, :timestamp, :number, :target
)
"""
END_CHECK = """
update asset_check_executions
set execution_status = :status, evaluation_event = :event, evaluation_event_timestamp = :timestamp,
    evaluation_event_storage_id = :number, materialization_event_storage_id = :target
where asset_key = :check_asset and check_name = :check_name and run_id = :run_id
    and partition is :check_partition
"""
# What is known of an asset: the columns that an event tells, by its kind.
OF_ASSET = {
    DagsterEventType.ASSET_MATERIALIZATION: ("last_materialization", "last_run_id"),
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED: ("last_run_id",),
    DagsterEventType.ASSET_OBSERVATION: (),
}
LAST = """
select max(event_logs.id)
from event_logs
join asset_keys on event_logs.asset_key = asset_keys.asset_key
where event_logs.asset_key = :asset and event_logs.dagster_event_type = :kind
    and event_logs.partition = :partition
    and (asset_keys.wipe_timestamp is null or event_logs.timestamp > asset_keys.wipe_timestamp)
"""


class KeptOpenEventLog(SqliteEventLogStorage):
    """One connection for each of the shards used last; one user at a time, as the base class has it."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._turn = RLock()
        self._in_use: dict[str, Connection] = {}
        self._there: set[str] = set()
        # What the run that spoke last materialised, by asset and partition.
        self._made: dict[tuple[AssetKey | None, str | None], EventLogRecord] = {}
        self._made_by = ""
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptOpenEventLog:
        # The configured folder is DAGSTER_HOME; below it the stock storage's own place.
        return cls(os.path.join(config_value["base_dir"], "history", "runs"), inst_data)

    def store_event(self, event: EventLogEntry) -> None:
        """Store one event where its run is read, and in the index what is asked across runs."""
        self.store_event_batch([event])

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run: all of them, or none when one cannot be stored."""
        kinds = [one.dagster_event_type if one.is_dagster_event else None for one in events]
        rows, made = [self._row(one) for one in events], []
        with self.run_connection(events[0].run_id) as run:
            for row in rows:
                run.exec_driver_sql(ADD_EVENT, row)
            if not MIRRORED.isdisjoint(kinds):
                with self.index_connection() as index:
                    for one, kind, row in zip(events, kinds, rows, strict=True):
                        if kind in MIRRORED:
                            number = self._mirror(index, one, kind, row)
                            if kind is DagsterEventType.ASSET_MATERIALIZATION:
                                made.append(EventLogRecord(number, one))
        if made:
            if self._made_by != events[0].run_id:
                self._made, self._made_by = {}, events[0].run_id
            self._made |= {(record.asset_key, record.partition_key): record for record in made}

    def fetch_materializations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """Materialisations of an asset, the latest first.

        Each of a night's 370 checks asks for the last one of its table and day, which mostly this very
        run has stored: whether it still is the last one is a look at an index.
        """
        if limit == 1 and isinstance(records_filter, AssetRecordsFilter) and not cursor and not ascending:
            asset, partitions = records_filter.asset_key, records_filter.asset_partitions or ()
            known = self._made.get((asset, partitions[0])) if len(partitions) == 1 else None
            if known and records_filter == AssetRecordsFilter(asset, partitions) and self._is_last(known):
                place = EventLogCursor.from_storage_id(known.storage_id).to_string()
                return EventRecordsResult([known], cursor=place, has_more=True)
        return super().fetch_materializations(records_filter, limit, cursor, ascending)

    def _is_last(self, known: EventLogRecord) -> bool:
        asked = {"asset": known.asset_key.to_string() if known.asset_key else None}
        asked |= {"kind": DagsterEventType.ASSET_MATERIALIZATION.value, "partition": known.partition_key}
        with self.index_connection() as index:
            found = index.exec_driver_sql(LAST, asked).scalar()
        return bool(found == known.storage_id)

    def _row(self, event: EventLogEntry) -> dict[str, Any]:
        row = self._event_to_row(event)
        return row | {"timestamp": row["timestamp"].isoformat(sep=" ", timespec="microseconds")}

    def _mirror(
        self, index: Connection, event: EventLogEntry, kind: DagsterEventType, row: dict[str, Any]
    ) -> int:
        number: int = index.exec_driver_sql(ADD_EVENT, row).lastrowid
        if kind in ASSET_EVENTS:
            self._store_asset_event_tags(index, [event], [number])
            if kind in OF_ASSET:
                _keep_asset(index, kind, row | {"number": number})
        elif kind in ASSET_CHECK_EVENTS:
            _check(index, event, row | {"number": number})
        return number

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there; one that is will stay."""
        if table_name not in self._there and super().has_table(table_name):
            self._there.add(table_name)
        return table_name in self._there

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._turn:
            if shard in self._in_use:
                # Within a transaction of this thread: the base class writes an event's parts one by one.
                yield self._in_use[shard]
                return
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                self._in_use[shard] = connection
                try:
                    yield connection
                finally:
                    del self._in_use[shard]

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = _opened(self.conn_string_for_shard(shard))
        self._engines.move_to_end(shard)
        while len(self._engines) > KEPT_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]

    def dispose(self) -> None:
        """Close every kept connection."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _keep_asset(index: Connection, kind: DagsterEventType, row: dict[str, Any]) -> None:
    """What is known of an asset, new or not, from the event's row, which holds it as text already."""
    entry = f'"event_log_entry": {row["event"]}, "storage_id": {row["number"]}'
    told = {
        "last_materialization": f'{{"__class__": "EventLogRecord", {entry}}}',
        "last_run_id": row["run_id"],
    }
    columns = {name: told[name] for name in OF_ASSET[kind]}
    columns |= {"last_materialization_timestamp": row["timestamp"]}
    names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns)
    index.exec_driver_sql(
        f"insert into asset_keys (asset_key, {names}) values (:asset_key, {values})"
        f" on conflict (asset_key) do update set {changed}",
        columns | {"asset_key": row["asset_key"]},
    )


def _check(index: Connection, event: EventLogEntry, row: dict[str, Any]) -> None:
    """A planned check as one row for each of its partitions; one that was made ends its plan."""
    said = event.get_dagster_event().event_specific_data
    if isinstance(said, AssetCheckEvaluationPlanned):
        keys: Iterable[str | None] = [None]
        if said.partitions_subset:
            keys = said.partitions_subset.get_partition_keys()
        told: dict[str, Any] = {"check_asset": said.asset_key.to_string(), "check_name": said.check_name}
        told |= {"status": Check.PLANNED.value, "target": None}
        for key in keys:
            index.exec_driver_sql(ADD_CHECK, row | told | {"check_partition": key})
    elif isinstance(said, AssetCheckEvaluation):
        target = said.target_materialization_data
        told = {"check_asset": said.asset_key.to_string(), "check_name": said.check_name}
        told |= {"status": (Check.SUCCEEDED if said.passed else Check.FAILED).value}
        told |= {"target": target.storage_id if target else None, "check_partition": said.partition}
        ended = index.exec_driver_sql(END_CHECK, row | told).rowcount if event.run_id else 0
        if not ended:
            index.exec_driver_sql(ADD_CHECK, row | told)


def _opened(address: str) -> Engine:
    engine = create_engine(
        address,
        poolclass=StaticPool,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def relaxed(connection: Any, _: Any) -> None:
        # With a write-ahead log this loses nothing when a process dies, only when the power does.
        connection.execute("pragma synchronous = normal")

    return engine
