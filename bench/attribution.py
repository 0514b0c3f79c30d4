"""Attribution on the clock: `python -m bench.attribution [--touches N] [--conversions M]`.

The project's own models take sessions, touches and purchases of made-up people to all seven models'
credits, in one process on two cores: arrivals, look-backs and transitions, the Markov removal effects,
the shared credits, and a sum over every credit that the public view shows. Prints a table; asserts nothing.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bench import attribution_world
from ml import catalogue
from orchestration import dbt, environment, modelling, night, warehouse
from orchestration.night import Night

ROOT = Path(__file__).resolve().parent.parent
LAST = date(2026, 6, 30)
BEFORE = (
    "int_campaigns__ways",
    "int_campaigns__arrivals",
    "int_campaigns__look_backs",
    "int_campaigns__transitions",
)
AFTER = ("fct_attribution_rows", "fct_attribution_way_rows", "fct_attribution")


def models(now: Night, *names: str) -> None:
    """Build some models as a night does, without their tests."""
    result = dbt.invoke(now, "run", list(names))
    if not result.success:
        sys.exit(str([r.message for r in getattr(result.result, "results", []) if r.status == "error"]))


def removal_effects(now: Night) -> None:
    """The Markov model, from its transitions to its table."""
    spec = catalogue.specs()["attribution"]
    with now.warehouse.open() as connection:
        frames = modelling.frames(connection, spec)
        trained = spec.train(frames, modelling.settings(now, spec.name))
        modelling.write(connection, spec, spec.score(trained, frames, as_of=now.as_of), now.as_of)


def summed(now: Night) -> None:
    """What every model credits in all, read from the public view."""
    with now.warehouse.open() as connection:
        rows = connection.execute(
            "select model, count(*), sum(credit), sum(revenue) from activation.fct_attribution"
            " group by model order by model"
        ).fetchall()
    for model, credits_, conversions, revenue in rows:
        print(f"{model:<16} {credits_:>12,} credits  {conversions:>12,.0f} purchases  {revenue:>16,.2f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--touches", type=int, default=1_000_000)
    parser.add_argument("--conversions", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        given = {
            "tenant": str(ROOT / "tenants" / "demo"),
            "data": folder,
            "as_of": LAST.isoformat(),
            "memory_limit": "3GB",
            "pseudonym_key": "a key for the clock",
        }
        for name, value in given.items():
            environment.write(name, value)
        now = night.of(LAST)
        with now.warehouse.open() as connection:
            attribution_world.fill(connection, asked.touches, asked.conversions, LAST)
        dbt.invoke(now, "seed", ["seed_source_categories"])
        steps: dict[str, Callable[[], None]] = {
            **{name: (lambda name=name: models(now, name)) for name in BEFORE},
            "removal effects": lambda: removal_effects(now),
            **{name: (lambda name=name: models(now, name)) for name in AFTER},
            "sum of all credits": lambda: summed(now),
        }
        print(f"{asked.touches:,} touches, {asked.conversions:,} purchases")
        begun, busy = time.monotonic(), time.process_time()
        for step, run in steps.items():
            started, used = time.monotonic(), time.process_time()
            run()
            seconds, cpu = time.monotonic() - started, time.process_time() - used
            print(f"{step:<28} {seconds:6.1f} s, {cpu:6.1f} s of CPU", flush=True)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds, cpu = time.monotonic() - begun, time.process_time() - busy
        print(f"{'in all':<28} {seconds:6.1f} s, {cpu:.1f} s of CPU, peak {peak:,.0f} MB")
        with warehouse.open_file(now.warehouse.path, read_only=True) as connection:
            found = connection.execute("select count(*) from activation.fct_attribution_rows")
            print(f"{found.fetchall()[0][0]:,} touchpoints in look-backs")


if __name__ == "__main__":
    main()
