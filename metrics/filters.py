"""Filters as a command line writes them, held to what the published file holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from metrics.definitions import Layer, MetricError, load
from metrics.query import Question

# A blank or `;` parts two filters only where another one begins: `city=New York` is one.
BETWEEN = re.compile(r"[;\s]\s*(?=\w+=)")
SHOWN = 8
BOOLEANS = {"true", "false"}


def read(texts: Sequence[str]) -> dict[str, list[str]]:
    """The values wanted of each dimension: `country=CN,US; platform=ios`, in one text or several.

    Raises
    ------
    MetricError
        A text is no filter, or two are of one dimension.
    """
    found: dict[str, list[str]] = {}
    for text in (part.strip(" ;") for given in texts for part in BETWEEN.split(given)):
        if not text:
            continue
        name, separator, values = text.partition("=")
        if not separator or not all(values.split(",")):
            raise MetricError(f"WHERE={text} is not dimension=value[,value]; several are parted by `;`")
        if name in found:
            raise MetricError(f"WHERE filters {name} twice: give {name}=one,other")
        found[name] = values.split(",")
    return found


def check(connection: duckdb.DuckDBPyConnection, question: Question, layer: Layer | None = None) -> None:
    """Refuse a value that no table of the question's metrics holds: its answer would be empty or 0.

    Raises
    ------
    MetricError
        Names the value and what is held in its place.
    """
    known = layer or load()
    for name, values in question.where:
        held = _held(connection, known, question, name)
        # A yes-or-no that is the same for everyone may still be asked for the other way round.
        missing = [value for value in values if value not in (held | BOOLEANS if held & BOOLEANS else held)]
        if not missing:
            continue
        said = f"WHERE={name}={missing[0]}: the published file holds no such {name}"
        if "=" in missing[0]:
            raise MetricError(f"{said}; part several filters by `;`: {name}={';'.join(values)}")
        listed = ", ".join(sorted(held)[:SHOWN]) or "none"
        raise MetricError(f"{said}; it holds {listed}" + (", …" if len(held) > SHOWN else ""))


def _held(connection: duckdb.DuckDBPyConnection, layer: Layer, question: Question, name: str) -> set[str]:
    parts = {part.name: part for metric in question.metrics for part in layer.base(metric)}
    places = {layer.place(layer.model_of(part), name) for part in parts.values()}
    held = set()
    for table, expression in places:
        query = f"select distinct cast({expression} as varchar) from marts.{table}"
        held |= {str(value) for (value,) in connection.execute(query).fetchall() if value is not None}
    return held
