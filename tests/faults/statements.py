"""The SQL statements that dbt runs in a night, listed by one night and the death of another.

A moment by the clock is another moment on a slower machine; one by its statement is the same anywhere.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# What to do around a statement, given its model, its number among the model's, and its SQL.
Around = Callable[[str, int, str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Statement:
    """One statement of a model's build: its number among the model's, its seconds, whether it adds rows."""

    model: str
    number: int
    seconds: float
    inserts: bool


def list_in(path: Path) -> None:
    """Let this process, which is about to run a night, write each statement of a model as it ends."""

    @contextmanager
    def told(model: str, number: int, sql: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        found = Statement(model, number, seconds, "insert into" in sql.lower())
        with path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(found)) + "\n")

    _around(told)


def listed(path: Path) -> list[Statement]:
    """What a night told, in the order the statements ended."""
    return [Statement(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def die_in(last: Statement, part: float) -> None:
    """Let this process die in a statement: before it at part 0, after it if it ends sooner than thought."""

    @contextmanager
    def doomed(model: str, number: int, sql: str) -> Iterator[None]:
        if (model, number) != (last.model, last.number):
            yield
            return
        if part:
            threading.Timer(part * last.seconds, _die).start()
            yield
        _die()

    _around(doomed)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _around(what: Around) -> None:
    """Let something happen around every statement of a model, in this process and for good."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager as Manager

    run, numbers, counting = Manager.add_query, Counter[str](), threading.Lock()

    def add_query(self: Any, sql: str, *arguments: Any, **named: Any) -> Any:
        kind, _, model = str(self.get_thread_connection().name).partition(".")
        if kind != "model":
            return run(self, sql, *arguments, **named)
        model = model.rpartition(".")[2]
        with counting:
            numbers[model] += 1
            number = numbers[model]
        with what(model, number, sql):
            return run(self, sql, *arguments, **named)

    Manager.add_query = add_query
