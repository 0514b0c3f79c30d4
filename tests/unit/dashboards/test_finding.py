"""Who is found by what they are called: only with the key, and never one of two."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest

from dashboards import finding
from dashboards.published import Published

KEY = b"a key for tests only"


def _hmac(text: str) -> str:
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """Ann by number, e-mail and phone; Bo by number; both by one shared device."""
    ann, bo = _hmac("u:U1"), _hmac("u:U2")
    rows = [
        (ann, _hmac("email:ann@example.test"), "email", ann, ann, "user_id"),
        (ann, _hmac("phone:+8613800000000"), "phone", ann, ann, "user_id"),
        (ann, _hmac("a:shared"), "anonymous_id", ann, ann, "user_id"),
        (bo, _hmac("a:shared"), "anonymous_id", bo, bo, "user_id"),
    ]
    path = tmp_path / "current.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_user_profiles (user_key varchar)")
        connection.executemany("insert into marts.dim_user_profiles values (?)", [[ann], [bo]])
        connection.execute(
            "create table marts.dim_identities (user_key varchar, identifier_key varchar, id_type varchar,"
            " linked_user_key varchar, linked_identifier_key varchar, linked_id_type varchar)"
        )
        connection.executemany("insert into marts.dim_identities values (?, ?, ?, ?, ?, ?)", rows)
    return Published(path)


@pytest.mark.parametrize(
    "who", ["U1", " U1 ", "ann@example.test", "Ann@Example.test", "+8613800000000", "+86 138-0000-0000"]
)
def test_a_person_is_found_by_what_they_are_called_only_with_the_key(published: Published, who: str) -> None:
    assert finding.find(published, who, KEY) == _hmac("u:U1")
    assert finding.find(published, who, None) == ""
    assert finding.find(published, who, b"another key") == ""


def test_a_pseudonym_needs_no_key(published: Published) -> None:
    assert finding.find(published, f" {_hmac('u:U2')} ", None) == _hmac("u:U2")


@pytest.mark.parametrize("who", ["shared", "", "U3", "x' or true --", "%"])
def test_two_people_or_nobody_find_nobody(published: Published, who: str) -> None:
    assert finding.find(published, who, KEY) == ""
