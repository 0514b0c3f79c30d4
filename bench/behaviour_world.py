"""Raw events of made-up people, written by DuckDB as the loader would leave them."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

import duckdb

from orchestration import warehouse
from orchestration.contract import ENTITIES
from orchestration.ingestion.ledger import LOADS, RAW, FileLoad, Place

FEED = "web_events"
# An event in fifty comes again, and one in a hundred comes some days late.
REPEATED, LATE = 50, 100


def history(data: Path, events: int, people: int, *, last: date, days: int) -> None:
    """A history of so many days that ends on the last one, in a file a day."""
    first = last - timedelta(days=days - 1)
    with warehouse.scratch() as connection:
        for number in range(days):
            share = events * (number + 1) // days - events * number // days
            _deliver(connection, data, first + timedelta(days=number), share, people, number)


def night(data: Path, events: int, people: int, *, day: date) -> None:
    """One more day of events."""
    with warehouse.scratch() as connection:
        _deliver(connection, data, day, events, people, 1_000_000)


def _deliver(
    connection: duckdb.DuckDBPyConnection, data: Path, day: date, events: int, people: int, seed: int
) -> None:
    """One file: visits of a few events each, by people of whom one in five is still a device only."""
    place = Place(data, "events", FEED, day, hashlib.sha256(day.isoformat().encode()).hexdigest())
    for layer in (RAW, LOADS):
        place.file(layer).parent.mkdir(parents=True, exist_ok=True)
    given = {
        "event_id": "md5('e' || chosen) || md5('f' || chosen)",
        "event_name": "case when chosen % 3 = 0 then 'page_view' when chosen % 97 = 0 then 'purchase'"
        " when chosen % 11 = 0 then 'sent' else 'click' end",
        "occurred_at": f"timestamp '{day - timedelta(days=1)} 16:00:00' + to_microseconds("
        "cast(hash(visit) % 72000000000 + chosen_place * 40000000 + hash(chosen) % 9000000 as bigint))"
        f" - case when hash(chosen) % {LATE} = 7 then to_days(cast(1 + hash(chosen) % 3 as integer))"
        " else to_days(0) end",
        "user_id": "case when who % 5 > 0 then 'user-' || who end",
        "anonymous_id": "'device-' || md5('d' || who)",
        "channel": "case when chosen % 2 = 0 then 'web' else 'app' end",
        "platform": "case when who % 2 = 0 then 'iOS' else 'Android' end",
        "device_type": "'phone'",
        "os": "'os ' || who % 9",
        "country": "case when who % 3 = 0 then 'CN' else 'DE' end",
        "page_url": "'https://shop.example/p/' || hash(chosen) % 300 || '?q=' || chosen % 7",
        "referrer": "case when chosen_place = 0 then 'https://search.example/' end",
        "utm_source": "case when hash(visit) % 4 = 0 then 'ad' end",
        "utm_campaign": "case when hash(visit) % 4 = 0 then 'c' || visit % 20 end",
        "item_id": "case when chosen % 2 = 0 then 'item-' || hash(chosen) % 5000 end",
        "value": "case when chosen % 97 = 0 then cast(chosen % 500 as decimal(18, 4)) end",
        "currency": "case when chosen % 97 = 0 then 'CNY' end",
        "properties": """'{"a":' || chosen % 100 || '}'""",
        "_file": f"'events_{day}.csv'",
        "_file_sha256": f"'{place.sha256}'",
        "_line": "cast(number as bigint)",
        "_loaded_on": f"date '{day}'",
        "_feed": f"'{FEED}'",
    }
    columns = ", ".join(
        f"cast({given.get(name, 'null')} as {kind}) as {name}"
        for name, kind in ENTITIES["events"].raw_columns.items()
    )
    repeated = events // REPEATED
    connection.execute(
        f"copy (select {columns} from ("
        f"  select *, hash(visit // 3 + {seed}) % {people} as who from ("
        f"    select number, chosen, chosen // 7 as visit, chosen % 7 as chosen_place from ("
        f"      select range as number, case when range < {events} then range else range - {events} end"
        f"      + {seed * 100_000_000} as chosen from range({events + repeated})"
        f"    ) order by hash(chosen // 7)"
        f"  )"
        f")) to '{place.file(RAW)}' (format parquet, compression zstd)"
    )
    rows = events + repeated
    load = FileLoad(
        feed=FEED,
        entity="events",
        loaded_on=day,
        file=f"events_{day}.csv",
        sha256=place.sha256,
        physical=rows,
        accepted=rows,
        rows=rows,
    )
    place.file(LOADS).write_text(load.as_json(), encoding="utf-8")
