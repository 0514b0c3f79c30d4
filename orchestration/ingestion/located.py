"""YAML whose every value knows its line, so that an error can name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from orchestration.ingestion.errors import FeedError

Path_ = tuple[str | int, ...]
MAX_BYTES = 1_000_000


@dataclass
class Located:
    """A YAML document as plain data, with the line of every path in it.

    Parameters
    ----------
    file : str
        Its name, for messages.
    data : object
        What it says, with what it is laid over.
    lines : dict
        Path to line, of what is written in this file.
    below : Located, optional
        The document it is laid over.
    """

    file: str
    data: object
    lines: dict[Path_, int] = field(default_factory=dict)
    below: Located | None = None

    def line(self, path: Path_) -> int:
        """The line of a path, or of the nearest parent that is written down."""
        return self.lines.get(self._nearest(path), 1)

    def error(self, path: Path_, problem: str, fix: str) -> FeedError:
        """An error that points at a path, in the document that says most of it."""
        if self.below and len(self.below._nearest(path)) > len(self._nearest(path)):
            return self.below.error(path, problem, fix)
        return FeedError(self.file, self.line(path), problem, fix)

    def over(self, below: Located) -> Located:
        """This document laid over another: mappings are merged key by key, all else replaced."""
        return Located(self.file, _merged(below.data, self.data), self.lines, below)

    def _nearest(self, path: Path_) -> Path_:
        while path and path not in self.lines:
            path = path[:-1]
        return path


def _merged(below: object, above: object) -> object:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    shared = {key: _merged(below[key], value) for key, value in above.items() if key in below}
    return {**below, **above, **shared}


def read(path: Path) -> Located:
    """Read one YAML file.

    Raises
    ------
    FeedError
        Unreadable, not YAML, or using tags, anchors or a key twice.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FeedError(name, 1, "the file is over 1 MB", "a feed is a few dozen lines")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedError(name, 1, "not UTF-8", "save the file as UTF-8") from error
    except OSError as error:
        why = error.strerror or "unreadable"
        raise FeedError(name, 1, f"cannot be read: {why}", "check the file") from error
    located = Located(name, None)
    try:
        # An alias may unfold into more memory than there is.
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise FeedError(name, line, "anchors are not supported", "write the value out")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        located.data = None if node is None else _plain(node, (), located)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = f"not valid YAML: {error.problem or error.context}"
        raise FeedError(name, line, problem, "check indentation, quotes and tags") from error
    except (yaml.YAMLError, ValueError) as error:
        raise FeedError(name, 1, f"not valid YAML: {error}", "check the file") from error
    return located


def _plain(node: yaml.Node, path: Path_, located: Located) -> object:
    located.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in found:
                raise FeedError(located.file, line, f"{key!r} is given twice", "keep one of them")
            found[key] = _plain(value_node, (*path, key), located)
            located.lines[(*path, key)] = line
        _safe(node, "tag:yaml.org,2002:map")
        return found
    if isinstance(node, yaml.SequenceNode):
        _safe(node, "tag:yaml.org,2002:seq")
        return [_plain(item, (*path, i), located) for i, item in enumerate(node.value)]
    constructor = yaml.constructor.SafeConstructor()
    value: object = constructor.construct_object(node)
    # YAML 1.1 takes a column called `no`, `on` or `y` for a truth value.
    is_word = isinstance(value, bool) and node.value.lower() not in ("true", "false")
    return node.value if is_word else value


def _safe(node: yaml.Node, tag: str) -> None:
    if node.tag != tag:
        raise yaml.constructor.ConstructorError(
            None, None, f"the tag {node.tag!r} is not allowed", node.start_mark
        )
