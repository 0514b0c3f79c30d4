"""Whole nights as whole processes: `python -m bench.night`. Prints a table; asserts nothing.

The bare figure beside each is the same landing files read by DuckDB into one database with nothing
else done: no checks, no history, no marts. The ratio says what the rest costs.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from orchestration import warehouse

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one command as a process of its own.

    Peak memory is the largest child so far, so the heaviest command is to be timed last.
    """
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds, peak


def night(data: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "orchestration.nightly", "--tenant", "demo", "--data", str(data), *more]


def reader_of(path: Path) -> str:
    """DuckDB's own reader of a landing file, told to pass over what is wrong."""
    if ".ndjson" in path.name:
        return f"read_json_objects('{path}', format='newline_delimited', ignore_errors=true)"
    if path.suffix == ".parquet":
        return f"read_parquet('{path}')"
    return f"read_csv('{path}', all_varchar=true, ignore_errors=true)"


def bare(landing: Path) -> float:
    """Seconds DuckDB alone takes to read the landing files it can read into tables."""
    started = time.monotonic()
    with warehouse.scratch() as connection:
        for number, path in enumerate(sorted(p for p in landing.rglob("*") if p.is_file())):
            make = f"create table t{number} as select * from "
            try:
                connection.execute(make + reader_of(path))
            except duckdb.Error:
                # An encoding or a format it cannot read by itself: at least the bytes.
                connection.execute(f"{make} read_blob('{path}')")
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", default="20000")
    options = parser.parse_args()
    shutil.rmtree(BUILD, ignore_errors=True)
    data = BUILD / "data"
    generate = [sys.executable, "-m", "demo.generate", "--people", options.people]
    imports = "import orchestration.dbt, dagster_dbt, great_expectations, sklearn.ensemble"
    world = [*generate, "--out", str(data / "landing"), "--truth", str(data / "truth")]
    rows = [
        ("python starts and imports everything", *timed([sys.executable, "-c", imports])),
        ("generate the demo world", *timed(world)),
        ("whole night on an empty folder", *timed(night(data))),
        ("a night with nothing new", *timed(night(data))),
    ]
    print(f"{'':42}{'seconds':>10}{'peak MB':>10}")
    for name, seconds, peak in rows:
        print(f"{name:42}{seconds:10.1f}{peak:10.0f}")
    seconds = bare(data / "landing")
    print(f"{'bare DuckDB read of the landing files':42}{seconds:10.1f}")
    print(f"{'whole night / bare read':42}{rows[2][1] / seconds:10.1f}")


if __name__ == "__main__":
    main()
