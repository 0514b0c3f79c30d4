"""Every model of `ml/`: trained, gated, and only then scoring."""

import base64
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dagster as dg
import duckdb

from ml import catalogue, registry
from ml.picture import drawn
from ml.spec import ModelSpec, Trained
from ml.threads import one_thread
from orchestration import calendar, drift, environment, modelling, proofs
from orchestration.night import Night
from orchestration.progress import say

REGISTRY_TABLES = {
    "ml_model_version": "One row per model and night: the version that scored, its method and card.",
    "ml_metric": "One row per model, night and metric, beside its baseline.",
}
DRIFT_TABLE = "One row per model, night and measure: how far it has moved since some days ago."


def _spec(key: list[str], deps: list[dg.AssetKey], description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=deps,
        group_name="models" if key[0] == "models" else "predictions",
        kinds={"python", "scikitlearn"} if key[0] == "models" else {"python", "duckdb"},
        owners=calendar.owners(),
        partitions_def=calendar.nights(),
        description=description,
    )


def _read_keys(spec: ModelSpec) -> list[dg.AssetKey]:
    return [dg.AssetKey(table.split(".")) for table in spec.needs]


def _columns(columns: Mapping[str, str]) -> dg.TableSchema:
    return dg.TableSchema(columns=[dg.TableColumn(name=name, type=kind) for name, kind in columns.items()])


def _metrics(trained: Trained) -> dg.MetadataValue:
    rows = "\n".join(
        f"| {row.metric} | {row.value:.4f} | {row.baseline_value:.4f} |"
        for row in trained.metrics.itertuples()
    )
    return dg.MetadataValue.md("| metric | model | baseline |\n|---|---|---|\n" + rows)


def _challenger(trained: Trained) -> dict[str, Any]:
    """What would serve if nothing were pinned, with its own figures."""
    told = {"version": trained.version, "method": trained.method, "metrics": _metrics(trained)}
    return {f"challenger {name}": value for name, value in {**told, **_plots(trained)}.items()}


def _plots(trained: Trained) -> dict[str, Any]:
    """The backtest as a picture, from what its card holds."""
    panels = trained.card.get("plots")
    return {"backtest": _image(f"{trained.name}: backtest", drawn(panels))} if panels else {}


def _image(name: str, drawing: str) -> dg.MetadataValue:
    # Inline, so that the UI asks no other address for it.
    image = base64.b64encode(drawing.encode()).decode()
    return dg.MetadataValue.md(f"![{name}](data:image/svg+xml;base64,{image})")


def _proven(connection: duckdb.DuckDBPyConnection, now: Night, spec: ModelSpec) -> registry.Fitted | None:
    """On an input already proven, the version that proof was of."""
    if proofs.holds(now, "models"):
        with contextlib.suppress(registry.ModelMissingError, registry.ModelAlteredError):
            version = modelling.version(connection, now, spec.name)
            return registry.Fitted(registry.describe(spec, now.models, version), is_new=False)
    return None


def _fitted(
    connection: duckdb.DuckDBPyConnection, now: Night, specs: Sequence[ModelSpec]
) -> Iterator[tuple[str, registry.Fitted]]:
    """The models of tonight's data in their order, fitted side by side: each fit has one thread.

    Each reads its tables when its turn comes and lets go of them when it is fitted: all of them at a time
    are several times the memory of the two that are being fitted.
    """
    proven = {spec.name: _proven(connection, now, spec) for spec in specs}
    if all(proven.values()):
        # Not even the libraries of the models are imported.
        yield from ((name, found) for name, found in proven.items() if found is not None)
        return

    def fit(spec: ModelSpec) -> registry.Fitted:
        with connection.cursor() as own:
            learned = now.learned_days(spec.name)
            frames = modelling.frames(own, spec, learned=learned, most=modelling.LEARNED_FROM)
        return registry.fit_or_load(spec, now.models, frames, modelling.settings(now, spec.name))

    with one_thread(), ThreadPoolExecutor(int(environment.read().threads)) as pool:
        fits = {spec.name: pool.submit(fit, spec) for spec in specs if proven[spec.name] is None}
        for name, found in proven.items():
            yield name, found or fits[name].result()


