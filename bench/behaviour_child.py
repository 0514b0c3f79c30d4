"""One build of the behaviour bench, timed inside its own process; prints one line of JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

from bench.behaviour_bare import STEPS
from orchestration import dbt, dbt_manifest, environment, home, night, warehouse
from orchestration.contract import ENTITIES
from orchestration.ingestion import register
from orchestration.night import Night

WANTED = (
    "fct_events",
    "fct_sessions",
    "fct_user_days",
    "rpt_growth_accounting",
    "rpt_retention",
    "rpt_paths",
)


def built(now: Night, since: str) -> tuple[float, float, dict[str, float]]:
    """Seconds of the models, whole or on top of a night; dbt is there and the manifest parsed before."""
    # A whole build imports it for its seeds: a night's clock would count what the other's does not.
    import_module("dbt.cli.main")
    names = {str(node.name) for node in dbt_manifest.parse(now).nodes.values()}
    before = night.of(since) if since else None
    seen = None
    if before:
        raw = now.data / "raw"
        files = [path for path in raw.rglob("*.parquet") if f"loaded_on={now.as_of}" not in str(path)]
        seen = frozenset(path.relative_to(raw).as_posix() for path in files)
    with now.warehouse.open() as connection:
        register.register_raw(connection, now.data, ENTITIES, seen)
    if not before:
        dbt.invoke(now, "seed", ["path:seeds"])
    started, busy = time.monotonic(), time.process_time()
    selected = [f"+{name}" for name in WANTED if name in names]
    result = dbt.invoke(now, "run", selected, before.as_of_end if before else None)
    seconds, cpu = time.monotonic() - started, time.process_time() - busy
    if not result.success:
        sys.exit(str([r.message for r in getattr(result.result, "results", []) if r.status == "error"]))
    return seconds, cpu, {r.node.name: r.execution_time for r in getattr(result.result, "results", [])}


def bare(now: Night) -> tuple[float, float, dict[str, float]]:
    """Seconds of the same work as one script."""
    path = now.data / "bare.duckdb"
    took, busy = {}, time.process_time()
    with warehouse.open_file(path) as connection:
        for name, sql in STEPS.items():
            started = time.monotonic()
            connection.execute(sql.format(raw=f"{now.data}/raw/events/*/*/*.parquet", end=now.as_of_end))
            took[name] = time.monotonic() - started
    path.unlink()
    return sum(took.values()), time.process_time() - busy, took


def main() -> None:
    kind, since = sys.argv[1], sys.argv[2]
    environment.silence_telemetry()
    now = night.of(None)
    Path(now.data).mkdir(parents=True, exist_ok=True)
    home.claim(now.tenant, now.data)
    seconds, cpu, nodes = bare(now) if kind == "bare" else built(now, since)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {"seconds": seconds, "cpu": cpu, "megabytes": used.ru_maxrss / 1024, "nodes": nodes}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
