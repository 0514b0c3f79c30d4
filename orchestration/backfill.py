"""Build a range of nights over what has landed: `python -m orchestration.backfill --from D --to D`."""

from __future__ import annotations

import argparse
from datetime import date

from orchestration import nightly, progress
from orchestration.tenant import TenantError


def span(options: argparse.Namespace) -> list[date]:
    """The days from --from to --to.

    Raises
    ------
    TenantError
        One of them is missing, not a day, or the range is empty.
    """
    try:
        first, last = date.fromisoformat(options.from_), date.fromisoformat(options.to)
    except ValueError as error:
        raise TenantError("give FROM=YYYY-MM-DD and TO=YYYY-MM-DD") from error
    if last < first:
        raise TenantError(f"FROM={first} lies after TO={last}")
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments("Build a range of nights over what has landed.")
    parser.add_argument("--from", dest="from_", default="")
    parser.add_argument("--to", default="")
    options = parser.parse_args(argv)

    def command() -> int:
        days = span(options)
        # Both ends are tried first: a range that cannot be built whole is not begun.
        for day in (days[-1], days[0]):
            options.as_of = day.isoformat()
            nightly.settle(options)
        for day in days:
            options.as_of = day.isoformat()
            progress.say(f"backfill: {day}")
            if code := nightly.run(nightly.settle(options)):
                return code
        return 0

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())
