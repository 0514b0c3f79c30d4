"""The dbt-duckdb plugin that lends the pseudonym key to SQL without ever printing it.

HMAC-SHA256 needs only the two padded halves of the key, so SQL computes it from two session
variables. The key itself never reaches dbt's variables, compiled files or logs.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration import environment, warehouse
from orchestration.pseudonym_key import load_key, pads


class Plugin(BasePlugin):
    """Locks every connection dbt opens down, and sets the two session variables on its cursors."""

    def configure_connection(self, conn: Any) -> None:
        found = environment.read()
        files = [Path(name).resolve().parent for name in (found.warehouse, found.marts) if name]
        conn.execute("set global timezone = 'UTC'")
        warehouse.lock_down(conn, *files, environment.PROJECT_ROOT / "dbt_project" / "seeds")

    def configure_cursor(self, cursor: Any) -> None:
        # Nothing logs this cursor.
        cursor.execute(self._variables)

    @cached_property
    def _variables(self) -> str:
        """Sets both variables; made once a build, which opens hundreds of cursors with one key."""
        # A tenant may be named by its folder; its key goes by the folder's last name.
        inner, outer = pads(load_key(Path(environment.read().tenant).name))
        # Hex literals, because SET VARIABLE takes no prepared parameters.
        return (
            f"set variable pseudonym_inner = unhex('{inner.hex()}');"
            f"set variable pseudonym_outer = unhex('{outer.hex()}')"
        )
