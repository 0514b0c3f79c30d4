"""Before a night: whether all it builds on is there, and room for it; said so that a person can act on it."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration import publishing
from orchestration.errors import NotNow
from orchestration.ingestion import recovery
from orchestration.ingestion.arrivals import seen
from orchestration.ingestion.landing import Seen
from orchestration.night import Night

# Run storage, logs and models of one night.
RESERVE = 64 << 20
# A landed byte unfolds, is copied to plain text, becomes raw and then rows of several layers.
PER_LANDED_BYTE = 8


class NoRoom(NotNow):
    """The disk has less free space than a night may need."""


def needed(now: Night) -> int:
    """Bytes a night may add before it lets go of any: a high estimate, not a forecast.

    A layer built anew lies beside the old one until it is whole, and the public file is copied once.
    """
    private, public = (_size(path) for path in (now.warehouse.path, now.warehouse.marts_path))
    served = publishing.serving(now.data)
    candidate = max(public, _size(served.path) if served else 0)
    return RESERVE + private + public + candidate + PER_LANDED_BYTE * _new_bytes(now)


def check(now: Night) -> None:
    """Look at the data folder before anything in it is touched.

    Raises
    ------
    LostRawError
        A file that was loaded has no raw file any more.
    NoRoom
        The disk has less free than the night needs.
    """
    recovery.check(now.data)
    wanted, free = needed(now), shutil.disk_usage(now.data).free
    if free < wanted:
        raise NoRoom(
            f"DATA={now.data} has {free / 1e6:,.0f} MB free and the night of {now.as_of} may need "
            f"{wanted / 1e6:,.0f} MB: free {(wanted - free) / 1e6:,.0f} MB there, then run again"
        )


def _new_bytes(now: Night) -> int:
    """The size of the landed files no night has read, by their names and times alone."""
    known: Seen = seen(now.data)
    files = (path for path in now.landing.rglob("*") if path.is_file())
    return sum(_size(path) for path in files if not known.knows(path, path.relative_to(now.landing)))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