def _training(specs: dict[str, ModelSpec]) -> dg.AssetsDefinition:
    assets = [
        _spec(["models", name], _read_keys(spec), f"The `{name}` model, trained when its data changed.")
        for name, spec in specs.items()
    ] + [
        _spec(["predictions", table], [dg.AssetKey(["models", name]) for name in specs], text)
        for table, text in REGISTRY_TABLES.items()
    ]

    @dg.multi_asset(
        name="train_models", specs=assets, pool=calendar.POOL, backfill_policy=calendar.NIGHT_BY_NIGHT
    )
    def train_models(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        now = calendar.night_of(context)
        pinned = modelling.pinned(now, specs)
        with now.warehouse.open() as connection:
            for name, fitted in _fitted(connection, now, list(specs.values())):
                held = modelling.as_pinned(pinned.get(name), fitted.trained)
                trained = held or fitted.trained
                modelling.record(connection, now, trained)
                made = "trained" if fitted.is_new else "unchanged data, kept"
                made = f"pinned, {fitted.trained.version} {made} beside it" if held else made
                say(f"model {name}: {made}, version {trained.version}, publishes {trained.method}")
                if trained.warning:
                    say(f"model {name}: {trained.warning}")
                yield dg.MaterializeResult(
                    asset_key=dg.AssetKey(["models", name]),
                    metadata={
                        "version": trained.version,
                        "method": trained.method,
                        "metrics": _metrics(trained),
                        "reason": trained.reason or "the full model is published",
                        "warning": trained.warning or "nothing to warn of",
                        "decision": trained.decision or "there is no champion to replace",
                        **_plots(trained),
                        **(_challenger(fitted.trained) if trained is not fitted.trained else {}),
                    },
                )
        for table in REGISTRY_TABLES:
            yield dg.MaterializeResult(asset_key=dg.AssetKey(["predictions", table]))

    return train_models


def _score(
    connection: duckdb.DuckDBPyConnection, now: Night, spec: ModelSpec, version: str
) -> dict[str, int]:
    trained = registry.load(spec, now.models, version)
    with connection.cursor() as own:
        frames = modelling.frames(own, spec, now.as_of)
        scored = spec.score(trained, frames, as_of=now.as_of)
        drift.record(own, now, spec, trained, (frames, scored))
        return modelling.write(own, spec, scored, now.as_of)


def _scored(
    connection: duckdb.DuckDBPyConnection, now: Night, specs: Sequence[ModelSpec]
) -> Iterator[tuple[ModelSpec, str, dict[str, int], str]]:
    """Each model's version and the rows of its tables, in the models' order, scored side by side."""
    versions = {spec.name: modelling.version(connection, now, spec.name) for spec in specs}
    if proofs.holds(now, "predictions"):
        for spec in specs:
            yield spec, versions[spec.name], modelling.stored(connection, spec), ", unchanged input"
        return
    proofs.drop(now, "predictions")
    # Two transactions may not both make what is not there yet.
    connection.execute("create schema if not exists predictions")
    connection.execute(drift.TABLE)
    with one_thread(), ThreadPoolExecutor(int(environment.read().threads)) as pool:
        waiting = [pool.submit(_score, connection, now, spec, versions[spec.name]) for spec in specs]
        for spec, counts in zip(specs, waiting, strict=True):
            yield spec, versions[spec.name], counts.result(), ""


def _picture(connection: duckdb.DuckDBPyConnection, spec: ModelSpec, table: str) -> dict[str, Any]:
    if table not in spec.pictured:
        return {}
    picture = spec.pictured[table]
    wanted = f"{', '.join(picture.per)}, count(*) as count" if picture.per else "*"
    grouped = " group by all" if picture.per else ""
    source = picture.reads or f"predictions.{table}"
    image = picture.draw(connection.execute(f"select {wanted} from {source}{grouped}").df())
    return {"picture": _image(table, image)}


def _drift(connection: duckdb.DuckDBPyConnection, now: Night, spec: ModelSpec, table: str) -> dict[str, Any]:
    if spec.watched is None or spec.watched.score.split(".")[0] != table:
        return {}
    return {"drift": dg.MetadataValue.md(drift.told(connection, now, spec.name))}


def _scoring(specs: dict[str, ModelSpec]) -> dg.AssetsDefinition:
    assets = [
        _spec(
            ["predictions", table],
            [dg.AssetKey(["models", name]), *_read_keys(spec)],
            f"What the `{name}` model says of everybody who granted {spec.purpose}.",
        )
        for name, spec in specs.items()
        for table in spec.tables
    ]
    models = [dg.AssetKey(["models", name]) for name in specs]
    assets.append(_spec(["predictions", "ml_drift"], models, DRIFT_TABLE))

    @dg.multi_asset(
        name="score_models", specs=assets, pool=calendar.POOL, backfill_policy=calendar.NIGHT_BY_NIGHT
    )
    def score_models(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        now = calendar.night_of(context)
        with now.warehouse.open() as connection:
            for spec, version, counts, why in _scored(connection, now, list(specs.values())):
                for table, rows in counts.items():
                    say(f"predictions {table}: {rows:,} rows{why}")
                    yield dg.MaterializeResult(
                        asset_key=dg.AssetKey(["predictions", table]),
                        metadata={
                            "dagster/row_count": rows,
                            "dagster/column_schema": _columns(spec.tables[table]),
                            "version": version,
                            **_picture(connection, spec, table),
                            **_drift(connection, now, spec, table),
                        },
                    )
        yield dg.MaterializeResult(asset_key=dg.AssetKey(["predictions", "ml_drift"]))

    return score_models


@dg.definitions
def models() -> dg.Definitions:
    specs = catalogue.specs()
    return dg.Definitions(assets=[_training(specs), _scoring(specs)])
