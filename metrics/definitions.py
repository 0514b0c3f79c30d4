"""The semantic models and metrics of `dbt_project/semantic/`, read as they stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.environment import PROJECT_ROOT
from orchestration.errors import Unusable

FOLDER = PROJECT_ROOT / "dbt_project" / "semantic"
REF = re.compile(r"ref\('(\w+)'\)")
DIMENSION = re.compile(r"\{\{\s*Dimension\('\w+?__(\w+)'\)\s*\}\}")


class MetricError(Unusable):
    """A metric or dimension that is not there, or cannot be asked so."""


@dataclass(frozen=True)
class Measure:
    """An aggregate of a table's rows."""

    name: str
    model: str
    agg: str
    expr: str


@dataclass(frozen=True)
class SemanticModel:
    """A public table, its keys, dimensions and measures."""

    name: str
    table: str
    day: str
    keys: dict[str, str]
    is_one_row_per: str | None
    dimensions: dict[str, str]


@dataclass(frozen=True)
class Metric:
    """A number with one definition, in both languages."""

    name: str
    kind: str
    label: dict[str, str]
    description: dict[str, str]
    format: str
    timeless: bool
    measure: str | None = None
    window_days: int | None = None
    inputs: tuple[str, ...] = ()
    expr: str = ""
    where: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """All that can be asked."""

    models: dict[str, SemanticModel] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)

    def metric(self, name: str) -> Metric:
        if name not in self.metrics:
            raise MetricError(f"there is no metric {name}; there are {', '.join(sorted(self.metrics))}")
        return self.metrics[name]

    def base(self, name: str) -> list[Metric]:
        """The metrics over one table each that a metric is made of, itself where it is one."""
        metric = self.metric(name)
        if metric.measure is not None:
            return [metric]
        found = {part.name: part for name in metric.inputs for part in self.base(name)}
        return list(found.values())

    def model_of(self, metric: Metric) -> SemanticModel:
        return self.models[self.measures[str(metric.measure)].model]

    def tables(self, name: str) -> set[str]:
        """The public tables a metric is read from."""
        return {self.model_of(part).table for part in self.base(name)}

    def dimensions(self, name: str) -> list[str]:
        """What a metric can be grouped by: what all the tables it is made of know."""
        shared = [set(self._reach(self.model_of(part))) for part in self.base(name)]
        return sorted(set.intersection(*shared))

    def holder(self, model: SemanticModel, dimension: str) -> SemanticModel:
        """The semantic model a dimension of a model is read from: its own, or one that its keys reach.

        Raises
        ------
        MetricError
            None of them has it.
        """
        if dimension in model.dimensions:
            return model
        for other in self.models.values():
            if other.is_one_row_per in model.keys and dimension in other.dimensions:
                return other
        raise MetricError(f"{model.name} cannot be told apart by {dimension}")

    def place(self, model: SemanticModel, dimension: str) -> tuple[str, str]:
        """The public table that has a dimension of a model, and the expression it is there."""
        holder = self.holder(model, dimension)
        return holder.table, holder.dimensions[dimension]

    def _reach(self, model: SemanticModel) -> list[str]:
        own = list(model.dimensions)
        for other in self.models.values():
            if other.is_one_row_per in model.keys and other is not model:
                own += list(other.dimensions)
        return own


@cache
def load(folder: Path = FOLDER) -> Layer:
    """Read the folder once a process."""
    layer = Layer()
    for path in sorted(folder.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for model in document.get("semantic_models", []):
            _read_model(layer, model)
        for metric in document.get("metrics", []):
            layer.metrics[metric["name"]] = _metric(metric)
    return layer


def _read_model(layer: Layer, model: dict[str, Any]) -> None:
    times = {d["name"]: d.get("expr", d["name"]) for d in model["dimensions"] if d["type"] == "time"}
    entities = model.get("entities", [])
    found = REF.search(model["model"])
    layer.models[model["name"]] = SemanticModel(
        name=model["name"],
        table=found[1] if found else model["model"],
        day=times[model["defaults"]["agg_time_dimension"]],
        keys={e["name"]: e.get("expr", e["name"]) for e in entities},
        is_one_row_per=next((e["name"] for e in entities if e["type"] == "primary"), None),
        dimensions={
            d["name"]: d.get("expr", d["name"]) for d in model["dimensions"] if d["type"] == "categorical"
        },
    )
    for measure in model.get("measures", []):
        name = measure["name"]
        layer.measures[name] = Measure(name, model["name"], measure["agg"], measure.get("expr", name))


def _metric(metric: dict[str, Any]) -> Metric:
    of, meta = metric["type_params"], metric["config"]["meta"]
    inputs: tuple[str, ...] = ()
    expr, window = "", None
    if metric["type"] == "ratio":
        inputs = (of["numerator"], of["denominator"])
        expr = f"cast({inputs[0]} as double) / nullif({inputs[1]}, 0)"
    elif metric["type"] == "derived":
        inputs = tuple(part["name"] for part in of["metrics"])
        expr = of["expr"]
    elif metric["type"] == "cumulative":
        window = int(of["cumulative_type_params"]["window"].split()[0])
    given = metric.get("filter") or ()
    return Metric(
        name=metric["name"],
        kind=metric["type"],
        label={"en": metric["label"], "zh": meta["label_zh"]},
        description={"en": metric["description"], "zh": meta["description_zh"]},
        format=meta.get("format", "integer"),
        timeless=bool(meta.get("timeless")),
        measure=of.get("measure"),
        window_days=window,
        inputs=inputs,
        expr=expr,
        where=tuple([given] if isinstance(given, str) else given),
        told_by=tuple(meta.get("told_by", ())),
    )
