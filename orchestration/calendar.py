"""The nights of a tenant as Dagster partitions: one per business day."""

from __future__ import annotations

import dagster as dg

from orchestration import home, mending, night, preflight, progress, vigil

POOL = "warehouse"
# A build describes one day, so a range of days is a run for each.
NIGHT_BY_NIGHT = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)


def nights() -> dg.DailyPartitionsDefinition:
    """One partition per business day, in the tenant's zone, from its first day on."""
    settings = night.current_tenant().settings
    return dg.DailyPartitionsDefinition(
        start_date=settings.first_day.isoformat(), timezone=settings.business_time_zone
    )


def night_of(
    context: dg.OpExecutionContext | dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
) -> night.Night:
    """The night a step runs for: its partition, else the tenant's default.

    The process takes the writer's lock here, so a run launched from the UI and one launched from
    a shell wait for each other.
    """
    found = night.of(context.run.tags.get("dagster/partition"))
    if home.hold(found.data, run_id=context.run.run_id):
        # A run of the UI has a process of its own, which ends with it.
        watched = vigil.begin()
        try:
            preflight.check(found)
            mending.mend(found)
        except BaseException:
            # A retry, and any step that follows, takes the lock anew and so looks again.
            watched.release()
            home.release(found.data)
            raise
    progress.journal(found.data, context.run.run_id, context.op_execution_context.op_def.name)
    return found


def owners() -> list[str]:
    """Who is asked about an asset."""
    return [night.current_tenant().settings.owner]
