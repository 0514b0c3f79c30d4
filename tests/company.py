"""A company of a test's own: its tenant folder, what lands for it, and nights built to the marts."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from dbt.contracts.graph.manifest import Manifest

from orchestration import dbt, dbt_manifest, environment, night
from orchestration.contract import ENTITIES
from orchestration.ingestion import register
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.load import pull
from orchestration.warehouse import Warehouse

LAYERS = ("staging", "intermediate", "marts")
# Written by the models' step, which these nights leave out; no table of theirs is compared.
PREDICTED = {
    "fct_churn_scores": "user_key varchar, churn_probability double, churn_band varchar",
    "fct_user_segments": "user_key varchar, segment_id varchar, segment_name varchar",
}


_PARSED: list[tuple[Mapping[str, Any], Manifest]] = []


def _lend_a_parse(now: night.Night) -> None:
    """One parse serves every company: a build is given its own variables."""
    if not _PARSED:
        _PARSED.append((dbt_manifest.as_json(now), dbt_manifest.parse(now)))
    as_json, manifest = _PARSED[0]
    dbt_manifest._as_json.setdefault(dbt_manifest.folder(now), as_json)
    dbt_manifest._manifests.setdefault(dbt_manifest.folder(now), manifest)
    environment.write("warehouse", now.warehouse.path)
    environment.write("marts", now.warehouse.marts_path)


@dataclass(frozen=True)
class Company:
    """A tenant's folder, what lands for it, and its state."""

    root: Path

    def feed(self, text: str) -> None:
        """Write one feed as a person would."""
        name = yaml.safe_load(text)["feed"]
        (self.root / "feeds" / f"{name}.yml").write_text(text, encoding="utf-8")

    def settings(self, **settings: object) -> None:
        path = self.root / "settings.yml"
        path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")

    def land(self, name: str, records: Sequence[Mapping[str, object]]) -> None:
        """Put a CSV into the landing folder."""
        columns = list(dict.fromkeys(key for record in records for key in record))
        path = self.root / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(records)

    def take(self, source: Path, name: str | None = None) -> None:
        """Let a file land as it is."""
        target = self.root / "landing" / (name or source.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())

    def night(self, as_of: date, layers: Sequence[str] = LAYERS) -> list[FileLoad]:
        """Load what has landed and build to the marts, with their data tests; says what was loaded."""
        now = night.of(as_of)
        loads = [
            load
            for feed in now.feeds
            for load in pull(feed, landing=now.landing, data=now.data, as_of=now.as_of)
        ]
        with now.warehouse.open() as connection:
            register.register_raw(connection, now.data, ENTITIES)
            connection.execute("create schema if not exists predictions")
            for name, columns in PREDICTED.items():
                connection.execute(f"create table if not exists predictions.{name} ({columns})")
        _lend_a_parse(now)
        for layer in layers:
            results = dbt.build(now, layer)
            broken = [f"{r.unique_id}: {r.message}" for r in results if not r.succeeded]
            assert not broken, "\n".join(broken)
        return loads

    def query(self, sql: str) -> pd.DataFrame:
        """Ask the warehouse; marts are under `public_db.marts`."""
        with Warehouse(self.root / "data").open() as connection:
            return connection.execute(sql).df()

    def mart(self, name: str) -> pd.DataFrame:
        return self.query(f"select * from public_db.marts.{name}")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """An empty tenant that this process works for while the module's tests run."""
    root = tmp_path_factory.mktemp("company")
    for name in ("feeds", "landing", "data"):
        (root / name).mkdir()
    before = dict(os.environ)
    for name in [name for name in before if name.startswith(environment.PREFIX)]:
        del os.environ[name]
    os.environ.update(
        {
            "USEROPS_TENANT": str(root),
            "USEROPS_DATA": str(root / "data"),
            "USEROPS_LANDING": str(root / "landing"),
            "USEROPS_PSEUDONYM_KEY": "a key for tests only",
        }
    )
    environment.silence_telemetry()
    night.current_tenant.cache_clear()
    yield Company(root)
    os.environ.clear()
    os.environ.update(before)
    night.current_tenant.cache_clear()
