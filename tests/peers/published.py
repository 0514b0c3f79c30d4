"""What other projects publish of their own tests, read in place."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration import environment

DATA = environment.PROJECT_ROOT.parent / "shared" / "data"
PEERS = DATA / "peers"


def given(*parts: str) -> Path:
    """A file of the shared data; the test is skipped where it is not."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/data/{'/'.join(parts)} is not on this machine")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    """The records of a CSV; a context of theirs may be longer than the reader's usual limit."""
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
