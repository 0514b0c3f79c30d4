"""The nightly: when it runs, what it runs, and what wakes it between nights."""

import hashlib
from datetime import UTC, datetime

import dagster as dg

from orchestration import alerts, calendar, failures, home, night
from orchestration.ingestion import ledger
from orchestration.ingestion.feed import FeedError

SENSOR_SECONDS = 300


@dg.definitions
def schedules() -> dg.Definitions:
    settings = night.current_tenant().settings
    hour, minute = (int(part) for part in settings.nightly_at.split(":"))
    nightly = dg.define_asset_job(
        "nightly",
        selection=dg.AssetSelection.all(include_sources=False) | dg.AssetSelection.all_asset_checks(),
        partitions_def=calendar.nights(),
        executor_def=dg.in_process_executor,
        description="Feeds to the published file, every gate, for one business day.",
    )
    every_night = dg.build_schedule_from_partitioned_job(
        nightly,
        name="every_night",
        hour_of_day=hour,
        minute_of_hour=minute,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="The night of the business day that just ended.",
    )

    @dg.sensor(
        name="newly_landed_files",
        job=nightly,
        minimum_interval_seconds=SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Runs the last ended business day again when a file lands that no night has seen.",
    )
    def newly_landed_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        now = night.of(None)
        try:
            waiting = ledger.waiting(now.feeds, landing=now.landing, data=now.data)
        except FeedError as error:
            return dg.SkipReason(str(error))
        if not waiting:
            return dg.SkipReason("no new file has landed")
        seen = hashlib.sha256("\n".join(sorted(waiting)).encode()).hexdigest()[:16]
        day = now.tenant.resolve_as_of(None, datetime.now(UTC)).isoformat()
        return dg.RunRequest(run_key=f"{day}:{seen}", partition_key=day)

    @dg.sensor(
        name="dead_runs",
        minimum_interval_seconds=SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Ends the runs of killed processes, which would keep every later night in the queue.",
    )
    def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        ended = home.reap_if_idle(night.of(None).data, older_than_seconds=SENSOR_SECONDS)
        return dg.SkipReason(f"{ended} dead runs ended")

    @dg.run_failure_sensor(
        name="alert_on_failure",
        monitored_jobs=[nightly],
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        now = night.of(context.dagster_run.tags.get("dagster/partition"))
        kinds = {dg.DagsterEventType.ASSET_CHECK_EVALUATION, dg.DagsterEventType.STEP_FAILURE}
        logged = context.instance.all_logs(context.dagster_run.run_id, of_type=kinds)
        told = failures.text(now, [entry.dagster_event for entry in logged if entry.dagster_event])
        alerts.after(now, False, context.instance, told or context.failure_event.message or "")

    @dg.run_status_sensor(
        name="alert_on_recovery",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[nightly],
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def alert_on_recovery(context: dg.RunStatusSensorContext) -> None:
        now = night.of(context.dagster_run.tags.get("dagster/partition"))
        alerts.after(now, True, context.instance)

    return dg.Definitions(
        jobs=[nightly],
        schedules=[every_night],
        sensors=[newly_landed_files, dead_runs, alert_on_failure, alert_on_recovery],
        executor=dg.in_process_executor,
    )
