"""A metric as SQL over the published tables, and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from metrics.definitions import DIMENSION, Layer, Metric, MetricError, SemanticModel, load

GRAINS = ("day", "week", "month", "quarter", "year")
AGGREGATES = {
    "sum": "sum({})",
    "count": "count({})",
    "count_distinct": "count(distinct {})",
    "average": "avg({})",
    "max": "max({})",
    "min": "min({})",
}


@dataclass(frozen=True)
class Question:
    """Metrics, by what, over which days and of whom."""

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


def asked(
    metrics: Sequence[str],
    by: Sequence[str] = (),
    first: date | None = None,
    last: date | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
) -> Question:
    """A question, from what callers hold; a filter without values does not filter."""
    kept = tuple((name, tuple(values)) for name, values in (where or {}).items() if values)
    return Question(tuple(metrics), tuple(by), first, last, kept)


def compiled(question: Question, layer: Layer | None = None) -> tuple[str, dict[str, Any]]:
    """The SQL of a question and its parameters.

    Raises
    ------
    MetricError
        An unknown metric or dimension, one that a table of the metric does not know, or a sum over rows
        that are not to be added up.
    """
    known = layer or load()
    for name in question.metrics:
        _held_apart(known.metric(name), question)
    parts: dict[str, Metric] = {}
    for name in question.metrics:
        parts |= {part.name: part for part in known.base(name)}
    parameters: dict[str, Any] = {"first": question.first, "last": question.last}
    for number, (_, values) in enumerate(question.where):
        parameters[f"values_{number}"] = list(values)
    branches = [_part(known, part, list(parts), question) for part in parts.values()]
    keys = ", ".join(question.by)
    sums = ", ".join(f"max({name}) as {name}" for name in parts)
    grouped = f"select {keys + ', ' if keys else ''}{sums}\nfrom (\n{_union(branches)}\n)"
    if keys:
        grouped += f"\ngroup by {keys}"
    columns = ", ".join(f"{_value(known, name)} as {name}" for name in question.metrics)
    order = f"\norder by {', '.join(f'{key} nulls last' for key in question.by)}" if keys else ""
    sql = f"with parts as (\n{grouped}\n)\nselect {keys + ', ' if keys else ''}{columns}\nfrom parts{order}"
    used = {name: value for name, value in parameters.items() if f"${name}" in sql}
    return sql, used


def answer(
    connection: duckdb.DuckDBPyConnection, question: Question, layer: Layer | None = None
) -> duckdb.DuckDBPyRelation:
    """The rows of a question: its dimensions, then its metrics."""
    sql, parameters = compiled(question, layer)
    return connection.execute(sql, parameters)  # type: ignore[return-value]


def _union(branches: Sequence[str]) -> str:
    return "\nunion all\n".join(branches)


def _value(layer: Layer, name: str) -> str:
    """A metric in terms of the parts, which the CTE has under their names."""
    metric = layer.metric(name)
    if metric.measure is not None:
        return name
    expression = metric.expr
    for part in metric.inputs:
        inner = layer.metric(part)
        if inner.measure is None:
            expression = expression.replace(part, f"({_value(layer, part)})")
    return expression


def _held_apart(metric: Metric, question: Question) -> None:
    """Days, weeks and months stand in one table, and their sum means nothing: one of them is asked for."""
    fixed = {name for name, values in question.where if len(values) == 1}
    mixed = [name for name in metric.told_by if name not in fixed and name not in question.by]
    if mixed:
        raise MetricError(
            f"{metric.name} is not added up over {mixed[0]}: group by it, or filter to one value"
        )


def _part(layer: Layer, metric: Metric, every: Sequence[str], question: Question) -> str:
    model = layer.model_of(metric)
    measure = layer.measures[str(metric.measure)]
    joins: dict[str, str] = {}
    grains = [name for name in question.by if name in GRAINS]
    groups = [
        _grain(name, model, metric) if name in GRAINS else _dimension(layer, model, name, joins)
        for name in question.by
    ]
    conditions = [
        f"list_contains($values_{number}, cast({_dimension(layer, model, name, joins)} as varchar))"
        for number, (name, _) in enumerate(question.where)
    ]
    conditions += [
        DIMENSION.sub(lambda found: _dimension(layer, model, found[1], joins), text) for text in metric.where
    ]
    day = _own(model.day)
    source = f"marts.{model.table} as t"
    if metric.window_days is not None and grains:
        source, day = _windowed(model, metric.window_days, grains), "calendar.day"
    elif metric.window_days is not None:
        conditions.append(f"{day} > cast($last as date) - {metric.window_days}")
    elif not metric.timeless and question.first:
        conditions.append(f"{day} >= cast($first as date)")
    if not metric.timeless and question.last and not (metric.window_days and grains):
        conditions.append(f"{day} <= cast($last as date)")
    if metric.timeless and grains:
        raise MetricError(f"{metric.name} describes the as-of day and has no history to group by {grains[0]}")
    if metric.window_days is not None and not question.last:
        raise MetricError(f"{metric.name} needs the last day of the period")
    aggregate = AGGREGATES[measure.agg].format(_own(measure.expr))
    named = [f"{expression} as {name}" for expression, name in zip(groups, question.by, strict=True)]
    named += [f"{aggregate} as {name}" if name == metric.name else f"null as {name}" for name in every]
    sql = f"select {', '.join(named)}\nfrom {source}"
    sql += "".join(f"\n{join}" for join in joins.values())
    if conditions:
        sql += f"\nwhere {' and '.join(conditions)}"
    if groups:
        sql += f"\ngroup by {', '.join(groups)}"
    return sql


def _own(expression: str) -> str:
    """A column of the metric's own table, told apart from a joined one of the same name."""
    return f"t.{expression}" if expression.isidentifier() else expression


def _grain(name: str, model: SemanticModel, metric: Metric) -> str:
    day = "calendar.day" if metric.window_days is not None else _own(model.day)
    return f"cast(date_trunc('{name}', {day}) as date)"


def _windowed(model: SemanticModel, days: int, grains: Sequence[str]) -> str:
    """The last day of each period beside the rows of the window that ends with it."""
    finest = min(grains, key=GRAINS.index)
    ends = (
        "select max(d) as day from (select cast(unnest(generate_series(cast($first as date), "
        f"cast($last as date), interval 1 day)) as date) as d) group by date_trunc('{finest}', d)"
    )
    return (
        f"({ends}) as calendar\ninner join marts.{model.table} as t on {_own(model.day)}"
        f" between calendar.day - {days - 1} and calendar.day"
    )


def _dimension(layer: Layer, model: SemanticModel, name: str, joins: dict[str, str]) -> str:
    other = layer.holder(model, name)
    if other is model:
        return _own(model.dimensions[name])
    key, joined = str(other.is_one_row_per), f"{other.name}__"
    columns = [f"{expression} as {joined}{own}" for own, expression in other.dimensions.items()]
    # Under names of their own, so that a measure's columns stay its own table's.
    joins[other.name] = (
        f"left join (select {other.keys[key]} as {joined}key, {', '.join(columns)} "
        f"from marts.{other.table}) as {other.name} "
        f"on {_own(model.keys[key])} = {joined}key"
    )
    return f"{joined}{name}"
