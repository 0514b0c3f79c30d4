"""The public tables, copied into a candidate file, gated, and renamed into place."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from orchestration import calendar, dbt_manifest, gates, layers, night, publishing, warehouse
from orchestration.progress import say

Event = dg.MaterializeResult[None] | dg.AssetCheckResult


def public_tables() -> dict[str, str]:
    """Every public table and the layer it comes from."""
    manifest = dbt_manifest.as_json(night.of(None))
    found = {
        node["name"]: "marts"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts" and node["access"] == "public"
    }
    for layer, names in layers.PUBLIC_BESIDE_MARTS.items():
        found |= dict.fromkeys(names, layer)
    return found


def _specs(tables: dict[str, str]) -> list[dg.AssetSpec]:
    settings = night.current_tenant().settings
    hour, minute = settings.nightly_at.split(":")
    fresh = dg.FreshnessPolicy.cron(
        deadline_cron=f"{minute} {(int(hour) + 4) % 24} * * *",
        lower_bound_delta=timedelta(hours=6),
        timezone=settings.business_time_zone,
    )
    sources = {name: [dg.AssetKey([layer, name])] for name, layer in tables.items()}
    for name in ("rpt_data_quality", "rpt_night_gates"):
        sources[name] = [dg.AssetKey(["marts", "rpt_loads"])]
    sources["rpt_model_quality"] = [dg.AssetKey(["predictions", name]) for name in ("ml_metric", "ml_drift")]
    sources["rpt_model_calibration"] = [dg.AssetKey(["predictions", "ml_model_version"])]
    return [
        dg.AssetSpec(
            ["published", name],
            deps=deps,
            group_name="published",
            kinds={"duckdb"},
            owners=calendar.owners(),
            partitions_def=calendar.nights(),
            freshness_policy=fresh,
            description=f"`marts.{name}` of the read-only file that BI opens.",
        )
        for name, deps in sorted(sources.items())
    ]


@dg.definitions
def publish() -> dg.Definitions:
    specs = _specs(public_tables())
    keys = gates.keys_of("published")

    @dg.multi_asset(
        name="publish",
        specs=specs,
        pool=calendar.POOL,
        backfill_policy=calendar.NIGHT_BY_NIGHT,
        check_specs=[dg.AssetCheckSpec(gates.CHECK_NAME, asset=dg.AssetKey(list(key))) for key in keys],
    )
    def write_audit_publish(context: dg.AssetExecutionContext) -> Iterator[Event]:
        now = calendar.night_of(context)
        candidate = publishing.write_candidate(now)
        with warehouse.open_file(candidate) as connection:
            results = gates.evaluate(connection, now, keys)
            sizes = publishing.sizes(connection)
            columns = publishing.columns(connection)
        for key, found in results.items():
            yield gates.check_result(key, found)
        everything = [r for found in results.values() for r in found]
        gates.record(now, everything)
        broken = gates.failed(everything)
        say(f"gate published: {len(everything)} expectations on {len(keys)} tables, {len(broken)} failed")
        if broken:
            # Raised before the rename: readers keep yesterday's file, byte for byte.
            raise dg.Failure(f"not published: {gates.sentence(broken)}", allow_retries=False)
        made = publishing.promote(now, candidate, say)
        say(f"published {made.name}: {len(specs)} public tables")
        for spec in specs:
            yield dg.MaterializeResult(
                asset_key=spec.key,
                metadata={
                    "dagster/row_count": sizes.get(spec.key.path[-1], 0),
                    "generation": made.name,
                    "dagster/column_schema": dg.TableSchema(
                        [dg.TableColumn(*column) for column in columns.get(spec.key.path[-1], ())]
                    ),
                },
            )

    return dg.Definitions(assets=[write_audit_publish])
