"""What a source carries beyond the contract: kept as JSON, never dropped.

A column goes into the remainder of an entity that does not read it. It is left out where another
entity of the same feed already takes it from every record, and where records are grouped (one
record's values say nothing of the group) unless no other entity of the feed could keep it.
What the feed lists under `keep` stays although it is read: a condition's result does not carry it.
"""

from __future__ import annotations

import json

from orchestration.ingestion.engine import literal
from orchestration.ingestion.feed import Feed, Mapped
from orchestration.ingestion.reading import Reading


def unread(reading: Reading, feed: Feed, mapped: Mapped) -> list[str]:
    """Names of the columns that go into an entity's remainder, sorted."""
    others = [other for other in feed.targets.values() if other is not mapped]
    if mapped.one_row_per_key and any(not other.one_row_per_key for other in others):
        return []
    taken = set(mapped.reads)
    for other in others:
        if other.skip_when is None:
            taken |= other.reads
    return sorted(set(reading.columns) - (taken - set(feed.options.keep)))


def unmapped(reading: Reading, feed: Feed, file: int) -> list[str]:
    """Columns, or keys of a file's JSON records, that no entity of the feed reads."""
    read = {name for mapped in feed.targets.values() for name in mapped.reads}
    return sorted((reading.keys[file] if reading.document else set(reading.columns)) - _keys(read, reading))


def sql(reading: Reading, feed: Feed, mapped: Mapped) -> str:
    """SQL: the remainder as JSON, NULL where it is empty."""
    if reading.document:
        keys = set[str]().union(*reading.keys)
        taken = (mapped.reads & keys) - set(feed.options.keep)
        grouped = mapped.one_row_per_key and len(feed.targets) > 1
        if grouped or taken == keys:
            return "cast(null as json)"
        patch = literal(json.dumps(dict.fromkeys(sorted(taken)), ensure_ascii=False))
        return _filled(f"json_merge_patch({reading.document}::json, {patch}::json)")
    names = unread(reading, feed, mapped)
    if not names:
        return "cast(null as json)"
    pairs = ", ".join(f"{literal(name)}, {reading.columns[name]}" for name in names)
    return _filled(f"json_merge_patch('{{}}'::json, json_object({pairs}))")


def _keys(read: set[str], reading: Reading) -> set[str]:
    """The names read, and in JSON the keys that paths begin with."""
    return read | {name.split(".")[0] for name in read} if reading.document else read


def _filled(text: str) -> str:
    return f"cast(nullif(cast({text} as varchar), '{{}}') as json)"
