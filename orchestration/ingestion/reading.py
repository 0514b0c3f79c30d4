"""What a reader hands on: records as a table of text, and what could not become a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from orchestration.ingestion.lines import Line

SOURCE = "source"
# Of JSON, the whole record.
DOCUMENT = "document"
# Several small files may be read at once: `_line` then carries the file's place above its line.
FILE, LINE = "(_line >> 32)", "(_line & 4294967295)"
SHIFT = 32
Pick = Callable[[Iterable[tuple[int, int]]], Iterator[tuple[int, Line]]]


@dataclass(frozen=True)
class Refusal:
    """One record that is not taken in.

    Parameters
    ----------
    line : int
        Where its record begins, from 1 (the row, in a Parquet or Excel file).
    offset : int, optional
        Of its first byte; None in formats without lines.
    raw : bytes
        What is there, cut at one megabyte.
    reason : str
        The typed reason.
    column : str
        The contract column at fault, or nothing.
    """

    line: int
    offset: int | None
    raw: bytes
    reason: str
    column: str = ""


def _nothing(_: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
    return iter(())


@dataclass
class Reading:
    """A file, or several alike, taken apart into the DuckDB table `source`.

    Its columns are `_line` (the file's place and the line, see `FILE` and `LINE`), `_span` (physical
    lines of the record), then one text column per source column under a safe name; a missing value
    is NULL.

    Parameters
    ----------
    columns : dict of str to str
        The source's column name to its column in the table.
    refused : list of list of Refusal
        Per file, what could not be read as a record.
    blank : list of int
        Per file, lines that hold nothing and count as nothing.
    header : Line, optional
        The header as it is in the file, blank lines above it included, for a later replay.
    twice : set of str
        Column names that the header gives twice.
    document : str, optional
        The table column that holds each record as JSON, in formats that are JSON.
    keys : list of set of str
        Per file, the keys that its records of JSON have.
    readable : bool
        False: the file could not be taken apart, and its only record is itself.
    is_empty : bool
        There is nothing in it, not even a header.
    has_repeated : bool
        The table `repeated` names exact copies, which are not judged.
    relation : str
        Where its records are, as SQL: a clean file's are in no table.
    instants, decimals : dict of str to str
        Source columns all of whose values are UTC times, or amounts, and the relation's columns of those.
    pick : callable
        Gives the raw lines of records.
    """

    columns: dict[str, str]
    refused: list[list[Refusal]] = field(default_factory=lambda: [[]])
    blank: list[int] = field(default_factory=lambda: [0])
    header: Line | None = None
    twice: set[str] = field(default_factory=set)
    document: str | None = None
    keys: list[set[str]] = field(default_factory=lambda: [set()])
    readable: bool = True
    is_empty: bool = False
    has_repeated: bool = False
    relation: str = SOURCE
    instants: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)
    pick: Pick = _nothing

    @property
    def files(self) -> int:
        """How many files it holds."""
        return len(self.blank)

    @property
    def records(self) -> str:
        """SQL: the records to judge."""
        return (
            f"(select * from {SOURCE} anti join repeated using (_line))"
            if self.has_repeated
            else self.relation
        )

    def raw(self, wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Line]]:
        """The raw lines of the records that begin at each (line, span)."""
        return self.pick(wanted)
