"""A dbt project of a few tables of a test's own, with files of the real project in their places."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dbt.cli.main import dbtRunner

from orchestration import dbt, environment
from orchestration.warehouse import Warehouse

PROJECT = environment.PROJECT_ROOT / "dbt_project"


@dataclass(frozen=True)
class Small:
    """The project's folder, which is also where its database lies."""

    folder: Path

    @classmethod
    def of(cls, folder: Path, taken: Sequence[str]) -> Small:
        """A project without models; `taken` are files below dbt_project."""
        for name in ("models", *(str(Path(name).parent) for name in taken)):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name in taken:
            shutil.copy(PROJECT / name, folder / name)
        project = {"name": "small", "profile": "own", "models": {"+materialized": "table"}}
        (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
        output = {"type": "duckdb", "path": str(Warehouse(folder).path)}
        profile = {"own": {"target": "here", "outputs": {"here": output}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
        return cls(folder)

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.folder)

    def write(self, models: Mapping[str, str], said: Sequence[Mapping[str, Any]] = ()) -> None:
        """Models by name, and what their YAML says of them."""
        for name, sql in models.items():
            (self.folder / "models" / f"{name}.sql").write_text(sql)
        (self.folder / "models" / "said.yml").write_text(yaml.safe_dump({"models": list(said)}))

    def build(self) -> dict[str, Any]:
        """What dbt found of each node; a warning of dbt's own is an error."""
        folders = [f"--{name}={self.folder}" for name in ("project-dir", "profiles-dir", "log-path")]
        result = dbtRunner().invoke(["--quiet", "--warn-error", "build", *folders])
        dbt._close()
        assert result.exception is None, result.exception
        return {r.node.name: r for r in result.result.results}
