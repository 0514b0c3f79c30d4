"""Live through the past: every landed day as a night of its own, with only the files landed by then.

A file's day is the last date in its name (2011-12-09, 20111209, or 20111209101500); one without a
date is there from the first night on. `python -m orchestration.replay --tenant uci_online_retail`.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path

from orchestration import environment, nightly, progress, stopping
from orchestration.night import Night
from orchestration.tenant import TenantError

# A date stands alone or opens a time of day; eight digits inside a longer number are no date.
_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})(-?)(\d{2})\2(\d{2})(?:\d{6}|\d{4})?(?!\d)")


def day_of(name: str) -> date | None:
    """The last date a file's name carries, or None."""
    found = None
    for year, _, month, day in _DAY.findall(name):
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


def chosen(now: Night, days: list[date], first: str, last: str) -> list[date]:
    """The landed days from first to last (empty: no bound), each of them a night that can be built.

    Raises
    ------
    TenantError
        A bound is not a day, nothing landed between them, or a day cannot be built.
    """
    try:
        start = date.fromisoformat(first) if first else date.min
        end = date.fromisoformat(last) if last else date.max
    except ValueError as error:
        raise TenantError("FROM and TO are days such as 2011-12-09") from error
    nights = [day for day in days if start <= day <= end]
    if not nights:
        raise TenantError(f"no file landed between FROM={first or '…'} and TO={last or '…'}")
    for day in (nights[0], nights[-1]):
        now.tenant.resolve_as_of(day.isoformat(), datetime.now(UTC))
    return nights


def replay(now: Night, first: str, last: str) -> int:
    """Run the nights one after another in this process; stops at the first that fails."""
    nightly.scipy_first()
    from orchestration import home, summary

    due = arrivals(now.landing)
    nights = chosen(now, list(due), first, last)
    target = now.data / "landing_by_night"
    home.claim(now.tenant, now.data)
    home.hold(now.data)
    try:
        home.dagster_home(now.data)
        environment.write("landing", target)
        deliver([path for day in due if day < nights[0] for path in due[day]], now.landing, target)
        for number, day in enumerate(nights, 1):
            started = time.monotonic()
            deliver(due[day], now.landing, target)
            environment.write("as_of", day.isoformat())
            tonight = Night(now.tenant, day, now.data, target)
            with progress.quiet():
                result = nightly.execute(tonight)
            if not result.success:
                print(summary.text(tonight, result, home.last_nights()), flush=True)
                return nightly.FAILED
            seconds = time.monotonic() - started
            progress.say(f"night {number} of {len(nights)}: {day} published in {seconds:.1f} s")
        print(summary.text(tonight, result, home.last_nights()), flush=True)
    finally:
        home.release(now.data)
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments(__doc__ or "")
    parser.add_argument("--from", dest="from_", default="", help="first night, YYYY-MM-DD")
    parser.add_argument("--to", default="", help="last night, YYYY-MM-DD")
    options = parser.parse_args(argv)

    def command() -> int:
        with stopping.at_once():
            return replay(nightly.settle(options), options.from_, options.to)

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())
