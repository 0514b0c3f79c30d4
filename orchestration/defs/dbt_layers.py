"""One step per dbt layer, so that a failed gate stops the next layer."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from orchestration import calendar, dbt, dbt_manifest, layers, night
from orchestration.night import Night
from orchestration.progress import say

Event = dg.MaterializeResult[None] | dg.AssetCheckResult


class Translator(DagsterDbtTranslator):
    """Keys follow layers, groups follow domains, every asset has an owner."""

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_dbt_selection_by_name=False)
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([_layer(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        fqn = dbt_resource_props["fqn"]
        return fqn[2] if len(fqn) > 3 else "reference"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return calendar.owners()


def _layer(properties: Mapping[str, Any]) -> str:
    if properties["resource_type"] == "seed":
        return "staging"
    layer: str = properties["fqn"][1]
    return layer


def _layer_asset(layer: str, manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    selected = f"fqn:userops.{layer}" + (" resource_type:seed" if layer == "staging" else "")

    @dbt_assets(
        manifest=manifest,
        select=selected,
        exclude="resource_type:unit_test",
        name=f"build_{layer}",
        dagster_dbt_translator=Translator(),
        partitions_def=calendar.nights(),
        pool=calendar.POOL,
        backfill_policy=calendar.NIGHT_BY_NIGHT,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Event]:
        now = calendar.night_of(context)
        chosen = {key.path[-1] for key in context.selected_asset_keys}
        everything = {spec.key.path[-1] for spec in context.assets_def.specs}
        results = dbt.build(now, layer, chosen if chosen != everything else ())
        yield from _events(context, now, layer, results)
        broken = [r for r in results if not r.succeeded]
        built = sum(r.unique_id.startswith("model.") and r.succeeded for r in results)
        tests = sum(r.unique_id.startswith("test.") for r in results)
        seconds = sum(r.seconds for r in results)
        if results and all(r.status == dbt.UNCHANGED for r in results):
            say(f"{layer}: unchanged input, {built} tables stand as they were built and tested")
            return
        say(f"{layer}: {built} tables built, {tests} dbt tests, {seconds:.1f} s of dbt work")
        if broken:
            named = "; ".join(f"{_name(r.unique_id)}: {r.message}" for r in broken[:5])
            raise dg.Failure(f"{layer}: {len(broken)} dbt nodes failed: {named}", allow_retries=False)

    return build


def _name(unique_id: str) -> str:
    return unique_id.split(".")[2]


def _events(
    context: dg.AssetExecutionContext, now: Night, layer: str, results: list[dbt.NodeResult]
) -> Iterator[Event]:
    described = _described(now, layer)
    keys = {key.path[-1]: key for key in context.selected_asset_keys}
    checks = {key.name: key for key in context.selected_asset_check_keys}
    for result in results:
        name = _name(result.unique_id)
        if result.unique_id.startswith("test.") and name in checks:
            yield dg.AssetCheckResult(
                asset_key=checks[name].asset_key,
                check_name=name,
                passed=result.status in ("pass", dbt.UNCHANGED),
                severity=dg.AssetCheckSeverity.WARN
                if result.status == "warn"
                else dg.AssetCheckSeverity.ERROR,
                metadata={"failures": result.failures or 0, "broken": result.message or "nothing"},
            )
        elif name in keys and result.succeeded:
            yield dg.MaterializeResult(
                asset_key=keys[name], metadata=described.get(name, {}) | {"seconds": result.seconds}
            )


def _described(now: Night, layer: str) -> dict[str, dict[str, Any]]:
    """Row count and columns of every table of a layer, from the catalogue."""
    with now.warehouse.open_layer(layer) as connection:
        rows = connection.execute(
            """
            select t.table_name, t.estimated_size,
                list(struct_pack(n := c.column_name, d := c.data_type) order by c.column_index)
            from duckdb_tables() as t
            join duckdb_columns() as c using (database_name, schema_name, table_name)
            where t.schema_name = ?
            group by 1, 2
            """,
            [layer],
        ).fetchall()
    return {
        table: {
            "dagster/row_count": size,
            "dagster/column_schema": dg.TableSchema(
                columns=[dg.TableColumn(name=c["n"], type=c["d"]) for c in columns]
            ),
        }
        for table, size, columns in rows
    }


@dg.definitions
def dbt_layers() -> dg.Definitions:
    manifest = dbt_manifest.as_json(night.of(None))
    return dg.Definitions(assets=[_layer_asset(layer, manifest) for layer in layers.DBT_LAYERS])
