"""A feed: one YAML that names a source and maps its columns to entities of the contract."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from orchestration import wording
from orchestration.contract import ENTITIES, Entity
from orchestration.ingestion import located, presets
from orchestration.ingestion.document import FORMATS, Combine, Document, Source, Target
from orchestration.ingestion.errors import FeedError
from orchestration.ingestion.expression import Expression, ExpressionError, parse
from orchestration.ingestion.located import Located

__all__ = ["Feed", "FeedError", "Mapped", "Source", "load_feeds"]

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Mapped:
    """One entity a feed delivers, its expressions parsed."""

    entity: Entity
    columns: Mapping[str, Expression]
    one_row_per_key: bool = False
    combine: Mapping[str, Combine] = field(default_factory=dict)
    skip_when: Expression | None = None

    @property
    def reads(self) -> set[str]:
        """The source columns this entity uses."""
        used = [*self.columns.values(), *([self.skip_when] if self.skip_when else [])]
        return {name for expression in used for name in expression.columns}

    def plain(self, kind: str) -> dict[str, str]:
        """The contract's columns of a type that are a source column as it stands, and that column."""
        return {
            column.name: self.columns[column.name].columns[0]
            for column in self.entity.columns
            if column.type == kind and column.name in self.columns and self.columns[column.name].plain
        }


