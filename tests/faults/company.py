"""Nights launched at once, while many read the published file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration import served
from tests.faults import state, victim
from tests.faults.kills import Night, last_words
from tests.faults.row import Harm, Try

LAUNCHES, READERS = 4, 20
# Twenty that never pause take every core: the nights then stand in line for those, not for each other.
PAUSE_SECONDS = 2.0
# What two generations differ in, and a scan of several tables of the file.
_SEEN = """
select (select max(as_of) from marts.dim_users), (select count(*) from marts.dim_users),
    (select sum(revenue) from marts.fct_orders), (select sum(revenue) from marts.fct_order_items),
    (select count(*) from marts.fct_events), (select count(*) from marts.rpt_retention)
"""


def tries(night: Night) -> Iterator[Try]:
    """Each night of four, then what each of twenty readers met while they ran."""
    night.restore()
    folder = night.before.with_name("company")
    folder.mkdir(exist_ok=True)
    stop = folder / "stop"
    stop.unlink(missing_ok=True)
    pointer = served.current(night.house.data)
    whole = {victim.ask(lambda: _figures(pointer))}
    readers = [
        victim.fork(lambda: _read_until(pointer, stop), folder / f"reader{number}")
        for number in range(READERS)
    ]
    nights = [victim.night_of(night.day, folder / f"night{number}") for number in range(LAUNCHES)]
    patience = LAUNCHES * victim.PATIENCE
    ended = [(number, launched, launched.wait(patience)) for number, launched in enumerate(nights)]
    stop.touch()
    for number, launched, code in ended:
        yield f"night {number}: {last_words(launched) if code else ''}", frozenset({"stuck"} if code else ())
    whole.add(victim.ask(lambda: _figures(pointer)))
    for number, reader in enumerate(readers):
        has_failed = reader.wait() != 0
        seen = set(reader.says().splitlines())
        torn = has_failed or not seen or not seen <= whole
        yield f"reader {number}: {last_words(reader) if torn else ''}", frozenset({"torn"} if torn else ())
    harm: set[Harm] = state.of(night.house.data).harm_against(night.after)
    if state.unfinished():
        harm.add("stuck")
    yield "what they came to", frozenset(harm)


def _figures(pointer: Path) -> str:
    """What a client that opens the file sees of it."""
    connection = duckdb.connect(str(pointer), read_only=True)
    try:
        return str(connection.execute(_SEEN).fetchone())
    finally:
        connection.close()


def _read_until(pointer: Path, stop: Path) -> int:
    """Open the file anew each time, as a client does, and say each thing it showed once."""
    told: set[str] = set()
    while not stop.exists():
        if (figures := _figures(pointer)) not in told:
            told.add(figures)
            print(figures, flush=True)
        time.sleep(PAUSE_SECONDS)
    return 0
