"""A night that is allowed little memory asks for little, unless it was told how much."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import allowance, environment

MB = 1 << 20


def test_the_smallest_of_the_limits_of_process_and_container_is_what_is_allowed(tmp_path: Path) -> None:
    unlimited, limited = tmp_path / "memory.max", tmp_path / "memory.limit_in_bytes"
    unlimited.write_text("max\n")
    limited.write_text(f"{1536 * MB}\n")
    asked = [
        "from pathlib import Path",
        "from orchestration import allowance",
        f"groups = [Path({str(unlimited)!r}), Path({str(limited)!r}), Path('/nowhere')]",
        "print(allowance.allowed(groups), allowance.allowed([]))",
    ]
    for megabytes, expected in ((1024, f"{1024 * MB} {1024 * MB}"), (2048, f"{1536 * MB} {2048 * MB}")):
        size = megabytes * MB
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(asked)],
            cwd=environment.PROJECT_ROOT,
            preexec_fn=lambda size=size: resource.setrlimit(resource.RLIMIT_DATA, (size, size)),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected


@pytest.mark.parametrize(
    ("megabytes", "expected"),
    [(None, ("2", "2GB")), (4096, ("2", "2GB")), (2048, ("1", "512MB")), (1000, ("1", "250MB"))],
)
def test_under_little_memory_a_night_has_one_thread_and_duckdb_a_quarter(
    megabytes: int | None, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("THREADS", "MEMORY_LIMIT"):
        # Set first, so that what is written here is undone.
        monkeypatch.setenv(f"USEROPS_{name}", "")
    allowance.fit(megabytes and megabytes * MB)
    found = environment.read()
    assert (found.threads, found.memory_limit) == expected


def test_what_was_given_is_kept_under_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USEROPS_THREADS", "2")
    monkeypatch.setenv("USEROPS_MEMORY_LIMIT", "")
    allowance.fit(1024 * MB)
    found = environment.read()
    assert (found.threads, found.memory_limit) == ("2", "256MB")
