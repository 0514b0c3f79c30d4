"""Look into the quarantine and replay it: `python -m orchestration.quarantine list|show|replay`.

`list` counts, file by file with `--files`; `show` prints the refused bytes (they may hold personal
data: mind the screen); `replay` loads what the feeds, as corrected, now accept; the next night builds
on it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from orchestration import home, nightly
from orchestration.errors import Unusable
from orchestration.ingestion import quarantine, release
from orchestration.ingestion.ledger import FileLoad
from orchestration.night import Night

SHOWN = 400
# No encoding takes more bytes for a character.
WIDEST = 4


def list_refused(now: Night, options: argparse.Namespace) -> int:
    """Print refused records counted by feed, entity and reason, and by file when asked."""
    counted: Counter[tuple[str, ...]] = Counter()
    files: Counter[tuple[str, ...]] = Counter()
    for load in chosen(now, options):
        for reason, count in load.reasons.items():
            if options.reason in (None, reason):
                of = (load.feed, load.entity, *([load.file] if options.files else []), reason)
                counted[of] += count
                files[of] += 1
    for of, count in sorted(counted.items()):
        told = "" if options.files else f" in {files[of]:,} file" + "s"[: files[of] != 1]
        print("  ".join(of) + f"  {count:,}{told}")
    print(f"{sum(counted.values()):,} refused records")
    return 0


def chosen(now: Night, options: argparse.Namespace) -> list[FileLoad]:
    """The loads with refused records that are asked for.

    Raises
    ------
    Unusable
        There is no such feed, or no record of it was refused for that reason or in that file.
    """
    loads = quarantine.listing(now.data)
    # A feed that was taken out of the tenant has its history all the same.
    known = {feed.name for feed in now.feeds} | {load.feed for load in loads}
    if options.feed is not None and options.feed not in known:
        raise Unusable(f"no feed {options.feed!r}: this tenant has {', '.join(sorted(known))}")
    loads = [load for load in loads if options.feed in (None, load.feed)]
    of = f" of {options.feed}" if options.feed else ""
    reasons = {reason for load in loads for reason in load.reasons}
    if options.reason is not None and options.reason not in reasons:
        listed = ", ".join(sorted(reasons)) or "none"
        raise Unusable(f"no record{of} was refused as {options.reason!r}; the reasons found are {listed}")
    if options.file is not None and options.file not in {load.file for load in loads}:
        raise Unusable(f"no record{of} was refused in {options.file!r}: `list --files` names the files")
    return [load for load in loads if options.file in (None, load.file)]


def show(now: Night, options: argparse.Namespace) -> int:
    """Print refused records: file, line, byte offset, reason, column and bytes."""
    left = options.limit
    encodings = {feed.name: release.encoding_of(feed) for feed in now.feeds}
    for load in chosen(now, options):
        for item in quarantine.refused(now.data, load, options.reason):
            if not left:
                print(f"only the first {options.limit} are shown: --limit shows more")
                return 0
            left -= 1
            where = f"{load.file}:{item.line}" + ("" if item.offset is None else f" (byte {item.offset})")
            text = readable(item.raw, encodings.get(load.feed, "utf-8"))
            print(f"{load.feed}  {load.entity}  {where}  {item.reason}  {item.column or '-'}\n    {text}")
    return 0


def readable(raw: bytes, encoding: str) -> str:
    """The beginning of refused bytes as text; what is no text of that encoding is escaped."""
    try:
        text = raw[: SHOWN * WIDEST].decode(encoding, errors="backslashreplace")
    except UnicodeError:
        # Not every codec can go on after a byte it does not know.
        text = raw[: SHOWN * WIDEST].decode("ascii", errors="backslashreplace")
    # A terminal obeys control characters; nobody wrote these to be obeyed.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:SHOWN])


def replay(now: Night, options: argparse.Namespace) -> int:
    """Load what corrected feeds now accept."""
    if options.reason or options.file:
        raise Unusable("replay takes all that a feed refused: --feed chooses, --reason and --file do not")
    feeds = [feed for feed in now.feeds if options.feed in (None, feed.name)]
    if not feeds:
        known = ", ".join(feed.name for feed in now.feeds)
        raise Unusable(f"no feed {options.feed!r}: this tenant has {known}")
    home.claim(now.tenant, now.data)
    home.hold(now.data)
    try:
        done = quarantine.replay(feeds, landing=now.landing, data=now.data, as_of=now.as_of, say=print)
    finally:
        home.release(now.data)
    for load in done:
        print(f"{load.feed}  {load.entity}  {load.file}: {load.quarantined:,} records stay refused")
    print(f"{len(done):,} files changed" + ("; run a night to build on them" if done else ""))
    return 0


COMMANDS = {"list": list_refused, "show": show, "replay": replay}


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of records, from 1")
    return int(text)


def main() -> int:
    """Read the command line and do it."""
    parser = nightly.arguments(__doc__ or "")
    parser.add_argument("do", choices=COMMANDS, nargs="?", default="list")
    parser.add_argument("--feed", help="only this feed")
    parser.add_argument("--reason", help="list, show: only this reason")
    parser.add_argument("--file", help="list, show: only this landing file")
    parser.add_argument("--files", action="store_true", help="list: file by file")
    parser.add_argument("--limit", type=_count, default=50, help="show: at most so many (50)")
    options = parser.parse_args()

    def command() -> int:
        now = nightly.settle(options)
        home.inhabited(now.data)
        return COMMANDS[options.do](now, options)

    return nightly.explained(command)


if __name__ == "__main__":
    sys.exit(main())
