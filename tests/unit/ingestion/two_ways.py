"""A delivery taken in quickly and with care: what either way leaves behind."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from orchestration.ingestion import bundle, clean, in_memory, raw_file
from tests.unit.ingestion.conftest import World

DAYS = ("2026-05-04T10:00:00Z", "2026-05-04 10:00:00", "2026-03-29 02:30:00", "2026-05-04T10:00:00+08:00")
ODD_DAYS = ("2026-02-30T10:00:00Z", "2030-01-01T00:00:00Z", "yesterday", "", "2999-12-31 00:00:00",
    "0001-01-01T00:00:00Z", "0000-01-01 00:00:00", "9999-12-31 23:59:59", "9999-12-31T23:59:59Z")  # fmt: skip
GROUP_ROWS = 3
ORDERS = "{order_id: id, user_id: who, ordered_at: at, amount: amount, currency: \"'EUR'\"}"
# A product may do without its time, however odd.
PRODUCTS = "{product_id: id, name: who, listed_at: at, list_price: amount}"
PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": lambda content: gzip.compress(content, mtime=0),
    ".zst": zstandard.compress,
}


def agree(feed: str, files: dict[str, bytes]) -> None:
    """Both ways leave the same bytes and say the same."""
    with tempfile.TemporaryDirectory() as root, pytest.MonkeyPatch.context() as patch:
        # However much of a small file is wrong, the quick way is tried.
        patch.setattr(clean, "FEW", 1)
        # A file of some lines is several row groups, written before the last of it is read.
        patch.setattr(raw_file, "GROUP_ROWS", GROUP_ROWS)
        found = _pulled(Path(root, "quick"), feed, files)
        _with_care(patch)
        assert found == _pulled(Path(root, "careful"), feed, files)


def _with_care(patch: pytest.MonkeyPatch) -> None:
    """Every file by itself, by the reader of its format, through every table."""
    patch.setattr(clean, "write", lambda *_: None)
    patch.setattr(in_memory, "take", lambda *_: None)
    patch.setattr(bundle, "bundles", lambda _, waiting, __: ([arrival] for arrival in waiting))


def _pulled(root: Path, feed: str, files: dict[str, bytes]) -> tuple[object, ...]:
    """Every file below the state, raw Parquet byte by byte, and what was said."""
    world = World(root)
    world.landing.mkdir(parents=True)
    world.write_feed(feed)
    for name, content in files.items():
        world.land(name, content)
    loads = world.pull()
    for load in loads:
        assert load.physical == load.accepted + load.quarantined + load.duplicate
    files = {
        path.relative_to(world.data).as_posix(): path.read_bytes()
        for path in sorted(world.data.rglob("*"))
        if path.is_file() and path.suffix in (".json", ".parquet") and path.name != ".seen.json"
    }
    return loads, files, world.said


def outcomes(patch: pytest.MonkeyPatch) -> list[bool]:
    """Fills with whether each file that was tried was read in one pass."""
    found: list[bool] = []
    write = clean.write

    def seen(*given: Any) -> clean.Clean | None:
        made = write(*given)
        found.append(made is not None)
        return made

    patch.setattr(clean, "write", seen)
    return found
