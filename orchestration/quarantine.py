"""Look into the quarantine and replay it: `python -m orchestration.quarantine list|show|replay`.

`list` counts, `show` prints the refused bytes (they may hold personal data: mind the screen),
`replay` loads what the feeds, as corrected, now accept; the next night builds on it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from orchestration import home, nightly
from orchestration.errors import Unusable
from orchestration.ingestion import quarantine
from orchestration.night import Night

SHOWN_BYTES = 400


def list_refused(now: Night, options: argparse.Namespace) -> int:
    """Print refused records counted by feed, entity, file and reason."""
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for load in quarantine.listing(now.data, options.feed):
        for reason, count in load.reasons.items():
            counted[load.feed, load.entity, load.file, reason] += count
    for (feed, entity, file, reason), count in sorted(counted.items()):
        print(f"{feed}  {entity}  {file}  {reason}  {count:,}")
    print(f"{sum(counted.values()):,} refused records")
    return 0


def show(now: Night, options: argparse.Namespace) -> int:
    """Print refused records: file, line, byte offset, reason, column and bytes."""
    names = [options.feed] if options.feed else [feed.name for feed in now.feeds]
    left = options.limit
    for name in names:
        for load, item in quarantine.show(now.data, name, reason=options.reason, file=options.file):
            if not left:
                print(f"only the first {options.limit} are shown: --limit shows more")
                return 0
            left -= 1
            where = f"{load.file}:{item.line}" + ("" if item.offset is None else f" (byte {item.offset})")
            raw = item.raw[:SHOWN_BYTES].decode("utf-8", errors="backslashreplace")
            # A terminal obeys control characters; nobody wrote these to be obeyed.
            text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in raw)
            print(f"{name}  {load.entity}  {where}  {item.reason}  {item.column or '-'}\n    {text}")
    return 0


def replay(now: Night, options: argparse.Namespace) -> int:
    """Load what corrected feeds now accept."""
    feeds = [feed for feed in now.feeds if options.feed in (None, feed.name)]
    if not feeds:
        known = ", ".join(feed.name for feed in now.feeds)
        raise Unusable(f"no feed {options.feed!r}: this tenant has {known}")
    home.claim(now.tenant, now.data)
    home.hold(now.data)
    try:
        done = quarantine.replay(feeds, data=now.data, as_of=now.as_of)
    finally:
        home.release(now.data)
    for load in done:
        print(f"{load.feed}  {load.entity}  {load.file}: {load.quarantined:,} records stay refused")
    print(f"{len(done):,} files changed" + ("; run a night to build on them" if done else ""))
    return 0


COMMANDS = {"list": list_refused, "show": show, "replay": replay}


def main() -> int:
    """Read the command line and do it."""
    parser = nightly.arguments(__doc__ or "")
    parser.add_argument("do", choices=COMMANDS, nargs="?", default="list")
    parser.add_argument("--feed", help="only this feed")
    parser.add_argument("--reason", help="show: only this reason")
    parser.add_argument("--file", help="show: only this landing file")
    parser.add_argument("--limit", type=int, default=50, help="show: at most so many (50)")
    options = parser.parse_args()

    def command() -> int:
        now = nightly.settle(options)
        home.inhabited(now.data)
        return COMMANDS[options.do](now, options)

    return nightly.explained(command)


if __name__ == "__main__":
    sys.exit(main())
