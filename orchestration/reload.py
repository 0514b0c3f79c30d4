"""Load a feed's history again, as the feed is now: `python -m orchestration.reload --feed shop_orders`.

For a mapping, time zone or option that was wrong and yet accepted. Every file of the feed that is still
in landing is read again; what it came to is replaced where it comes to something else, and the next
night then builds all tables anew.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from orchestration import history, home, nightly
from orchestration.errors import Unusable
from orchestration.ingestion import ledger, recovery
from orchestration.ingestion import reload as loaded
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.load import report
from orchestration.night import Night


def reload(now: Night, name: str) -> int:
    """Reload one feed and say what changed, file by file.

    Raises
    ------
    Unusable
        There is no such feed, nothing of it is loaded, or a raw file of it is gone.
    """
    feed = named(now, name)
    home.claim(now.tenant, now.data)
    home.hold(now.data, wait_seconds=0)
    try:
        recovery.check(now.data, feed.name)
        before = ledger.loads(now.data, feed.name)
        if not before:
            raise Unusable(f"nothing of feed {feed.name} is loaded yet: a night loads it")
        mapped = [load for load in before if load.entity in feed.targets]
        # Nothing that a night has let in by its day lies ahead because a reload names an earlier one.
        as_of = max([now.as_of, *(load.loaded_on for load in before)])
        with history.doubted(now) as as_it_was:
            read = loaded.again(feed, mapped, landing=now.landing, data=now.data, as_of=as_of, say=print)
            if not read.changed:
                as_it_was()
    finally:
        home.release(now.data)
    was = {(load.entity, load.sha256): load for load in before}
    for load in read.changed:
        report(load, feed, print)
        print(change(was[load.entity, load.sha256], load))
    for line in stayed(feed, before, read.gone):
        print(line)
    files = len({load.sha256 for load in read.changed})
    told = "the next night builds on them, all of history anew" if files else "nothing is to be done"
    print(f"{files:,} of {len({load.sha256 for load in before}):,} files changed; {told}")
    return 0


def named(now: Night, name: str) -> Feed:
    """The feed of that name; Unusable names those there are."""
    for feed in now.feeds:
        if feed.name == name:
            return feed
    known = ", ".join(feed.name for feed in now.feeds)
    asked = f"no feed {name!r}" if name else "which feed? name it by FEED="
    raise Unusable(f"{asked}: this tenant has {known}")


def change(was: FileLoad, now: FileLoad) -> str:
    """What a file came to and comes to now."""
    counts = [
        f"{name} {getattr(was, name):,} before, {getattr(now, name):,} now"
        for name in ("accepted", "quarantined", "duplicate", "skipped")
        if getattr(was, name) != getattr(now, name)
    ]
    as_many = f"{now.accepted:,} accepted and {now.quarantined:,} quarantined as before, with other values"
    return f"{now.feed}  {now.entity}  {now.file}: {'; '.join(counts) or as_many}"


def stayed(feed: Feed, before: list[FileLoad], gone: list[FileLoad]) -> list[str]:
    """Lines on what could not be read again."""
    entities = defaultdict[tuple[str, str], list[str]](list)
    for load in gone:
        entities[load.file, load.sha256].append(load.entity)
    lines = [
        f"{feed.name}  {', '.join(of)}  {file}: no longer in landing, stays as it is"
        for (file, _), of in sorted(entities.items())
    ]
    left = defaultdict[str, int](int)
    for load in before:
        if load.entity not in feed.targets:
            left[load.entity] += load.rows
    # Without its mapping there is no telling what its records would say.
    lines += [
        f"{feed.name}  {entity}: no longer filled by this feed, {rows:,} rows stay; "
        'to take them away, map it with `skip_when: "true"` and reload'
        for entity, rows in sorted(left.items())
        if rows
    ]
    return lines


def main() -> int:
    """Read the command line and do it."""
    parser = nightly.arguments(__doc__ or "")
    parser.add_argument("--feed", default="", help="the feed whose mapping was corrected")
    options = parser.parse_args()

    def command() -> int:
        now = nightly.settle(options)
        home.inhabited(now.data)
        return reload(now, options.feed)

    return nightly.explained(command)


if __name__ == "__main__":
    sys.exit(main())
