"""Hints: what is wrong with a file that lacks columns, told by its header and never by its records.

Columns are named only where the first line is plainly a header: one of its fields is a column that the
feed reads, or nearly so. Anything else may be a record, whose values nobody is to be told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence, Set
from difflib import SequenceMatcher
from functools import partial

from orchestration.ingestion import csv_lines
from orchestration.ingestion.document import Source
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.ledger import FileLoad

SHOWN, LONGEST = 10, 40
# Tried in this order: what is text in one of the first is hardly ever so by chance.
ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "gbk", "gb18030", "big5", "cp1252")
DELIMITERS = (",", ";", "\t", "|")
NEAR = 0.75
# An address, a number or a time is no name of a column.
VALUE = re.compile(r"@|\d{4}")


def of(feed: Feed, load: FileLoad) -> str:
    """What to know of a file that lacks columns, and what to write; nothing when it lacks none."""
    if not load.missing:
        return ""
    read = feed.targets[load.entity].reads
    if not load.header:
        found = sorted({*load.unmapped, *(read - set(load.missing))})
        return _named(found, read, load.missing, is_certain=feed.source.format != "excel")
    raw = bytes.fromhex(load.header)
    found = fields(raw, feed.source, feed.source.encoding, "replace")
    twice = [name for name in load.missing if found.count(name) > 1]
    if twice:
        return f"its header names {', '.join(twice)} more than once"
    told = _written_otherwise(raw, feed.source, set(load.missing))
    return told or _named(found, read, load.missing)


def some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(name[:LONGEST] for name in names[:SHOWN]) + more


def line_of(feed: Feed, load: FileLoad) -> int:
    """The line of a CSV file's header, from 1: blank ones may stand above it."""
    text = bytes.fromhex(load.header).decode(feed.source.encoding, errors="replace")
    above = text.removeprefix("\ufeff")
    return 1 + above[: len(above) - len(above.lstrip())].count("\n")


def fields(raw: bytes, source: Source, encoding: str, errors: str = "strict") -> list[str]:
    """The names in a header's bytes; UnicodeError when they are not of that encoding."""
    # Read as something narrower, a line of two bytes a character was cut in the middle of its end.
    is_cut = len(raw) % 2 == 1 and encoding.startswith("utf-16")
    text = (raw + b"\0" if is_cut else raw).decode(encoding, errors=errors)
    text = text.removeprefix("\ufeff").strip("\r\n\0 ")
    return [name.strip() for name in csv_lines.fields_of(text, source) or text.split(source.delimiter)]


def _written_otherwise(raw: bytes, source: Source, missing: set[str]) -> str:
    """The encoding and delimiter under which the header names most of what is missing."""
    best, most = "", 0
    for encoding in dict.fromkeys((source.encoding, *ENCODINGS)):
        for delimiter in dict.fromkeys((source.delimiter, *DELIMITERS)):
            try:
                names = fields(raw, source.model_copy(update={"delimiter": delimiter}), encoding)
            except UnicodeError:
                break
            if (found := len(missing & set(names))) <= most:
                continue
            most, changes = found, []
            if encoding != source.encoding:
                changes.append(f"encoding: {encoding}")
            if delimiter != source.delimiter:
                changes.append(f"delimiter: {json.dumps(delimiter)}")
            best = f"with `{', '.join(changes)}` in the feed's source it has"
    return best


def _named(found: list[str], read: Set[str], missing: Sequence[str], *, is_certain: bool = False) -> str:
    """The columns a file does have, and the nearest to each that it lacks."""
    nearest = {name: max(found, key=partial(_likeness, name), default="") for name in missing}
    near = {name: other for name, other in nearest.items() if _likeness(name, other) >= NEAR}
    if not (is_certain or near or read & set(found)):
        return (
            f"of the {len(found)} fields in its first line none is a column the feed reads: is it without "
            "a header (`header: false`), of another encoding, or another source's?"
        )
    told = [f"the nearest to {name} is {other[:LONGEST]}" for name, other in sorted(near.items())][:SHOWN]
    if is_certain or not any(VALUE.search(name) for name in found):
        told.append(f"it has {some(found)}")
    return "; ".join(told)


def _likeness(one: str, other: str) -> float:
    """From 0 to 1, whatever the case and what words are joined by."""
    first, second = (re.sub(r"[\W_]", "", name).lower() for name in (one, other))
    return SequenceMatcher(None, first, second).ratio() if first and second else 0.0
