"""The table of faults: `python -m tests.faults.table [--n N] [--only malformed,kills]`.

Exit code 0 when every try of every fault was harmless, else 1; a harmful try names its seed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from tests.faults import (
    adding,
    bad_marts,
    company,
    drift,
    hostile,
    kills,
    malformed,
    model_files,
    places,
    quiet,
    servers,
)
from tests.faults.kills import Night
from tests.faults.row import Row, Try, row, show

KILLS, MUTATIONS = 200, 1_000
# Of so many kills one is of a night that adds: each is let live before the next.
ADDING = 5
# And so many of each server of the UI.
SERVERS = 10


def _told(tries: Iterator[Try]) -> Iterator[Try]:
    """Say each try of a whole night as it ends, beside the table."""
    for label, harm in tries:
        print(f"    {label}: {', '.join(sorted(harm)) or 'no harm'}", file=sys.stderr, flush=True)
        yield label, harm


def _in_a_night(work: Callable[[Night], Iterator[Try]]) -> Iterator[Try]:
    return _told(kills.in_a_night(work))


def _rows(n: int, seed: int) -> dict[str, Callable[[], Row]]:
    found = {
        "malformed": lambda: row("45 kinds of malformed input", malformed.tries()),
        "mutations": lambda: row("random mutations of a file", malformed.mutations(MUTATIONS, seed)),
        "drift": lambda: row("schema drift", drift.tries()),
        "hostile": lambda: row("hostile payloads", hostile.tries()),
        "models": lambda: row("hostile model files", model_files.tries()),
        "marts": lambda: row("marts gone bad", _in_a_night(bad_marts.tries)),
        "readonly": lambda: row("folders read-only", _in_a_night(places.read_only)),
        "disks": lambda: row("disks that fill", _in_a_night(places.disks)),
        "memory": lambda: row("little memory", _in_a_night(places.memory)),
        "company": lambda: row("4 launches beside 20 readers", _in_a_night(company.tries)),
        "names": lambda: row("names planted in the feeds", _in_a_night(quiet.names)),
        "offline": lambda: row("a night without a network", _in_a_night(quiet.offline)),
        "servers": lambda: row(
            "daemon, web server or run worker killed",
            _in_a_night(lambda night: servers.tries(night, max(1, n // SERVERS), seed)),
        ),
        "adding": lambda: row("kill -9 while a night adds", _told(adding.rows_of(max(1, n // ADDING), seed))),
        "kills": lambda: row("kill -9 in a night", _told(kills.rows_of(n, seed))),
    }
    if not places.may_mount():
        # Only root makes disks.
        for name in ("readonly", "disks"):
            del found[name]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=KILLS, help="kills of whole nights")
    parser.add_argument("--seed", type=int, default=1, help="of the first try")
    parser.add_argument("--only", default="", help="rows by name, comma between; default all")
    options = parser.parse_args()
    made = _rows(options.n, options.seed)
    names = options.only.split(",") if options.only else list(made)
    if unknown := [name for name in names if name not in made]:
        parser.error(f"no row {unknown[0]}: there are {', '.join(made)}")

    def rows() -> Iterator[Row]:
        for name in names:
            yield made[name]()

    return 0 if all(item.is_clean for item in show(rows(), lambda text: print(text, flush=True))) else 1


if __name__ == "__main__":
    sys.exit(main())
