"""Live through the past: every landed day as a night of its own, with only the files landed by then.

A file's day is the last date in its name (2011-12-09, or 20111209); one without a date is there
from the first night on. `python -m orchestration.replay --tenant uci_online_retail`.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from datetime import date
from pathlib import Path

from orchestration import environment, nightly, progress
from orchestration.night import Night
from orchestration.tenant import TenantError

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


def day_of(name: str) -> date | None:
    """The last date a file's name carries, or None."""
    found = None
    for year, month, day in _DAY.findall(name):
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
    return found


def arrivals(landing: Path) -> dict[date, list[Path]]:
    """The landing files by the day they arrive.

    Raises
    ------
    TenantError
        No file's name carries a date.
    """
    files = sorted(path for path in landing.rglob("*") if path.is_file())
    dated: dict[date, list[Path]] = {}
    undated = []
    for path in files:
        day = day_of(path.name)
        if day is None:
            undated.append(path)
        else:
            dated.setdefault(day, []).append(path)
    if not dated:
        raise TenantError(f"no file under {landing} carries a date such as 2011-12-09 in its name")
    dated[min(dated)] += undated
    return dict(sorted(dated.items()))


def deliver(files: list[Path], landing: Path, target: Path) -> None:
    """Put files where the nights of the replay look for them."""
    for path in files:
        place = target / path.relative_to(landing)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            continue
        try:
            os.link(path, place)
        except OSError:
            shutil.copyfile(path, place)


def replay(now: Night, first: str, last: str) -> int:
    """Run the nights one after another in this process; stops at the first that fails."""
    from orchestration import home, summary

    home.claim(now.tenant, now.data)
    home.hold(now.data)
    home.dagster_home(now.data)
    due = arrivals(now.landing)
    target = now.data / "landing_by_night"
    environment.write("landing", target)
    early = [path for day, files in due.items() if first and day < date.fromisoformat(first) for path in files]
    deliver(early, now.landing, target)
    nights = [
        day
        for day in due
        if (not first or day >= date.fromisoformat(first)) and (not last or day <= date.fromisoformat(last))
    ]
    try:
        for number, day in enumerate(nights, 1):
            started = time.monotonic()
            deliver(due[day], now.landing, target)
            environment.write("as_of", day.isoformat())
            tonight = Night(now.tenant, day, now.data, target)
            with progress.quiet():
                result = nightly.execute(tonight)
            if not result.success:
                print(summary.text(tonight, result), flush=True)
                return nightly.FAILED
            seconds = time.monotonic() - started
            progress.say(f"night {number} of {len(nights)}: {day} published in {seconds:.1f} s")
        print(summary.text(tonight, result), flush=True)
    finally:
        home.release(now.data)
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments(__doc__ or "")
    parser.add_argument("--from", dest="from_", default="", help="first night, YYYY-MM-DD")
    parser.add_argument("--to", default="", help="last night, YYYY-MM-DD")
    options = parser.parse_args(argv)
    return nightly.explained(lambda: replay(nightly.settle(options), options.from_, options.to))


if __name__ == "__main__":
    raise SystemExit(main())
