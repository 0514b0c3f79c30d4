"""The project's queries as each engine would be given them, without a server of either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner
from dbt.context.providers import BaseDatabaseWrapper
from dbt.contracts.graph.manifest import Manifest

from orchestration import environment

PROJECT = environment.PROJECT_ROOT / "dbt_project"
DAYS = {
    "as_of": "2026-06-30",
    "as_of_end": "2026-06-30 16:00:00",
    "snapshot_anchors": ["2026-06-29"],
    "reach_anchor": "2026-06-29",
}
# dbt's own macros that write SQL lie here; the others ask the engine, which stays DuckDB.
WRITERS = "macros/utils"


class Renderer:
    """The project parsed once, and its models and singular tests rendered for an engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        parsed = self._run("parse")
        assert isinstance(parsed, Manifest)
        self.manifest = parsed

    def _run(self, *command: str) -> Any:
        result = dbtRunner(manifest=getattr(self, "manifest", None)).invoke(
            [
                "--quiet",
                *command,
                *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
                *("--target-path", str(self.folder), "--log-path", str(self.folder)),
                *("--vars", json.dumps(DAYS)),
            ]
        )
        assert result.success, result.exception or [r.message for r in result.result.results]
        return result.result

    def duckdb(self) -> Mapping[str, str]:
        """Every query, by name, as DuckDB gets it."""
        nodes = [r.node for r in self._run("compile", "--no-introspect").results]
        return {
            node.name: self._plain(node.compiled_code)
            for node in nodes
            if node.compiled_code and not hasattr(node, "test_metadata")
        }

    def spark(self) -> Mapping[str, str]:
        """Every query, by name, with the macros that Spark would choose."""
        with dispatching_to("spark"):
            return self.duckdb()

    def _plain(self, sql: str) -> str:
        """Relations without the quotes and the database that dbt's DuckDB adapter puts around them."""
        return re.sub(r'"\w+"\."(\w+)"\."(\w+)"', r"\1.\2", sql)


@contextmanager
def dispatching_to(engine: str) -> Iterator[None]:
    """Let ``adapter.dispatch`` choose another engine's macros wherever SQL is written.

    A macro of the project that has no version for the engine is an error, as it would be there.
    """
    usual = BaseDatabaseWrapper.dispatch

    def dispatch(self: Any, name: str, namespace: str | None = None, packages: Any = None) -> Any:
        if namespace is not None and not _writes_sql(usual, self, name, namespace):
            return usual(self, name, namespace, packages)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self, "_get_adapter_macro_prefixes", lambda: [engine, "default"])
            return usual(self, name, namespace, packages)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "dispatch", dispatch)
        yield


def _writes_sql(usual: Any, wrapper: Any, name: str, namespace: str) -> bool:
    found = usual(wrapper, name, namespace).macro
    default = wrapper._namespace.get_from_package("dbt", f"default__{name}")
    return any(WRITERS in m.original_file_path for m in (found, getattr(default, "macro", found)))
