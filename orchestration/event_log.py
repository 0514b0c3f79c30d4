"""Dagster's SQLite event log with its connections kept open.

The stock storage makes an engine and opens the file anew for every event: a night of 1,000 events
spends more time there than in its gates. Same files, same tables, same place.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

KEPT_OPEN = 8


class KeptOpenEventLog(SqliteEventLogStorage):
    """One connection for each of the shards used last; one user at a time, as the base class has it."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptOpenEventLog:
        # The configured folder is DAGSTER_HOME; below it the stock storage's own place.
        return cls(os.path.join(config_value["base_dir"], "history", "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

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
