"""Tables as text: one NDJSON or CSV line per row, built column by column."""

from __future__ import annotations

import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.columns import NESTED

_UNSAFE_JSON = re.compile(r'["\\\x00-\x1f]')
_UNSAFE_CSV = re.compile(r'[",\r\n]')


def ndjson(table: pa.Table) -> pa.Array:
    """One JSON object per row; nulls are left out. The first column must have none."""
    parts = []
    for number, field in enumerate(table.schema):
        lead = "{" if number == 0 else ","
        parts.append(_pieces(table.column(number), f"{lead}{json.dumps(field.name)}:", field, _json))
    return pc.binary_join_element_wise(*parts, "}\n", "")


def csv(table: pa.Table) -> pa.Array:
    """One CSV line per row; nulls are empty."""
    parts = [
        _pieces(table.column(number), "," if number else "", field, _csv, null="," if number else "")
        for number, field in enumerate(table.schema)
    ]
    return pc.binary_join_element_wise(*parts, "\n", "")


def csv_header(table: pa.Table) -> str:
    """The names of the columns as a CSV line."""
    return ",".join(_csv(name) for name in table.column_names) + "\n"


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _UNSAFE_CSV.search(text) else text


def _pieces(column: pa.ChunkedArray, lead: str, field: pa.Field, quote, null: str = "") -> pa.Array:  # type: ignore[no-untyped-def]
    """`lead` and the value, quoted where its type wants it; `null` where there is no value."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    raw = (field.metadata or {}).get(b"content") == NESTED[b"content"]
    if pa.types.is_dictionary(array.type):
        words = [lead + (word if raw else quote(word)) for word in array.dictionary.to_pylist()]
        pieces = pa.array([*words, null], pa.string())
        codes = pc.fill_null(array.indices, len(words))
        return pieces.take(codes)
    text = array
    if not pa.types.is_string(array.type):
        text = array.cast(pa.string())
    elif not raw and quote is _json:
        if _any_match(array, _UNSAFE_JSON):
            text = pa.array([None if t is None else _json(t) for t in array.to_pylist()], pa.string())
        else:
            text = pc.binary_join_element_wise('"', array, '"', "")
    elif not raw and _any_match(array, _UNSAFE_CSV):
        text = pa.array([None if t is None else _csv(t) for t in array.to_pylist()], pa.string())
    return pc.fill_null(pc.binary_join_element_wise(lead, text, ""), null)


def _any_match(array: pa.Array, pattern: re.Pattern[str]) -> bool:
    found = pc.match_substring_regex(array, pattern.pattern)
    return bool(pc.any(found, skip_nulls=True).as_py())


def bytes_between(lines: pa.Array, first: int, end: int) -> bytes:
    """The text of some consecutive lines, straight out of Arrow's buffer."""
    array = lines.slice(first, end - first)
    _, offsets, data = array.buffers()
    if not len(array):
        return b""
    places = np.frombuffer(offsets, dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    return bytes(memoryview(data)[places[0] : places[-1]])