@dataclass(frozen=True)
class Feed:
    """A checked feed.

    Parameters
    ----------
    name : str
        Unique in the tenant; also a folder name.
    file : str
        The YAML it was read from, for messages.
    options : Document
        Everything it says.
    targets : Mapping of str to Mapped
        Entity name to its mapping.
    """

    name: str
    file: str
    options: Document
    targets: Mapping[str, Mapped]

    @property
    def entities(self) -> list[str]:
        """Names of the entities it delivers, in the order written."""
        return list(self.targets)

    @property
    def source(self) -> Source:
        """Where its records come from."""
        return self.options.source

    @property
    def max_quarantine_share(self) -> float:
        """The share of a file's records that may be refused."""
        return self.options.max_quarantine_share

    @property
    def digest(self) -> str:
        """A hash of all it says, so that what was decided under another mapping is re-decided."""
        said = json.dumps(self.options.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def load_feeds(folder: Path) -> list[Feed]:
    """Read every YAML of a tenant's ``feeds/`` folder, sorted by file name.

    Raises
    ------
    FeedError
        Names the file, the line, what is wrong there and what to write.
    """
    feeds: dict[str, Feed] = {}
    for path in sorted(p for p in folder.glob("*.y*ml") if p.suffix in (".yml", ".yaml")):
        document = located.read(path)
        feed = build(document)
        if feed.name in feeds:
            raise document.error(
                ("feed",), f"feed {feed.name!r} is also in {feeds[feed.name].file}", "rename one"
            )
        feeds[feed.name] = feed
    return list(feeds.values())


def build(document: Located) -> Feed:
    """Check one document against the contract; raises FeedError."""
    if not isinstance(document.data, dict):
        raise document.error((), "a feed is a mapping", "start with `feed: <name>`")
    document = presets.completed(document)
    _refuse_other_kinds(document)
    try:
        options = Document.model_validate(_with_format(document))
    except ValidationError as error:
        first = error.errors()[0]
        where = tuple(part for part in first["loc"] if isinstance(part, (str, int)))
        key = ".".join(str(part) for part in where)
        if first["type"] == "extra_forbidden":
            known = ", ".join(wording.known(first, Document))
            fix = f"known here are {known}" if known else "check its spelling"
            raise document.error(where, f"unknown key {key!r}", fix) from error
        raise document.error(where, f"{key}: {wording.of(first, Document)}", "see docs/feeds.md") from error
    if not NAME.fullmatch(options.feed):
        raise document.error(("feed",), f"feed name {options.feed!r}", "use lower case letters, digits and _")
    source = options.source
    if not source.header and not source.columns:
        raise document.error(("source",), "no header and no columns", "list source.columns")
    _refuse_other_places(document, source.path)
    targets = {
        name: _mapped(document, options, path, name, target)
        for name, (path, target) in _targets(document, options).items()
    }
    return Feed(options.feed, document.file, options, targets)


def _with_format(document: Located) -> object:
    """The document's data with its format filled in from the path's suffix."""
    data = document.data
    source = data.get("source") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(source, dict):
        return data
    if "format" in source or not isinstance(source.get("path"), str):
        return data
    bare = source["path"].lower().removesuffix(".gz").removesuffix(".zst")
    found = FORMATS.get(Path(bare).suffix)
    if found is None:
        raise document.error(
            ("source", "path"),
            "the path's suffix tells no format",
            "add `format:` csv, ndjson, parquet or excel",
        )
    return {**data, "source": {**source, "format": found}}


def _refuse_other_kinds(document: Located) -> None:
    source = document.data.get("source") if isinstance(document.data, dict) else None
    kind = source.get("kind") if isinstance(source, dict) else None
    if kind is not None and kind != "files":
        raise document.error(
            ("source", "kind"), f"kind {kind!r} is not supported here", "write `kind: files`"
        )


def _refuse_other_places(document: Located, path: str) -> None:
    """A path is below the landing folder, by its own words."""
    below = path.removeprefix("${LANDING}").lstrip("/")
    if "://" in path:
        problem = "object stores and addresses are not read by `kind: files` yet"
    elif path.startswith("/") or "$" in below or ".." in Path(below).parts or not below:
        problem = f"source.path {path!r} must stay below ${{LANDING}}"
    else:
        return
    raise document.error(("source", "path"), problem, "write `${LANDING}/...`, a file, folder or glob in it")


def _targets(document: Located, options: Document) -> dict[str, tuple[tuple[str | int, ...], Target]]:
    if (options.entity is None) == (options.entities is None):
        raise document.error(("feed",), "give `entity` or `entities`", "one of the two")
    if options.entities:
        return {n: (("entities", n), target) for n, target in options.entities.items()}
    if options.entity is None or not options.columns:
        raise document.error(("entity",), "no columns are mapped", "add `columns:`")
    target = Target(
        columns=options.columns,
        one_row_per_key=options.one_row_per_key,
        combine=options.combine,
        skip_when=options.skip_when,
    )
    return {options.entity: ((), target)}


def _mapped(
    document: Located, options: Document, path: tuple[str | int, ...], name: str, target: Target
) -> Mapped:
    entity = ENTITIES.get(name)
    if entity is None:
        where = path or ("entity",)
        raise document.error(where, f"no entity {name!r}", f"one of {', '.join(ENTITIES)}")
    known = {*(column.name for column in entity.columns), entity.remainder}
    columns: dict[str, Expression] = {}
    for column, text in target.columns.items():
        where = (*path, "columns", column)
        if column not in known:
            raise document.error(
                where, f"{name} has no column {column!r}", f"one of {', '.join(sorted(known))}"
            )
        columns[column] = _expression(document, options, where, text)
    missing = [c.name for c in entity.columns if c.required and c.name not in columns]
    if missing:
        raise document.error(
            (*path, "columns"), f"{name} needs {', '.join(missing)}", "map it to an expression"
        )
    if entity.one_of and not set(entity.one_of) & set(columns):
        raise document.error(
            (*path, "columns"), f"{name} needs {' or '.join(entity.one_of)}", "map one of them"
        )
    unmapped = [column for column in entity.key if column not in columns]
    if target.one_row_per_key and unmapped:
        raise document.error(
            (*path, "one_row_per_key"), f"the key {', '.join(unmapped)} is not mapped", "map it"
        )
    for column in target.combine:
        if column not in columns:
            where = (*path, "combine", column)
            raise document.error(where, f"{column!r} is not mapped", "map it or drop this line")
    skip = target.skip_when
    return Mapped(
        entity,
        columns,
        target.one_row_per_key,
        target.combine,
        _expression(document, options, (*path, "skip_when"), skip) if skip else None,
    )


def _expression(document: Located, options: Document, where: tuple[str | int, ...], text: str) -> Expression:
    try:
        expression = parse(text)
    except ExpressionError as error:
        fix = "write a scalar SQL expression over the source's columns"
        raise document.error(where, str(error), fix) from error
    known = options.source.columns
    for name in expression.columns:
        if known and name not in known and name.split(".")[0] not in known:
            raise document.error(where, f"the source has no column {name!r}", f"one of {', '.join(known)}")
    return expression
