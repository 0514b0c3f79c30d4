"""The dbt-duckdb plugin that lends the pseudonym key to SQL without ever printing it.

HMAC-SHA256 needs only the two padded halves of the key, so SQL computes it from two session
variables. The key itself never reaches dbt's variables, compiled files or logs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration import environment
from orchestration.pseudonym_key import KeyUnreadable, key_path, load_key, pads, user_key

__all__ = ["KeyUnreadable", "Plugin", "key_path", "load_key", "pads", "user_key"]


class Plugin(BasePlugin):
    """Sets the two session variables on every cursor dbt opens."""

    def configure_cursor(self, cursor: Any) -> None:
        # A tenant may be named by its folder; its key goes by the folder's last name.
        inner, outer = pads(load_key(Path(environment.read().tenant).name))
        # Hex literals, because SET VARIABLE takes no prepared parameters; nothing logs this cursor.
        cursor.execute(f"set variable pseudonym_inner = unhex('{inner.hex()}')")
        cursor.execute(f"set variable pseudonym_outer = unhex('{outer.hex()}')")
