"""`identity.yml` is understood whole or refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import tenant
from orchestration.identity import Identity
from orchestration.tenant import TenantError

PAIR = "{id_type: user_id, id: u%s, linked_id_type: user_id, linked_id: u%s}"


def _written(folder: Path, text: str) -> Identity:
    (folder / "identity.yml").write_text(text, encoding="utf-8")
    return tenant.load(str(folder)).identity


def test_a_tenant_without_the_file_joins_accounts_of_one_address(folder: Path) -> None:
    found = tenant.load(str(folder)).identity
    assert found == Identity()
    assert set(found.joins_users) == {"email"}


def test_kinds_are_read_as_staging_writes_them(folder: Path) -> None:
    found = _written(folder, "joins_users:\n  ' Loyalty_Card ': {at_most: 5}\n")
    assert found.joins_users["loyalty_card"].at_most == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("joins: {}\n", r"line 1: joins: unknown key"),
        ("joins_users:\n  email: {at_most: 1}\n", r"line 2: joins_users\.email\.at_most: .*greater"),
        ("joins_users: {user_id: {}}\n", r"user_id joins nothing but by declaration"),
        ("joins_users: {email: {verified_by: \"it's\"}}\n", r"verified_by"),
        ("phone_country_code: +86\n", r"phone_country_code"),
        (f"apart:\n  - {PAIR % (1, 1)}\n", r"line 2: .*a pair needs two identifiers"),
        (f"together: [{PAIR % (1, 2)}, {PAIR % (2, 3)}]\napart: [{PAIR % (3, 1)}]\n", r"pair 1 are also"),
        (
            "together:\n  - {id_type: user_id, id: u1, linked_id_type: email, linked_id: x}\n",
            r"users are put together with users",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_obeyed_is_refused(folder: Path, text: str, said: str) -> None:
    with pytest.raises(TenantError, match=rf"identity\.yml, .*{said}") as refused:
        _written(folder, text)
    assert "u1" not in str(refused.value), "an identifier is personal data"
