"""Drift: what the models say tonight beside what the same models say of some days ago.

Both days are scored by tonight's version, so that a new one is not taken for a new world; and the
earlier day is described as it was known then, so that the same input gives the same index whichever
nights were built before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration import modelling

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pandas as pd

    from ml.spec import Frames, ModelSpec, Trained
    from orchestration.night import Night

TABLE = """
create table if not exists predictions.ml_drift (
    model text, model_version text, measure text, psi double, people_before bigint, people bigint, as_of date
)
"""


def record(
    connection: duckdb.DuckDBPyConnection,
    night: Night,
    spec: ModelSpec,
    trained: Trained,
    now: tuple[Frames, Mapping[str, pd.DataFrame]],
) -> None:
    """Compare a model's frames and scores of tonight, and keep the index of each measure.

    A model that says nothing of people, or was not fitted, is compared with nothing.
    """
    connection.execute("create schema if not exists predictions")
    connection.execute(TABLE)
    key = [trained.name, night.as_of]
    connection.execute("delete from predictions.ml_drift where model = ? and as_of = ?", key)
    if spec.watched is None or not trained.model:
        return
    from ml import stability

    day = night.compared_day
    earlier = spec.watched.earlier
    frames = modelling.frames(connection, spec, day) if earlier is None else earlier(now[0], day)
    frames = stability.thinned(frames, spec.watched.asked)
    found = stability.compared(spec.watched, (frames, spec.score(trained, frames, as_of=day)), now)
    connection.register("compared", found)
    connection.execute(
        "insert into predictions.ml_drift"
        " select ?, ?, measure, psi, people_before, people, ? from compared order by measure",
        [trained.name, trained.version, night.as_of],
    )
    connection.unregister("compared")


def told(connection: duckdb.DuckDBPyConnection, night: Night, model: str) -> str:
    """The indices of a model tonight as a table for the UI, the farthest moved first."""
    rows = connection.execute(
        "select measure, psi, people_before, people from predictions.ml_drift"
        " where model = ? and as_of = ? order by psi desc, measure",
        [model, night.as_of],
    ).fetchall()
    if not rows:
        return f"nothing to compare with: too few people on {night.compared_day}, or no model"
    lines = "\n".join(
        f"| {measure} | {psi:.4f} | {before:,} | {now:,} |" for measure, psi, before, now in rows
    )
    head = f"| measure | PSI against {night.compared_day} | people then | people now |\n|---|---|---|---|\n"
    return head + lines
