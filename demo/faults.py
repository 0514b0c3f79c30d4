"""Malformed records: real ones, broken in a known way and under ids of their own."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pyarrow as pa

from demo.landing import Feed

NOT_A_DATE = "yesterday evening"
NOT_A_NUMBER = "12,5 yuan"
NO_SUCH_WORD = "no-such-thing"
NUMERIC = frozenset({"实付金额", "quantity", "score", "impressions", "list_price"})


def kinds_of(feed: Feed) -> list[str]:
    """The ways in which a feed's records are broken, in the order they take turns."""
    kinds = [kind for kind in feed.faults if kind != "key"]
    if not feed.faults:
        return []
    if feed.format == "ndjson":
        return [*kinds, "unparsable_line", "bad_encoding"]
    if feed.format == "csv":
        return [*kinds, "too_many_columns", "bad_encoding"]
    return kinds


def broken_line(feed: Feed, kind: str, line: bytes, header: list[str], serial: int) -> bytes:
    """A malformed copy of a line, with its newline."""
    text = line.decode(feed.encoding).rstrip("\n")
    if feed.format == "ndjson":
        return _broken_json(feed, kind, json.loads(text), serial)
    return _broken_csv(feed, kind, dict(zip(header, next(csv.reader([text])), strict=True)), serial)


def _spoil(feed: Feed, kind: str, record: dict[str, object], serial: int) -> None:
    record[feed.faults["key"]] = f"broken-{serial}"
    if kind in ("bad_type", "bad_enum", "missing_required"):
        column = feed.faults[kind]
        wrong = NOT_A_NUMBER if column in NUMERIC else NOT_A_DATE
        record[column] = {"bad_type": wrong, "bad_enum": NO_SUCH_WORD, "missing_required": ""}[kind]


def _broken_json(feed: Feed, kind: str, record: dict[str, object], serial: int) -> bytes:
    _spoil(feed, kind, record, serial)
    if kind == "missing_required":
        del record[feed.faults[kind]]
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    if kind == "unparsable_line":
        line = line[: len(line) * 3 // 5].decode(errors="ignore").rstrip('}"').encode()
    if kind == "bad_encoding":
        line = line.replace(b"broken-", b"broken-\xff\xfe", 1)
    return line + b"\n"


def _broken_csv(feed: Feed, kind: str, record: dict[str, object], serial: int) -> bytes:
    _spoil(feed, kind, record, serial)
    cells = list(record.values())
    if kind == "too_many_columns":
        cells += ["surplus", "extra"]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    line = text.getvalue().encode(feed.encoding)
    if kind == "bad_encoding":
        line = line.replace(b"broken-", b"broken-\xff", 1)
    return line


def broken_row(feed: Feed, kind: str, row: pa.Table, serial: int) -> pa.Table:
    """A malformed copy of a one-row table, for formats that are not text."""
    column = feed.faults[kind]
    wrong = {"bad_enum": NO_SUCH_WORD, "bad_type": NOT_A_NUMBER, "missing_required": None}[kind]
    changes: dict[str, str | None] = {column: wrong}
    if "key" in feed.faults:
        changes[feed.faults["key"]] = f"broken-{serial}"
    for name, value in changes.items():
        place = row.schema.get_field_index(name)
        row = row.set_column(place, row.schema.field(place), pa.array([value], row.schema.field(place).type))
    return row


def how_many(feed: Feed, rows: int, rng: np.random.Generator) -> int:
    """Malformed records of a file of so many good ones: few, and never over two in a hundred.

    Something is added per file, so that a small world too has every kind.
    """
    if not kinds_of(feed):
        return 0
    return min(int(rng.poisson(rows * feed.broken + 0.4)), rows // 50)
