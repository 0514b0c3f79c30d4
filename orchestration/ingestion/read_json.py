"""NDJSON: lines read raw and judged as JSON one by one, so a bad line stays one bad line.

A name in an expression is a key of the record, or a path into it: `context.page.url`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from orchestration.ingestion import csv_lines, lines, sieve, unpack
from orchestration.ingestion.engine import file_literal, literal, scalar
from orchestration.ingestion.feed import Source
from orchestration.ingestion.lines import LINE_LIMIT, Content, Line
from orchestration.ingestion.reading import DOCUMENT, FILE, SHIFT, SOURCE, Reading, Refusal
from orchestration.ingestion.unpack import Plain

# DuckDB takes these for JSON; the standard does not.
LENIENT = r",\s*[}\]]|[:,\[]\s*-?(?i:nan|inf)"
DOUBT = (
    f"({DOCUMENT} is null or not starts_with({DOCUMENT}, '{{') or not json_valid({DOCUMENT}) "
    f"or regexp_matches({DOCUMENT}, {literal(LENIENT)}))"
)


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
        clean, encoding = temporary / "clean", unpack.line_encoding(plain)
        readable = newline == b"\n" and unpack.is_utf8(plain)
        if not (readable and _fast(connection, plain.path, content)):
            sieved = sieve.sieve(content, newline, encoding, clean)
            if _lines_of(connection, clean) == sieved.kept + len(sieved.gone):
                reading.refused, reading.blank = [sieved.refused], [-len(sieved.refused)]
            else:
                slow(connection, lines.iterate(content, newline), encoding, clean, reading)
    reading.pick = unpack.picker(plain, newline)
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
                reading.refused[0].append(text)
            else:
                writer.writerow([line.number, text])
    connection.execute(
        f"create or replace temp table {SOURCE} as select _line, {DOCUMENT} from read_csv("
        f"{file_literal(clean)}, auto_detect = false, header = false, delim = ',', quote = '\"', "
        f"escape = '\"', columns = {{'_line': 'bigint', '{DOCUMENT}': 'varchar'}}, "
        f"new_line = '\\n', strict_mode = true, max_line_size = {LINE_LIMIT * 4})"
    )


def settle(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    names: Sequence[str],
    reading: Reading,
    relation: str = SOURCE,
) -> None:
    """Make of a relation's lines the table `source`: the named values beside each record.

    What is blank or not a JSON object is taken out.
    """
    if gone := take_out(connection, relation, reading):
        if relation != SOURCE:
            connection.execute(f"create or replace temp table {SOURCE} as select * from {relation}")
            relation = SOURCE
        listed = ", ".join(map(str, sorted(gone)))
        connection.execute(f"delete from {SOURCE} where _line in (select unnest([{listed}]))")
    find_keys(connection, relation, reading)
    connection.execute(
        f"create or replace temp table {SOURCE} as select * from {with_values(source, names, relation)}"
    )


def take_out(connection: duckdb.DuckDBPyConnection, relation: str, reading: Reading) -> set[int]:
    """The lines of a relation that are blank or not a JSON object, once a reading is told of them."""
    blank, bad = _doubtful(connection, relation)
    for position in blank:
        reading.blank[position >> SHIFT] += 1
    for position, line in reading.raw((place, 1) for place in sorted(bad)):
        found = Refusal(line.number, line.offset, line.raw, "unparsable_line")
        reading.refused[position >> SHIFT].append(found)
    return blank | bad


def find_keys(connection: duckdb.DuckDBPyConnection, relation: str, reading: Reading) -> None:
    """Tell a reading the keys that the records of each of its files have."""
    reading.keys = [set() for _ in reading.blank]
    query = f"select distinct {FILE}, unnest(json_keys({DOCUMENT})) from {relation}"
    for file, key in connection.execute(query).fetchall():
        reading.keys[file].add(str(key))


def with_values(source: Source, names: Sequence[str], relation: str) -> str:
    """SQL: the records of a relation with the named values as text."""
    paths: list[str] = []
    values: list[str] = []
    for place, name in enumerate(names):
        found = [f"w[{len(paths) + n}]" for n in range(1, len(_paths(name)) + 1)]
        value = f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]
        for null in ["", *source.null_values]:
            value = f"nullif({value}, {literal(null)})"
        values.append(f", {value} as c{place}")
        paths += _paths(name)
    listed = ", ".join(map(literal, paths))
    extracted = f"json_extract_string({DOCUMENT}, [{listed}])" if paths else "null"
    return (
        f"(select _line, cast(1 as bigint) as _span, {DOCUMENT}{''.join(values)} "
        f"from (select _line, {DOCUMENT}, {extracted} as w from {relation}))"
    )


def _doubtful(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[set[int], set[int]]:
    """Lines that are blank, and lines that are not a JSON object."""
    # Nearly every line passes the cheap looks; only the others are looked at one by one.
    doubtful = connection.execute(
        f"select _line, {DOCUMENT}, json_valid({DOCUMENT}) from {relation} where {DOUBT}"
    ).fetchall()
    blank = {line for line, text, _ in doubtful if not (text or "").strip(" \t\r")}
    told = [(line, text, valid) for line, text, valid in doubtful if line not in blank]
    return blank, {line for line, text, valid in told if not (valid and _strict(text))}


def keys(records: Iterable[bytes]) -> set[str]:
    """All the keys that records of JSON objects have."""
    return {key for record in records for key in json.loads(record)}


def _paths(name: str) -> list[str]:
    """A name as one key, and when it has dots also as a path of keys."""
    found = [name.split(".")] if "." in name else []
    return ["$." + ".".join(_key(part) for part in parts) for parts in ([name], *found)]


def _key(part: str) -> str:
    return '"' + part.replace('"', '\\"') + '"'


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
    return not census.has_nul and _lines_of(connection, path) == census.lines + census.blank


def _lines_of(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Read every line into `source`; gives how many came in, -1 when the reader gave up."""
    try:
        connection.execute(
            f"create or replace temp table {SOURCE} as "
            f"select cast(row_number() over () as bigint) as _line, {DOCUMENT} from read_csv("
            f"[{file_literal(path)}], auto_detect = false, header = false, delim = '\x01', "
            f"quote = '', escape = '', columns = {{'{DOCUMENT}': 'varchar'}}, "
            f"strict_mode = true, null_padding = false, max_line_size = {LINE_LIMIT * 2})"
        )
    except duckdb.Error:
        return -1
    return scalar(connection, f"select count(*) from {SOURCE}")
