"""What tables and columns are made of: tables by the models' own references, columns by the SQL built."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from catalogue import columns
from catalogue.columns import Column, Made
from ml import catalogue
from ml.spec import ModelSpec
from orchestration import contract, layers
from orchestration.environment import PROJECT_ROOT
from orchestration.layers import NAMES, PUBLIC_BESIDE_MARTS

DBT = PROJECT_ROOT / "dbt_project"
MODELS = DBT / "models"
REFERENCE = re.compile(r"(?:ref|source)\(\s*'(\w+)'(?:\s*,\s*'(\w+)')?\s*\)")


@cache
def parents() -> dict[str, tuple[str, ...]]:
    """Each table and those it is made from: by dbt's SQL, the specs of the models, or the publish step."""
    found = {name: set(above) for name, above in layers.MADE_AT_PUBLISH.items()}
    for path in MODELS.rglob("*.sql"):
        names = {second or first for first, second in REFERENCE.findall(path.read_text(encoding="utf-8"))}
        found[path.stem] = names - {path.stem}
    for table, specs in learned().items():
        needs = {name.split(".")[-1] for spec in specs for name in spec.needs}
        found[table] = found.get(table, set()) | needs
    return {name: tuple(sorted(above)) for name, above in found.items()}


@cache
def learned() -> dict[str, list[ModelSpec]]:
    """Each table of predictions and the models that write it: one, or all where it is kept of every model."""
    every = list(catalogue.specs().values())
    found = {name: every for name, (layer, _) in sources().items() if layer == "predictions"}
    return found | {table: [spec] for spec in every for table in spec.tables}


@cache
def children() -> dict[str, tuple[str, ...]]:
    """Each model or source and what is built on it."""
    found: dict[str, set[str]] = {}
    for name, above in parents().items():
        for parent in above:
            found.setdefault(parent, set()).add(name)
    return {name: tuple(sorted(names)) for name, names in found.items()}


def origins(name: str) -> list[str]:
    """Everything upstream of a table, nearest first."""
    seen: list[str] = []
    waiting = list(parents().get(name, ()))
    while waiting:
        one = waiting.pop(0)
        if one not in seen:
            seen.append(one)
            waiting += parents().get(one, ())
    return seen


@cache
def sources() -> dict[str, tuple[str, list[str]]]:
    """Each table that no SQL makes: its layer and its columns as far as they are written down."""
    found = {}
    for path in (MODELS / "sources").glob("*.yml"):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            for table in source["tables"]:
                known = [column["name"] for column in table.get("columns", [])]
                found[table["name"]] = (source["schema"], known)
    for name, entity in contract.ENTITIES.items():
        found[name] = ("raw", list(entity.raw_columns))
    for path in (DBT / "seeds").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            found[path.stem] = ("staging", next(csv.reader(lines)))
    return found


@cache
def written_by() -> dict[str, Path]:
    """Each model's file, from the project's folder."""
    return {path.stem: path.relative_to(PROJECT_ROOT) for path in MODELS.rglob("*.sql")}


def layer(name: str) -> str:
    """The layer a table is made in."""
    path = written_by().get(name)
    if path:
        return path.parts[2]
    beside = [layer for layer, names in PUBLIC_BESIDE_MARTS.items() if name in names]
    return beside[0] if beside else sources()[name][0]


@dataclass(frozen=True)
class Columns:
    """What each column is computed from and what is computed from it."""

    made: dict[str, dict[str, Made]]
    feeds: dict[Column, set[Column]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for table, of in self.made.items():
            for column, made in of.items():
                for parent in made.of:
                    self.feeds.setdefault(parent, set()).add((table, column))

    def of(self, table: str, column: str) -> Made | None:
        """What a column is computed from; None for one that no SQL makes."""
        return self.made[table].get(column) if table in self.made else None

    def tables(self) -> dict[str, list[str]]:
        """Every table of the project, first the first layer's, and its columns as far as they are known."""
        known = {name: list(listed) for name, (_, listed) in sources().items()}
        known |= {name: list(self.made.get(name, ())) for name in written_by()}
        for table, column in sorted(self.feeds):
            if column not in known.setdefault(table, []):
                known[table].append(column)
        return {name: known[name] for name in sorted(known, key=lambda one: (NAMES.index(layer(one)), one))}

    def recorded(self, table: str, column: str) -> list[Column]:
        """The columns no SQL makes that a column goes back to, such as raw ones."""
        ends, seen, waiting = set(), {(table, column)}, [(table, column)]
        while waiting:
            one = waiting.pop()
            made = self.of(*one)
            if made is None and one != (table, column):
                ends.add(one)
            new = (made.of if made else frozenset()) - seen
            seen |= new
            waiting += new
        return sorted(ends)


def built(data: Path) -> Columns:
    """Lineage by column from the SQL that the last build of a data folder left, if it left any."""
    compiled = data / "dbt" / "compiled" / "userops" / "models"
    return of_queries(
        (path.parts[-3], path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(compiled.rglob("*.sql"))
        # Beside each model lie its tests, in folders named for its YAML.
        if path.stem in written_by() and path.parent.suffix != ".yml"
    )


def of_queries(queries: Iterable[tuple[str, str, str]]) -> Columns:
    """Lineage by column of some models, each a layer, a name and its SQL."""
    known = {(schema, name): listed for name, (schema, listed) in sources().items()}
    return Columns(columns.trace({(layer, name): sql for layer, name, sql in queries}, known))
