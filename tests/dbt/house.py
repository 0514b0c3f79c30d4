"""A warehouse of the project's own tables, with rows that a test gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult

from ml.experiments.tables import TABLES
from orchestration import dbt, dbt_events, dbt_shortcuts, environment
from orchestration.contract import ENTITIES
from orchestration.warehouse import Warehouse

PROJECT = environment.PROJECT_ROOT / "dbt_project"
# What the models room and the loader write, as far as the marts and activation read it.
WRITTEN_ELSEWHERE = {
    "raw.loads": (
        "feed varchar, entity varchar, file varchar, sha256 varchar, physical bigint, accepted bigint,"
        " quarantined bigint, duplicate bigint, rows bigint, status varchar, loaded_at timestamp,"
        " loaded_on date"
    ),
    "raw.quarantine": (
        "feed varchar, entity varchar, file varchar, reason varchar, records bigint, loaded_on date"
    ),
    "predictions.fct_churn_scores": "user_key varchar, churn_probability double, churn_band varchar",
    "predictions.fct_user_segments": "user_key varchar, segment_id varchar, segment_name varchar",
    "predictions.fct_channel_effects": "channel varchar, removal_effect double",
    "predictions.rpt_experiments": ", ".join(f"{n} {kind}" for n, kind in TABLES["rpt_experiments"].items()),
    "predictions.fct_feedback_texts": (
        "feedback_id varchar, user_key varchar, language varchar, sentiment double, sentiment_class varchar,"
        " topic varchar, kind varchar, method varchar"
    ),
    "predictions.dim_feedback_topics": (
        "topic varchar, ask varchar, name_en varchar, name_zh varchar, key_point varchar"
    ),
    "predictions.fct_value_forecasts": "user_key varchar, clv decimal(18, 4), clv_horizon_days integer",
    "predictions.fct_reach": "user_key varchar, preferred_channel varchar, preferred_hour integer",
}


@dataclass
class House:
    """A warehouse whose staging and intermediate tables have the project's own types and no rows."""

    data: Path
    as_of: date = date(2026, 6, 30)
    variables: dict[str, object] = field(default_factory=dict)
    manifest: object = field(default=None, repr=False)

    def dbt(self, *arguments: str, as_of: date | None = None, **variables: object) -> dbtRunnerResult:
        """Run one dbt command in this process as of a day."""
        day = as_of or self.as_of
        given = {
            "as_of": day.isoformat(),
            "as_of_end": f"{day} 16:00:00",
            "snapshot_anchors": [(day - timedelta(days=day.weekday())).isoformat()],
            "reach_anchor": (day - timedelta(days=day.weekday())).isoformat(),
            "business_time_zone": "Asia/Shanghai",
        }
        folders = {
            "--project-dir": PROJECT,
            "--profiles-dir": PROJECT,
            "--target-path": self.data / "dbt",
            "--log-path": self.data / "dbt",
        }
        with dbt_events.unmade(), dbt_shortcuts.taken():
            result = dbtRunner(manifest=self.manifest).invoke(
                [
                    *dbt.QUIETLY,
                    *arguments,
                    *(str(part) for pair in folders.items() for part in pair),
                    "--vars",
                    yaml.safe_dump(given | self.variables | variables),
                ]
            )
        # Unit tests leave dbt's own connection open, and a file takes one configuration at a time.
        DuckDBConnectionManager.close_all_connections()
        return result

    def build(self, *layers: str, as_of: date | None = None, **variables: object) -> None:
        """Build layers and run their data tests; any failure is the test's failure."""
        selected = [f"path:models/{layer}" for layer in layers]
        tested = ("--exclude-resource-type", "unit_test", "--indirect-selection", "buildable")
        result = self.dbt("build", *tested, "--select", *selected, as_of=as_of, **variables)
        results = getattr(result.result, "results", [])
        broken = [f"{r.node.name}: {r.message}" for r in results if r.status in ("error", "fail")]
        assert result.success, broken or result.exception

    def fill(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Replace the rows of tables, of intermediate unless said; columns not given are null."""
        with Warehouse(self.data).open() as connection:
            for name, rows in tables.items():
                table = name if "." in name else f"intermediate.{name}"
                connection.execute(f"delete from {table}")
                if len(rows):
                    connection.register("given", rows)
                    connection.execute(f"insert into {table} by name select * from given")
                    connection.unregister("given")

    def fill_users(self, rows: list[dict[str, object]]) -> None:
        """Replace the rows of dim_users; what may not be null and is not given is 0, false or the day."""
        with Warehouse(self.data).open() as connection:
            needed = connection.execute(
                "select column_name, data_type from duckdb_columns() where not is_nullable"
                " and database_name = 'public_db' and table_name = 'dim_users'"
            ).fetchall()
        empty = {"BOOLEAN": False, "DATE": self.as_of}
        unsaid = {name: empty.get(kind, 0) for name, kind in needed}
        self.fill({"public_db.marts.dim_users": pd.DataFrame([unsaid | row for row in rows])})

    def table(self, name: str) -> pd.DataFrame:
        """All rows of a built table, such as ``marts.dim_users``."""
        database = "public_db." if name.startswith("marts.") else ""
        with Warehouse(self.data).open() as connection:
            return connection.execute(f"select * from {database}{name}").df()

    def tables(self, *layers: str) -> dict[str, pd.DataFrame]:
        """Every table of some layers, as text and in an order of its own."""
        found = {}
        with Warehouse(self.data).open() as connection:
            names = connection.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
                " where list_contains(?, table_schema) order by 1",
                [list(layers)],
            ).fetchall()
            for (name,) in names:
                place = f"public_db.{name}" if name.startswith("marts.") else name
                found[name] = connection.execute(f"select columns(*)::varchar from {place} order by all").df()
        return found


def ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows as text, in an order of their own."""
    text = rows.astype("str")
    return text.sort_values(list(text.columns)).reset_index(drop=True)


@contextmanager
def empty(data: Path, manifest: object = None) -> Iterator[House]:
    """A house in a folder, and this process living there meanwhile: typed raw tables without rows.

    Parameters
    ----------
    manifest
        The project as dbt has parsed it; without it, it is parsed.
    """
    patch = pytest.MonkeyPatch()
    patch.setenv("USEROPS_PSEUDONYM_KEY", "a key for tests only")
    patch.setenv("USEROPS_WAREHOUSE", str(Warehouse(data).path))
    patch.setenv("USEROPS_MARTS", str(Warehouse(data).marts_path))
    # Of a few rows two threads are a fifth slower; a whole night's tests and Online Retail have them.
    patch.setenv("USEROPS_THREADS", "1")
    environment.silence_telemetry()
    with Warehouse(data).open() as connection:
        for schema in ("raw", "predictions"):
            connection.execute(f"create schema {schema}")
        for name, entity in ENTITIES.items():
            columns = ", ".join(f"{column} {kind}" for column, kind in entity.raw_columns.items())
            for table in (name, f"{name}_new"):
                connection.execute(f"create table raw.{table} ({columns})")
        for name, columns in WRITTEN_ELSEWHERE.items():
            connection.execute(f"create table {name} ({columns})")
    made = House(data, manifest=manifest)
    if manifest is None:
        parsed = made.dbt("parse")
        assert parsed.success, parsed.exception
        made.manifest = parsed.result
    try:
        yield made
    finally:
        patch.undo()
