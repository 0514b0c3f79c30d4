"""A DuckDB file that no longer opens is moved aside; what was in it is built again from raw."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from orchestration import history, proofs, warehouse
from orchestration.night import Night
from orchestration.progress import say

ASIDE = "aside"


def mend(now: Night) -> list[str]:
    """Open both private files, which replays their logs; returns the names of those moved aside.

    Only the writer may do it: a file that another process has open is not broken.
    """
    moved = [path.name for path in (now.warehouse.path, now.warehouse.marts_path) if _is_broken(path)]
    for name in moved:
        _move_aside(now.data, name)
        say(f"{name} cannot be opened: moved to {ASIDE}/, everything is built again from raw")
    if moved:
        proofs.forget(now)
        history.drop(now)
    return moved


def _is_broken(path: Path) -> bool:
    if not path.exists():
        # A log without its file is of no use to anybody.
        return path.with_name(f"{path.name}.wal").exists()
    try:
        with warehouse.open_file(path) as connection:
            connection.execute("select count(*) from duckdb_tables()").fetchone()
    except duckdb.Error as error:
        return "lock" not in str(error).lower()
    return False


def _move_aside(data: Path, name: str) -> None:
    """Keep the last broken file of a name: it may hold what an expert can read."""
    aside = data / ASIDE
    aside.mkdir(exist_ok=True)
    for part in (name, f"{name}.wal"):
        (aside / part).unlink(missing_ok=True)
        if (data / part).exists():
            shutil.move(data / part, aside / part)
