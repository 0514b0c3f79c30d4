"""How much memory this process may take, and a night made to fit where that is little."""

from __future__ import annotations

import resource
from collections.abc import Iterable
from pathlib import Path

from orchestration import environment, progress

GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
# Below it the defaults, two threads and 2 GB for DuckDB, leave Python and its libraries too little.
ENOUGH = 4 << 30
# Python, Dagster, dbt and the libraries of gates and models take about half; connections may be two.
DUCKDB_SHARE = 4


def allowed(groups: Iterable[Path] = GROUPS) -> int | None:
    """Bytes the system lets this process have, by its limits and its container's; None for all there are."""
    limits = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    of_process = [limit for limit in limits if limit != resource.RLIM_INFINITY]
    said = [file.read_text().strip() for file in groups if file.is_file()]
    # Of a container without a limit it says "max".
    of_container = [int(text) for text in said if text.isdigit()]
    return min([*of_process, *of_container], default=None)


def fit(limit: int | None) -> None:
    """Let a night with little memory work with one thread and less of DuckDB, unless told otherwise."""
    if limit is None or limit >= ENOUGH:
        return
    megabytes = limit >> 20
    wanted = {"threads": "1", "memory_limit": f"{megabytes // DUCKDB_SHARE}MB"}
    chosen = {name: text for name, text in wanted.items() if not environment.is_given(name)}
    for name, text in chosen.items():
        environment.write(name, text)
    if chosen:
        found = environment.read()
        progress.say(
            f"{megabytes:,} MB of memory allowed: threads {found.threads}, DuckDB {found.memory_limit}"
        )
