"""The pseudonym key of a tenant: where it lies, how it is made, and what it makes of an identifier."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from orchestration import environment
from orchestration.errors import Unusable

BLOCK = 64


class KeyUnreadable(Unusable):
    """The pseudonym key is missing, unreadable, or open to others."""


def key_path(tenant_name: str) -> Path:
    """Where a tenant's key lies: beside the project, never inside its data folder."""
    return environment.PROJECT_ROOT / ".secrets" / f"{tenant_name}.key"


def load_key(tenant_name: str) -> bytes:
    """The tenant's key: from the environment, else from its file, made at the first run."""
    given = environment.read().pseudonym_key
    if given:
        return given.encode()
    path = key_path(tenant_name)
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise KeyUnreadable(f"{path.name} can be read by others: run chmod 600 on it")
    key = path.read_bytes().strip()
    if not key:
        raise KeyUnreadable(f"{path.name} is empty: put the key back, or remove it to make a new one")
    return key


def _make(path: Path) -> None:
    """Write a new key whole or not at all; of several first runs, one key wins."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(beside)


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer padded keys of HMAC-SHA256 (64 bytes each, RFC 2104)."""
    block = hashlib.sha256(key).digest() if len(key) > BLOCK else key
    block = block.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def user_key(person_id: str, key: bytes) -> str:
    """The pseudonym of a person id, as the SQL macro computes it (64 hex digits)."""
    return hmac.new(key, person_id.encode(), hashlib.sha256).hexdigest()
