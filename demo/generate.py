"""Write the demo world: `python -m demo.generate --out <landing> --truth <truth>`."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from demo import truth
from demo.delivery import Delivered, deliver
from demo.feeds_behaviour import event_feeds
from demo.feeds_members import member_feeds
from demo.feeds_outreach import outreach_feeds
from demo.feeds_shop import shop_feeds
from demo.landing import Feed
from demo.plan import Plan
from demo.screens import screen_feed
from demo.undone import undone_feeds
from demo.world import World, world_of

UNFINISHED = ".unfinished"
RESENT_FEED = "app_events"
RESENT_AGE = 150  # days before the end of the file that is sent once more, whole
RESENT_WAIT = 3


class NotEmpty(OSError):
    """The folder to write to already holds something."""


def feeds_of(world: World) -> list[Feed]:
    """All feeds of the demo tenant."""
    return [
        *event_feeds(world), *shop_feeds(world), *member_feeds(world), *outreach_feeds(world),
        *undone_feeds(world), screen_feed(world),
    ]  # fmt: skip


def write_world(
    out: Path,
    truth_folder: Path,
    plan: Plan | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> list[Delivered]:
    """Make a world and write its landing files and its truths.

    Parameters
    ----------
    out : Path
        The landing folder: new, empty, or left unfinished by a run that was killed.
    truth_folder : Path
        Where the truths go; files of the same names are replaced.
    plan : Plan, optional
        Default: 20,000 people over two years.
    say : callable
        Is told what is being done.

    Returns
    -------
    list of Delivered
        One per landing file.

    Raises
    ------
    NotEmpty
        `out` holds something that is not an unfinished world.
    """
    plan = plan or Plan()
    _claim(out)
    say(f"{plan.people:,} people live from {plan.start} to {plan.end}")
    world = world_of(plan)
    files: list[Delivered] = []
    for feed in feeds_of(world):
        say(f"writing {feed.name}")
        for file, content in deliver(plan, feed):
            _write(out / file.file, content)
            files.append(file)
            if _is_resent(plan, feed, file, files):
                files.append(_resend(plan, feed, file, content, out))
    say("writing the truths")
    truth.write(world, files, truth_folder)
    (out / UNFINISHED).unlink()
    return files


def _claim(out: Path) -> None:
    if (out / UNFINISHED).exists():
        shutil.rmtree(out)
    if out.exists() and any(out.iterdir()):
        raise NotEmpty(f"{out} is not empty: remove it or choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    (out / UNFINISHED).touch()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _is_resent(plan: Plan, feed: Feed, file: Delivered, files: list[Delivered]) -> bool:
    old_enough = file.arrival >= plan.days - RESENT_AGE
    return feed.name == RESENT_FEED and old_enough and not any(f.copy_of for f in files)


def _resend(plan: Plan, feed: Feed, file: Delivered, content: bytes, out: Path) -> Delivered:
    """The very same bytes under another name, some days later."""
    arrival = file.arrival + RESENT_WAIT
    name = f"{feed.stem}_resent_{plan.date_of(arrival)}{feed.suffix}"
    _write(out / name, content)
    return replace(file, file=name, arrival=arrival, copy_of=file.file)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.generate", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="landing folder, new or empty")
    parser.add_argument("--truth", type=Path, required=True, help="folder for the truths")
    parser.add_argument("--people", type=int, default=Plan.people, help="default %(default)s")
    parser.add_argument("--seed", type=int, default=Plan.seed, help="default %(default)s")
    parser.add_argument("--start", type=date.fromisoformat, default=Plan.start, metavar="YYYY-MM-DD")
    parser.add_argument("--end", type=date.fromisoformat, default=Plan.end, metavar="YYYY-MM-DD")
    options = parser.parse_args(argv)
    began = time.monotonic()
    try:
        plan = Plan(options.people, options.seed, options.start, options.end)
        files = write_world(options.out, options.truth, plan, lambda text: print(text, file=sys.stderr))
    except (NotEmpty, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    records = sum(file.physical for file in files)
    print(f"{len(files)} files, {records:,} records in {time.monotonic() - began:.1f} s: {options.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
