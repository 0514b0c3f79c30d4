"""Between the warehouse and the models: frames out of tables, tables out of frames."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.night import Night

if TYPE_CHECKING:
    import pandas as pd

    from ml.spec import ModelSpec, Trained

VERSIONS = """
create table if not exists predictions.ml_model_version (
    model text, model_version text, method text, card text, as_of date
)
"""
METRICS = """
create table if not exists predictions.ml_metric (
    model text, model_version text, metric text, value double, baseline_value double, as_of date
)
"""


def settings(night: Night) -> dict[str, Any]:
    """What a model may know of the tenant: its churn settings and the night's anchors."""
    churn = night.tenant.settings.churn
    return {
        "horizon_days": churn.horizon_days,
        "lookback_days": churn.lookback_days,
        "snapshots": churn.snapshots,
        "anchor": night.churn_anchor,
        "as_of": night.as_of,
        "seed": 7,
    }


def frame(
    connection: duckdb.DuckDBPyConnection, table: str, purpose: str, only: object = None
) -> pd.DataFrame:
    """A features table, without the people who have not granted the model's purpose.

    Parameters
    ----------
    only : date, optional
        Just the rows of this as_of day.
    """
    day = "" if only is None else "and f.as_of = ?"
    return connection.execute(
        f"""
        select f.* from {table} as f
        join intermediate.int_privacy__consents as c on f.user_key = c.user_key
        where c.purpose = ? and c.status = 'granted' {day}
        order by f.as_of, f.user_key
        """,
        [purpose, *([] if only is None else [only])],
    ).df()


def record(connection: duckdb.DuckDBPyConnection, night: Night, trained: Trained) -> None:
    """Write a model's version and metrics of this night, replacing an earlier try."""
    connection.execute("create schema if not exists predictions")
    connection.execute(VERSIONS)
    connection.execute(METRICS)
    key = [trained.name, night.as_of]
    connection.execute("begin")
    connection.execute("delete from predictions.ml_model_version where model = ? and as_of = ?", key)
    connection.execute("delete from predictions.ml_metric where model = ? and as_of = ?", key)
    connection.execute(
        "insert into predictions.ml_model_version values (?, ?, ?, ?, ?)",
        [
            trained.name,
            trained.version,
            trained.method,
            json.dumps(trained.card, default=str, sort_keys=True),
            night.as_of,
        ],
    )
    connection.register("measured", trained.metrics)
    connection.execute(
        "insert into predictions.ml_metric"
        " select ?, ?, metric, value, baseline_value, ? from measured order by metric",
        [trained.name, trained.version, night.as_of],
    )
    connection.unregister("measured")
    connection.execute("commit")


def version(connection: duckdb.DuckDBPyConnection, night: Night, model: str) -> str:
    """The version of a model that this night trained or kept."""
    row = connection.execute(
        "select model_version from predictions.ml_model_version where model = ? and as_of = ?",
        [model, night.as_of],
    ).fetchone()
    return str(row[0]) if row else ""


def write(
    connection: duckdb.DuckDBPyConnection,
    spec: ModelSpec,
    scored: Mapping[str, pd.DataFrame],
) -> dict[str, int]:
    """Replace a model's predictions tables; returns the rows of each."""
    connection.execute("create schema if not exists predictions")
    rows = {}
    for table, columns in spec.tables.items():
        produced = scored[table]
        selected = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns.items())
        connection.register("produced", produced)
        connection.execute(f"create or replace table predictions.{table} as select {selected} from produced")
        connection.unregister("produced")
        rows[table] = len(produced)
    return rows


def stored(connection: duckdb.DuckDBPyConnection, spec: ModelSpec) -> dict[str, int]:
    """The rows of each of a model's predictions tables, as they stand."""
    rows = {}
    for table in spec.tables:
        found = connection.execute(f"select count(*) from predictions.{table}").fetchone()
        rows[table] = int(found[0]) if found else 0
    return rows
