"""NDJSON: lines read raw and judged as JSON one by one, so a bad line stays one bad line.

A name in an expression is a key of the record, or a path into it: `context.page.url`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb

from orchestration.ingestion import csv_lines, lines, unpack
from orchestration.ingestion.engine import literal, scalar
from orchestration.ingestion.feed import Source
from orchestration.ingestion.lines import LINE_LIMIT, Content, Line
from orchestration.ingestion.reading import SOURCE, Pick, Reading, Refusal
from orchestration.ingestion.unpack import Plain

DOCUMENT = "document"
# DuckDB takes these for JSON; the standard does not.
LENIENT = r",\s*[}\]]|\bNaN\b|\bInf|\bnan\b|\binf"


def read(
    connection: duckdb.DuckDBPyConnection,
    plain: Plain,
    source: Source,
    names: Sequence[str],
    temporary: Path,
) -> Reading:
    """Read one file into the table `source`: the record, and the named values as text."""
    reading = Reading({name: f"c{place}" for place, name in enumerate(names)}, document=DOCUMENT)
    with plain.bytes() as content:
        newline = lines.newline_of(content, plain.newline)
        fast = newline == b"\n" and unpack.is_utf8(plain)
        if not (fast and _fast(connection, plain.path, content)):
            physical = lines.iterate(content, newline)
            slow(connection, physical, unpack.line_encoding(plain), temporary / "clean", reading)
    reading.pick = _picker(plain, newline)
    settle(connection, source, names, reading)
    return reading


def slow(
    connection: duckdb.DuckDBPyConnection,
    physical: Iterable[Line],
    encoding: str,
    clean: Path,
    reading: Reading,
) -> None:
    """Line by line: whatever is not text is refused, the rest goes into `source`."""
    with clean.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for line in physical:
            text = csv_lines.decode(line, encoding)
            if isinstance(text, Refusal):
                reading.refused.append(text)
            else:
                writer.writerow([line.number, text])
    connection.execute(
        f"create or replace temp table {SOURCE} as select _line, {DOCUMENT} from read_csv("
        f"{literal(str(clean))}, auto_detect = false, header = false, delim = ',', quote = '\"', "
        f"escape = '\"', columns = {{'_line': 'bigint', '{DOCUMENT}': 'varchar'}}, "
        f"strict_mode = true, max_line_size = {LINE_LIMIT * 4})"
    )


def settle(
    connection: duckdb.DuckDBPyConnection, source: Source, names: Sequence[str], reading: Reading
) -> None:
    """Take out what is blank or not a JSON object, and lay the named values beside the rest."""
    blank = f"{DOCUMENT} is null or trim({DOCUMENT}, ' \t\r') = ''"
    reading.blank[0] += scalar(connection, f"select count(*) from {SOURCE} where {blank}")
    # Both sides of an AND may be evaluated, and json_type raises on what is not JSON; CASE does not.
    object_ = f"case when json_valid({DOCUMENT}) then json_type({DOCUMENT}) = 'OBJECT' else false end"
    doubtful = connection.execute(
        f"select _line, {DOCUMENT}, {object_} from {SOURCE} where not ({blank}) and "
        f"(not coalesce({object_}, false) or regexp_matches({DOCUMENT}, {literal(LENIENT)}))"
    ).fetchall()
    bad = [line for line, text, valid in doubtful if not valid or not _strict(text)]
    for number, line in reading.raw((line, 1) for line in sorted(bad)):
        reading.refused.append(Refusal(number, line.offset, line.raw, "unparsable_line"))
    gone = f" or _line in ({', '.join(map(str, bad))})" if bad else ""
    nulls = ", ".join(literal(text) for text in ["", *source.null_values])
    values = "".join(
        f", case when v[{place}] not in ({nulls}) then v[{place}] end as c{place - 1}"
        for place in range(1, len(names) + 1)
    )
    paths = ", ".join(literal(path) for name in names for path in _paths(name))
    pairs = ", ".join(f"coalesce(w[{2 * place - 1}], w[{2 * place}])" for place in range(1, len(names) + 1))
    extracted = f"json_extract_string({DOCUMENT}, [{paths}])" if names else "[]"
    connection.execute(
        f"create or replace temp table {SOURCE} as "
        f"select _line, cast(1 as bigint) as _span, {DOCUMENT}{values} "
        f"from (select _line, {DOCUMENT}, [{pairs}]::varchar[] as v "
        f"from (select _line, {DOCUMENT}, {extracted} as w from {SOURCE} "
        f"where not ({blank}{gone})))"
    )


def keys(records: Iterable[bytes]) -> set[str]:
    """All the keys that records of JSON objects have."""
    return {key for record in records for key in json.loads(record)}


def _paths(name: str) -> tuple[str, str]:
    """A name as one key, and as a path of keys."""
    whole = '$."' + name.replace('"', '\\"') + '"'
    parts = "$." + ".".join('"' + part.replace('"', '\\"') + '"' for part in name.split("."))
    return whole, parts


def _strict(text: str) -> bool:
    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        return isinstance(json.loads(text, parse_constant=refuse), dict)
    except (ValueError, RecursionError):
        return False


def _fast(connection: duckdb.DuckDBPyConnection, path: Path, content: Content) -> bool:
    """Whether every line came in as it is."""
    census = lines.census(content)
    if census.has_nul:
        return False
    try:
        connection.execute(
            f"create or replace temp table {SOURCE} as "
            f"select cast(row_number() over () as bigint) as _line, {DOCUMENT} from read_csv("
            f"{literal(str(path))}, auto_detect = false, header = false, delim = '\x01', "
            f"quote = '', escape = '', columns = {{'{DOCUMENT}': 'varchar'}}, "
            f"strict_mode = true, null_padding = false, max_line_size = {LINE_LIMIT})"
        )
    except duckdb.Error:
        return False
    found = scalar(connection, f"select count(*) from {SOURCE}")
    return found == census.lines + census.blank


def _picker(plain: Plain, newline: bytes) -> Pick:
    def pick(wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
        with plain.bytes() as content:
            yield from lines.pick(content, newline, wanted)

    return pick
