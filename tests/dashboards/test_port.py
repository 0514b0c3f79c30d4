"""A second `make dashboards` beside the first says what is wrong, and leaves the first be."""

from __future__ import annotations

import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from tests.dashboards.site import PYTHON, ROOT


def test_a_busy_port_is_told_in_one_line(published_file: Path, address: str) -> None:
    port = str(urlsplit(address).port)
    ended = subprocess.run(
        [str(PYTHON), "-m", "dashboards.app", "--data", str(published_file.parents[1]), "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = f"127.0.0.1, port {port}: another program listens there; end it, or choose another PORT="
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"error: {said}\n")
    with urllib.request.urlopen(address) as first:
        assert first.status == 200
