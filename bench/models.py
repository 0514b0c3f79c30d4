"""Models on public data and on the clock: `python -m bench.models`. Prints figures; asserts nothing.

Each protocol is a rolling origin: the last test days of a history, a horizon apart. A figure short of its bar
is marked BELOW.
"""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path

from bench import demo_world, model_bars, model_clock, model_shelves

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def main() -> None:
    """Every bar whose data is here, the demo world, then the clock."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000, help="people on the clock; 0: no clock")
    parser.add_argument("--demo", type=int, default=3_000, help="people of the demo world; 0: none")
    parser.add_argument("--many", type=int, default=0, help="people to learn from in part and score; 0: none")
    parser.add_argument("--snapshots", type=int, default=6, help="past days on the clock")
    asked = parser.parse_args()
    demo = demo_world.rows(asked.demo) if asked.demo else iter(())
    clock = model_clock.rows(asked.people, asked.snapshots) if asked.people else iter(())
    shelves = model_shelves.rows() if asked.people else iter(())
    many = model_clock.many(asked.many) if asked.many else iter(())
    short = model_bars.printed(chain(model_bars.rows(DATA), demo, clock, shelves, many))
    print(f"{short} figures short of their bars")


if __name__ == "__main__":
    main()
