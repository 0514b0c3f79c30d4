"""Run one night in this process: `python -m orchestration.nightly`.

Exit codes: 0 published; 1 a gate or a step failed and the published file is as it was;
2 the tenant, the day or the data folder is not usable and nothing was written; 3 not now: disk or
memory has no room or another night is writing, and trying again later may do; 130 and 143 stopped by
Ctrl-C or `kill`.
"""

from __future__ import annotations

import argparse
import errno
import gc
import signal
import sys
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from orchestration import environment, night, progress, stopping
from orchestration.errors import Unusable

if TYPE_CHECKING:
    import dagster as dg

FAILED, UNUSABLE, NOT_NOW = 1, 2, 3
# Imports and definitions make millions of objects that stay, and the interpreter's own threshold of 700
# has them looked through a thousand times for rings among them.
OBJECTS_BEFORE_COLLECTING = 10_000
FULL = {errno.ENOSPC, errno.EDQUOT}
# What the system, DuckDB and SQLite call it; SQLite's log beside the file cannot grow, for one.
FULL_SAID = ("disk is full", "No space left on device", "disk I/O error")
# So say DuckDB, the system, its loader of libraries and the interpreter.
SHORT_SAID = (
    "Out of Memory Error",
    "Cannot allocate memory",
    "failed to map segment",
    "can't start new thread",
)


def arguments(description: str) -> argparse.ArgumentParser:
    """The options every command about a tenant shares."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--tenant", default="demo", help="a shipped tenant or a folder")
    parser.add_argument("--data", default="", help="folder of all state; default data/<tenant>")
    parser.add_argument("--as-of", default="", help="business day the build describes, YYYY-MM-DD")
    parser.add_argument("--landing", default="", help="folder of the landing files")
    parser.add_argument("--rebuild", default="", help="yes: build every layer, changed or not")
    return parser


def settle(options: argparse.Namespace) -> night.Night:
    """Put a command's options into the environment and read them back as a night.

    Raises
    ------
    orchestration.tenant.TenantError, orchestration.ingestion.feed.FeedError
        What is wrong, where, and how to mend it.
    """
    for name in ("tenant", "data", "as_of", "landing", "rebuild"):
        if value := getattr(options, name, ""):
            environment.write(name, value)
    found = night.of(None)
    environment.write("tenant", found.tenant.folder)
    _ = found.feeds
    return found


def scipy_first() -> None:
    """Load scipy before Dagster and dbt are.

    skops looks for each of scipy's functions in every loaded module, in the order they were loaded: two
    seconds when Dagster and dbt stand before it.
    """
    import_module("scipy.special")


def run(now: night.Night) -> int:
    """Build one night under Dagster and print its summary; returns the exit code."""
    scipy_first()
    from orchestration import home, summary

    with stopping.at_once():
        home.claim(now.tenant, now.data)
        home.hold(now.data)
        try:
            _generate_demo(now)
            home.dagster_home(now.data)
            progress.say(f"night of {now.as_of} for {now.tenant.name}, state in {now.data}")
            result = execute(now)
            print(summary.text(now, result, home.last_nights()), flush=True)
        finally:
            home.release(now.data)
    return 0 if result.success else FAILED


@lru_cache
def code_location(folder: Path) -> dg.Definitions:
    """What Dagster runs for a tenant, which the environment names: loaded once a process and tenant.

    Loaded and not imported, since a process that imported it would keep its first tenant's feeds.
    """
    import dagster as dg

    found = dg.load_from_defs_folder(path_within_project=environment.PROJECT_ROOT / "orchestration")
    # What is loaded now stays as long as the process: no collection need walk through it again.
    gc.freeze()
    return found


def execute(now: night.Night) -> dg.ExecuteInProcessResult:
    """The Dagster run of one night; the caller holds the lock."""
    from orchestration import alerts, allowance, failures, home, mending, preflight, vigil

    allowance.fit(allowance.allowed())
    preflight.check(now)
    mending.mend(now)
    with vigil.kept(), home.instance() as instance:
        if reaped := home.reap(instance):
            progress.say(f"{reaped} unfinished runs of an earlier process ended")
            alerts.of_the_dead(now, reaped)
        job = code_location(now.tenant.folder).resolve_job_def("nightly")
        progress.say("definitions loaded")
        # The gates' library takes seconds to import: while the feeds load, nobody waits for it.
        Thread(target=import_module, args=("data_quality.evaluation",), daemon=True).start()
        result = job.execute_in_process(
            partition_key=now.as_of.isoformat(),
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        progress.close()
        detail = "" if result.success else failures.text(now, result.all_events)
        alerts.after(now, result.success, instance, detail)
    return result


def _generate_demo(now: night.Night) -> None:
    """The demo tenant makes its own landing files the first time."""
    is_demo = now.tenant.folder == environment.PROJECT_ROOT / "tenants" / "demo"
    if not is_demo or now.landing != now.data / "landing" or now.landing.exists():
        return
    from demo import generate

    progress.say("generating the demo world (first time only)")
    beside = now.data / "landing.part"
    generate.write_world(beside, now.data / "truth", say=progress.say)
    beside.rename(now.landing)


def explained(command: Callable[[], int]) -> int:
    """Run a command; an error with an explanation is said in one line, with exit code 2."""
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
    progress.restart()
    environment.silence_telemetry()
    try:
        return command()
    except Unusable as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return stopping.code_of(signal.SIGINT)
    except Exception as error:
        lacking = _lacking(error)
        if lacking is None:
            raise
        print(f"error: {lacking}, then run again", file=sys.stderr)
        return NOT_NOW


def _lacking(error: BaseException | None) -> str | None:
    """What the machine had too little of, when an error or what it came of is that; and what to do."""
    while error is not None:
        if getattr(error, "errno", None) in FULL or any(said in str(error) for said in FULL_SAID):
            return "the disk is full or fails: free some space in DATA"
        if isinstance(error, MemoryError) or any(said in str(error) for said in SHORT_SAID):
            return f"memory ran out: free some, or set {environment.PREFIX}MEMORY_LIMIT lower"
        error = error.__cause__ or error.__context__
    return None


def main(argv: list[str] | None = None) -> int:
    options = arguments("Run one night.").parse_args(argv)
    return explained(lambda: run(settle(options)))


if __name__ == "__main__":
    raise SystemExit(main())
