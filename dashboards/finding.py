"""From what a person is called to their pseudonym: as such, or by the key where it is configured."""

from __future__ import annotations

from pathlib import Path

from dashboards.published import Missing, Published
from orchestration import environment, pseudonym_key

# The first letters of an identifier in the identity graph; every other type goes by its own name.
SHORT = {"user_id": "u", "anonymous_id": "a"}


def key_of(tenant: str) -> bytes | None:
    """The tenant's key where it is configured; none is made here."""
    if environment.read().pseudonym_key or pseudonym_key.key_path(Path(tenant).name).exists():
        return pseudonym_key.load_key(Path(tenant).name)
    return None


def find(published: Published, who: str, key: bytes | None) -> str:
    """The pseudonym of whom the text names, or nothing."""
    text = who.strip()
    try:
        known = published.frame(
            "select user_key from marts.dim_user_profiles where user_key = $who", {"who": text}
        )
        if len(known):
            return text
        return _by_key(published, text, key) if key is not None and text else ""
    except Missing:
        return ""


def _by_key(published: Published, text: str, key: bytes) -> str:
    types = published.frame("select distinct id_type from marts.dim_identities order by 1")["id_type"]
    names = [*SHORT.values(), *(str(kind) for kind in types if kind not in SHORT)]
    # As given, and as the identity graph writes addresses and numbers down.
    written = dict.fromkeys((text, text.lower(), text.replace(" ", "").replace("-", "")))
    keys = [pseudonym_key.user_key(f"{name}:{form}", key) for name in names for form in written]
    found = published.frame(
        """
        select user_key from marts.dim_identities where list_contains($keys, identifier_key)
        union
        select linked_user_key from marts.dim_identities where list_contains($keys, linked_identifier_key)
        union
        select user_key from marts.dim_user_profiles where list_contains($keys, user_key)
        """,
        {"keys": keys},
    )["user_key"].dropna()
    # One name for several people finds nobody: a guess would show the wrong one.
    return str(found.iloc[0]) if found.nunique() == 1 else ""
