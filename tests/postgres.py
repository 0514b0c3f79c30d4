"""A PostgreSQL of Debian's that lives as long as a test needs it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))


@contextmanager
def serving() -> Iterator[str]:
    """The connection string of an empty server on a free port of loopback; it keeps no socket."""
    # PostgreSQL refuses to run as root; its package brings an account for it.
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    folder = Path(subprocess.check_output([*as_postgres, "mktemp", "-d"], text=True, cwd="/").strip())
    programs, data = BINARIES[-1].parent, folder / "data"
    initdb = [programs / "initdb", "--auth", "trust", "--username", "postgres", "--no-sync", "--pgdata", data]
    control = [*as_postgres, str(programs / "pg_ctl"), "--pgdata", str(data), "--wait"]
    try:
        subprocess.run([*as_postgres, *map(str, initdb)], check=True, capture_output=True, cwd="/")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
        started = [*control, "--log", str(folder / "log"), "--options", options, "start"]
        subprocess.run(started, check=True, cwd="/", stdout=subprocess.DEVNULL)
        yield f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
        subprocess.run([*control, "--mode", "immediate", "stop"], check=True, capture_output=True, cwd="/")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
