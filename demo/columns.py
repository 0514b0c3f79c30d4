"""Arrow columns out of codes and numbers: words shared by many rows are stored once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from demo.plan import Ints, Plan, Words

NESTED = {b"content": b"json"}  # field metadata of a column whose text is JSON already


def coded(codes: Ints, words: Sequence[object] | Words) -> pa.DictionaryArray:
    """`words[code]` per row; a code of -1, and a word None, is null."""
    said = [None if word is None else str(word) for word in words]
    # No word twice: for a dictionary that repeats one, Parquet's writer reads memory it never filled.
    place = {word: at for at, word in enumerate(dict.fromkeys(word for word in said if word is not None))}
    at = np.array([-1 if word is None else place[word] for word in (*said, None)], dtype=np.int32)[codes]
    return pa.DictionaryArray.from_arrays(
        pa.array(np.maximum(at, 0), mask=at < 0), pa.array(list(place), pa.string())
    )


def numbered(prefix: str, numbers: Ints, width: int) -> pa.StringArray:
    """Identifiers such as SO0001234; a number of -1 is null."""
    return pa.array([f"{prefix}{n:0{width}d}" if n >= 0 else None for n in numbers.tolist()], pa.string())


def instants(plan: Plan, local_ms: Ints) -> pa.StringArray:
    """UTC instants in ISO 8601 with milliseconds and a Z."""
    text = np.datetime_as_string(plan.utc(local_ms), unit="ms")
    return pa.array(np.char.add(text, "Z"), pa.string())


def offset_instants(plan: Plan, local_ms: Ints) -> pa.Array:
    """Wall times with the zone's offset; -1 is null."""
    text = np.datetime_as_string(plan.local(np.maximum(local_ms, 0)), unit="ms")
    return pa.array(np.char.add(text, "+08:00").tolist(), pa.string(), mask=local_ms < 0)


def wall_times(plan: Plan, local_ms: Ints) -> pa.Array:
    """Wall times to the second without any zone, as shop systems print them; -1 is null."""
    text = np.datetime_as_string(plan.local(np.maximum(local_ms, 0)), unit="s")
    spaced = np.char.replace(text, "T", " ") if len(text) else text
    return pa.array(spaced.tolist(), pa.string(), mask=local_ms < 0)


def days(plan: Plan, day: Ints) -> pa.Array:
    """Dates in ISO 8601."""
    return pa.array(np.datetime_as_string(np.datetime64(plan.start, "D") + day).tolist(), pa.string())


def stamps(plan: Plan, local_ms: Ints) -> pa.Array:
    """UTC timestamps for Parquet."""
    return pa.array(plan.utc(local_ms), pa.timestamp("ms", tz="UTC"))


def money(cents: Ints) -> pa.Array:
    """Cents as decimal text; -1 is null."""
    return pa.array([f"{c // 100}.{c % 100:02d}" if c >= 0 else None for c in cents.tolist()], pa.string())


def whole(numbers: Ints) -> pa.Array:
    """Integers; -1 is null."""
    return pa.array(numbers, pa.int64(), mask=numbers < 0)


def nested(texts: pa.Array) -> tuple[pa.Array, dict[bytes, bytes]]:
    """A column of JSON text, to be written as JSON and not as a string."""
    return texts, NESTED


def table(**columns: pa.Array | tuple[pa.Array, dict[bytes, bytes]]) -> pa.Table:
    """A table of the given columns, in their order."""
    return table_of(columns)


def table_of(columns: dict[str, pa.Array | tuple[pa.Array, dict[bytes, bytes]]]) -> pa.Table:
    """A table of columns whose names are no Python names."""
    fields, arrays = [], []
    for name, given in columns.items():
        array, metadata = given if isinstance(given, tuple) else (given, None)
        fields.append(pa.field(name, array.type, metadata=metadata))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
