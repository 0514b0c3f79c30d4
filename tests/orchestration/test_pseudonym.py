"""People are keyed by a keyed HMAC: the same in SQL and Python, and the key is kept close."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration import environment, pseudonym, pseudonym_key, warehouse
from orchestration.pseudonym_key import KeyUnreadable

MACRO = environment.PROJECT_ROOT / "dbt_project" / "macros" / "pseudonym.sql"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for keys, in place of the project's own."""
    place = tmp_path / "project"
    place.mkdir()
    monkeypatch.setattr(environment, "PROJECT_ROOT", place)
    return place / ".secrets"


def _sql() -> str:
    """The body of the DuckDB macro, its argument put in the place of a parameter."""
    found = re.search(
        r"macro duckdb__pseudonym\(identifier\) -%}(.*?){%- endmacro", MACRO.read_text(), re.DOTALL
    )
    assert found is not None
    return found.group(1).replace("{{ identifier }}", "$1")


def _in_sql(connection: duckdb.DuckDBPyConnection, key: bytes, identifier: str) -> str:
    inner, outer = pseudonym_key.pads(key)
    connection.execute(f"set variable pseudonym_inner = unhex('{inner.hex()}')")
    connection.execute(f"set variable pseudonym_outer = unhex('{outer.hex()}')")
    row = connection.execute(f"select {_sql()}", [identifier]).fetchone()
    assert row is not None
    return str(row[0])


@settings(max_examples=150, deadline=None)
@given(key=st.binary(min_size=1, max_size=200), identifier=st.text(max_size=80))
def test_sql_and_python_give_a_person_the_same_key(key: bytes, identifier: str) -> None:
    # DuckDB's text holds no surrogates; neither does any file that was decoded.
    identifier = identifier.encode("utf-8", "ignore").decode()
    expected = hmac.new(key, identifier.encode(), hashlib.sha256).hexdigest()
    assert pseudonym_key.user_key(identifier, key) == expected
    with warehouse.scratch() as connection:
        assert _in_sql(connection, key, identifier) == expected


@pytest.mark.parametrize("size", [1, 63, 64, 65, 128, 500])
def test_keys_around_the_block_size_agree_with_rfc_2104(size: int) -> None:
    key = bytes(range(256)) * 2
    with warehouse.scratch() as connection:
        assert _in_sql(connection, key[:size], "u:小明") == pseudonym_key.user_key("u:小明", key[:size])


def test_the_first_run_makes_a_key_only_its_owner_can_read(secrets: Path) -> None:
    made = pseudonym_key.load_key("corner_shop")
    path = secrets / "corner_shop.key"
    assert len(made) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert pseudonym_key.load_key("corner_shop") == made
    assert pseudonym_key.load_key("other_shop") != made


def test_first_runs_launched_together_agree_on_one_key(secrets: Path) -> None:
    start = threading.Barrier(8)
    found: list[bytes] = []

    def first_run() -> None:
        start.wait()
        found.append(pseudonym_key.load_key("corner_shop"))

    runs = [threading.Thread(target=first_run) for _ in range(8)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(found) == 8
    assert set(found) == {(secrets / "corner_shop.key").read_bytes()}
    assert [path.name for path in secrets.iterdir()] == ["corner_shop.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_others_can_read_is_refused(secrets: Path, mode: int) -> None:
    pseudonym_key.load_key("corner_shop")
    (secrets / "corner_shop.key").chmod(mode)
    with pytest.raises(KeyUnreadable, match=r"corner_shop\.key can be read by others: run chmod 600"):
        pseudonym_key.load_key("corner_shop")


def test_an_empty_key_is_refused(secrets: Path) -> None:
    pseudonym_key.load_key("corner_shop")
    (secrets / "corner_shop.key").write_text("\n")
    with pytest.raises(KeyUnreadable, match="is empty"):
        pseudonym_key.load_key("corner_shop")


def test_a_key_given_by_the_environment_makes_no_file(secrets: Path, key: bytes) -> None:
    assert pseudonym_key.load_key("corner_shop") == key
    assert not secrets.exists()


@pytest.mark.parametrize("named", ["corner_shop", "tenants/corner_shop", "/srv/tenants/corner_shop/"])
def test_dbt_keys_people_alike_however_the_tenant_is_named(named: str, secrets: Path) -> None:
    key = pseudonym_key.load_key("corner_shop")
    environment.write("tenant", named)
    plugin = pseudonym.Plugin.__new__(pseudonym.Plugin)
    with warehouse.scratch() as connection:
        plugin.configure_cursor(connection)
        row = connection.execute(f"select {_sql()}", ["u:1"]).fetchone()
    assert row == (pseudonym_key.user_key("u:1", key),)
    assert [path.name for path in secrets.iterdir()] == ["corner_shop.key"]
