"""What dbt does anew for each of a night's 300 nodes, done once or not at all.

A node gets two contexts, one to be compiled in and one to be run in, each with all of dbt's 600 macros
put in order by name; the same text is parsed and compiled by Jinja wherever it stands, every night anew;
and each build reads the source of its own stack to name the adapter in messages that are not made.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType
from typing import Any

import jinja2
from dbt import compilation
from dbt.clients import jinja
from dbt.clients.jinja import MacroGenerator
from dbt.context.macros import FlatNamespace, MacroNamespace, MacroNamespaceBuilder, NamespaceMember
from dbt.context.providers import ModelContext, RuntimeProvider
from dbt.contracts.graph.nodes import Macro
from dbt.include.global_project import PROJECT_NAME as OF_DBT
from dbt.task import run, test
from dbt_common.behavior_flags import BehaviorFlagRendered
from dbt_common.clients.jinja import catch_jinja, get_environment

_last = threading.local()


class _ByName(MacroNamespace):
    """Macros that were looked for in every package's place once, and not at every name."""

    def __init__(
        self, of_root: FlatNamespace, own: FlatNamespace, of_dbt: FlatNamespace, packages: dict[str, Any]
    ) -> None:
        super().__init__(of_root, own, of_dbt, packages)
        self._found: dict[str, NamespaceMember] = {**of_dbt, OF_DBT: of_dbt, **packages, **of_root, **own}

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, key: str) -> NamespaceMember:
        return self._found[key]


def _namespace(
    builder: MacroNamespaceBuilder, macros: Mapping[str, Mapping[str, Macro]], context: dict[str, Any]
) -> MacroNamespace:
    """As dbt builds it, whose parse has seen to it that no package has two macros of one name."""
    packages: dict[str, FlatNamespace] = {}
    internal: dict[str, FlatNamespace] = {}
    for package, found in macros.items():
        into = internal if package in builder.internal_package_names else packages
        into[package] = {
            name: MacroGenerator(macro, context, builder.node, builder.thread_ctx)
            for name, macro in found.items()
        }
    of_dbt: FlatNamespace = {}
    for package in reversed(builder.internal_package_names_order):
        of_dbt |= internal.get(package, {})
    own = packages.get(builder.search_package, {})
    is_root = builder.search_package == builder.root_package
    return _ByName({} if is_root else packages.get(builder.root_package, {}), own, of_dbt, packages)


def _context(model: Any, config: Any, manifest: Any) -> dict[str, Any]:
    """What a node sees: a thread that compiled it runs it next, and fills the same context again."""
    kept: ModelContext | None = getattr(_last, "context", None)
    if kept is None or kept.model is not model or kept.config is not config or kept.manifest is not manifest:
        kept = _last.context = ModelContext(model, config, manifest, RuntimeProvider(), None)
    kept.sql_results.clear()
    found: dict[str, Any] = kept.to_dict()
    return found


@lru_cache(maxsize=2048)
def _compiled(text: str, native: bool) -> CodeType:
    """Of an environment, only whether values stay values enters the code."""
    return get_environment(native=native).compile(text)


def _template(
    string: Any, ctx: dict[str, Any], node: Any = None, capture_macros: bool = False, native: bool = False
) -> jinja2.Template:
    """As dbt makes it, of code that was compiled before if the text was."""
    with catch_jinja(node):
        made = get_environment(node, capture_macros, native)
        return made.template_class.from_code(made, _compiled(str(string), native), made.make_globals(ctx))


_TAKEN: tuple[tuple[Any, str, Any], ...] = (
    (compilation, "generate_runtime_model_context", _context),
    (run, "generate_runtime_model_context", _context),
    (test, "generate_runtime_model_context", _context),
    (MacroNamespaceBuilder, "build_namespace", _namespace),
    (jinja, "get_template", _template),
    (compilation.Linker, "get_graph_summary", lambda *_: {}),
    (BehaviorFlagRendered, "_default_source", staticmethod(lambda: "dbt")),
)


@contextmanager
def taken() -> Iterator[None]:
    """Within it dbt takes them all; for the builds of a night, which are one after the other."""
    before = [(owner, name, vars(owner)[name]) for owner, name, _ in _TAKEN]
    for owner, name, short in _TAKEN:
        setattr(owner, name, short)
    try:
        yield
    finally:
        for owner, name, was in before:
            setattr(owner, name, was)
