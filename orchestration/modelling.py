"""Between the warehouse and the models: frames out of tables, tables out of frames."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.errors import Unusable
from orchestration.night import Night

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from ml.spec import ModelSpec, Trained


class PinError(Unusable):
    """A pinned version that cannot serve; the message says what to change."""


#: Models learn from so many people at most, so that training fits the memory of the largest tenant too.
LEARNED_FROM = 250_000
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


def settings(night: Night, model: str) -> dict[str, Any]:
    """What a model may know of the tenant: its horizons, and the day it learns back from."""
    churn = night.tenant.settings.churn
    return {
        "horizon_days": churn.horizon_days,
        "lookback_days": churn.lookback_days,
        "snapshots": churn.snapshots,
        "grace_days": night.tenant.settings.subscriptions.grace_days,
        "anchor": night.anchor(model),
        "as_of": night.as_of,
        "clv_horizon_days": night.tenant.settings.value.clv_horizon_days,
        "recommendations": night.tenant.settings.recommendations.model_dump(),
        "experiments": night.tenant.experiments,
        "topics": night.tenant.topics,
        "seed": 7,
    }


def frames(
    connection: duckdb.DuckDBPyConnection,
    spec: ModelSpec,
    only: date | None = None,
    learned: Sequence[date] | None = None,
    most: int | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables a model needs, without the people who have not granted its purpose.

    Parameters
    ----------
    only
        Of tables with an as_of, just the rows of this day.
    learned
        Or those of these days: others are there to be compared with, or for other models.
    most
        Of more people who have granted it, those of the smallest keys, which are random.
    """
    last = None if most is None else _last_key(connection, spec.purpose, most)
    days = learned if only is None else [only]
    return {table.split(".")[1]: _frame(connection, spec, table, days, last) for table in spec.needs}


def _last_key(connection: duckdb.DuckDBPyConnection, purpose: str, most: int) -> str | None:
    """The largest key of the so many smallest; None where there are no more than that."""
    found = connection.execute(
        "select user_key from intermediate.int_privacy__consents where purpose = ? and status = 'granted'"
        " order by user_key limit 2 offset ?",
        [purpose, most - 1],
    ).fetchall()
    return str(found[0][0]) if len(found) == 2 else None


def _frame(
    connection: duckdb.DuckDBPyConnection,
    spec: ModelSpec,
    table: str,
    days: Sequence[date] | None,
    last: str | None,
) -> pd.DataFrame:
    layer, name = table.split(".")
    columns = _columns(connection, layer, name)
    keys = [column for column in ("as_of", "user_key") if column in columns]
    read = spec.columns().get(name)
    named = "f.*" if read is None else ", ".join(f"f.{column}" for column in (*keys, *read))
    query, given = f"select {named} from {table} as f", list[object]()
    if "user_key" in columns and table not in spec.whole:
        # What nobody signed is nobody's to refuse.
        query += (
            " left join intermediate.int_privacy__consents as c on f.user_key = c.user_key and c.purpose = ?"
            " where (c.status = 'granted' or f.user_key is null)"
        )
        given.append(spec.purpose)
        if last is not None:
            query += " and (f.user_key <= ? or f.user_key is null)"
            given.append(last)
    else:
        query += " where true"
    if days is not None and "as_of" in columns:
        query += f" and f.as_of in ({', '.join('?' * len(days))})"
        given += days
    order = ", ".join(f"f.{key}" for key in keys)
    return connection.execute(query + (f" order by {order}" if order else ""), given).df()


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


def pinned(night: Night, specs: Mapping[str, ModelSpec]) -> dict[str, Trained]:
    """The earlier versions a tenant's settings put in the place of the newest, by model.

    Raises
    ------
    PinError
        When there is no such model, or that version is not in the data folder as it was written: no
        other serves in its stead.
    """
    from ml import registry

    found = {}
    for name, named in night.tenant.settings.pinned_models.items():
        mend = f"settings.yml, pinned_models: take {name} out"
        if name not in specs:
            raise PinError(f"{name}: no such model, known are {', '.join(specs)}. {mend}")
        try:
            found[name] = registry.describe(specs[name], night.models, named)
        except registry.ModelFileError as gone:
            raise PinError(f"{gone}. {mend}, or put the file back") from gone
    return found


def as_pinned(held: Trained | None, newest: Trained) -> Trained | None:
    """A pinned version with the decision that put it there, beside what it keeps out."""
    if held is None:
        return None
    told = f"pinned by settings.yml; {newest.version}, which publishes {newest.method}, is tested beside it"
    return replace(held, card=held.card | {"decision": told})


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
    as_of: date,
) -> dict[str, int]:
    """Replace a model's predictions tables; returns the rows of each.

    Of a table that is kept, only what an earlier try of the same night said is replaced.
    """
    connection.execute("create schema if not exists predictions")
    rows = {}
    for table, columns in spec.tables.items():
        produced = scored[table]
        selected = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns.items())
        connection.register("produced", produced)
        query = f"select {selected} from produced"
        given: list[object] = []
        if table in spec.kept and (before := _columns(connection, "predictions", table)):
            # A column that is new tonight was not told on earlier nights.
            told = ", ".join(
                name if name in before else f"cast(null as {kind})" for name, kind in columns.items()
            )
            query += f" union all select {told} from predictions.{table} where as_of <> ?"
            given.append(as_of)
        connection.execute(f"create or replace table predictions.{table} as {query}", given)
        connection.unregister("produced")
        rows[table] = len(produced)
    return rows


def _columns(connection: duckdb.DuckDBPyConnection, layer: str, table: str) -> list[str]:
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ?"
        " order by column_index",
        [layer, table],
    )
    return [column for (column,) in found.fetchall()]


def stored(connection: duckdb.DuckDBPyConnection, spec: ModelSpec) -> dict[str, int]:
    """The rows of each of a model's predictions tables, as they stand."""
    rows = {}
    for table in spec.tables:
        found = connection.execute(f"select count(*) from predictions.{table}").fetchone()
        rows[table] = int(found[0]) if found else 0
    return rows
