"""What hostile, careless and merely unusual identifiers come to, and how a link is undone."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from tests.dbt.intermediate.conftest import Source

Row = dict[str, object]
START = datetime(2026, 6, 1)
PLACE = {"_file": "f", "_file_sha256": "s", "_loaded_on": "2026-06-30", "_feed": "crm"}
IDENTITY: Row = {
    "joins_users": {
        "email": {"at_most": 2, "verified_by": "email_ok"},
        "phone": {"at_most": 2, "verified_by": None},
    },
    "declared_at_most": 50,
    "never_link": {},
    "phone_country_code": "86",
    "device_property": None,
    "together": [],
    "apart": [],
    "largest_person": 100,
    "matching": {"threshold": None},
}
CROWD = 3000


def _link(line: int, kind: str, id_: str, linked_kind: str, linked_id: str, evidence: str = "form") -> Row:
    pair = {"id_type": kind, "id": id_, "linked_id_type": linked_kind, "linked_id": linked_id}
    return pair | {"linked_at": START, "evidence": evidence, "_line": line} | PLACE


def _user(line: int, user: str, email: str | None = None, phone: str | None = None, ok: str = "yes") -> Row:
    return {
        "user_id": user,
        "registered_at": START,
        "updated_at": START,
        "email": email,
        "phone": phone,
        "attributes": f'{{"email_ok":"{ok}"}}',
        "_line": line,
    } | PLACE


def _events(pairs: list[tuple[str | None, str]]) -> list[Row]:
    return [
        {
            "event_id": f"e{n}",
            "event_name": "x",
            "occurred_at": START,
            "user_id": user,
            "anonymous_id": device,
        }
        | {"_line": n}
        | PLACE
        for n, (user, device) in enumerate(pairs)
    ]


def _people(source: Source) -> dict[str, str]:
    """The person of every identifier, by its node."""
    rows = source.house.table("intermediate.int_users__identifiers")
    return dict(zip(rows["node"], rows["person_id"], strict=True))


def test_what_thousands_share_joins_nobody(source: Source) -> None:
    crowd = [f"u{n:04}" for n in range(CROWD)]
    users = [_user(n, user, "info@acme.test", "100 1234 5678") for n, user in enumerate(crowd)]
    links = [_link(n, "user_id", "hub", "user_id", user) for n, user in enumerate(crowd)]
    source.build(
        {"users": users, "events": _events([(user, "kiosk") for user in crowd]), "identities": links},
        identity=IDENTITY,
    )
    people = _people(source)
    assert {people[f"u:{user}"] for user in crowd} == {f"u:{user}" for user in crowd}
    assert people["u:hub"] == "u:hub"
    assert people["a:kiosk"] == "u:u0000", "logged out it is its first user's"
    assert "email:info@acme.test" not in people, "a crowd's address is nobody's"
    listed = source.house.table("intermediate.int_users__links")
    assert len(listed) == 4 * CROWD


def test_odd_identifiers_are_who_they_are(source: Source) -> None:
    users = [
        _user(0, "a1", "A@x.test"),
        _user(1, "a2", " a@X.TEST "),
        # b2 types the address of b1 and never confirms it
        _user(2, "b1", "b@x.test"),
        _user(3, "b2", "b@x.test", ok="no"),
        # one number, written four ways, of which two belong together
        _user(4, "p1", phone="+86 100-0000-1111"),
        _user(5, "p2", phone="0086 10000001111"),
        _user(6, "q1", phone="010000002222"),
        _user(7, "q2", phone="(100) 0000 2222"),
        _user(8, "t1", "test@test.com", "000-0000-0000"),
        _user(9, "t2", "test@test.com", "000-0000-0000"),
    ]
    cycle = [*pairwise(["c1", "c2", "c3"]), ("c3", "c1")]
    links = [
        *(_link(n, "user_id", a, "user_id", b) for n, (a, b) in enumerate(cycle)),
        _link(10, "user_id", "s1", "user_id", "s1"),
        _link(11, "Loyalty Card", "🐉-7", "user_id", "عميل-١"),
        _link(12, "anonymous_id", "设备一", "user_id", "عميل-١"),
        _link(13, "user_id", "it's; drop table x --", "user_id", "عميل-١"),
        _link(14, "fax", "1", "telex", "2"),
    ]
    events = _events([("عميل-١", "👩‍👩‍👧"), (None, "设备一"), ("null", "d1"), (None, "d1")])
    source.build({"users": users, "identities": links, "events": events}, identity=IDENTITY)
    people = _people(source)
    assert people["u:a1"] == people["u:a2"] == people["email:a@x.test"] == "u:a1"
    assert (people["u:b1"], people["u:b2"]) == ("u:b1", "u:b2")
    assert people["email:b@x.test"] == "u:b1"
    assert (people["u:p1"], people["u:p2"]) == ("u:p1", "u:p1")
    assert (people["u:q1"], people["u:q2"]) == ("u:q1", "u:q1")
    assert (people["u:t1"], people["u:t2"]) == ("u:t1", "u:t2")
    assert {people[f"u:c{n}"] for n in (1, 2, 3)} == {"u:c1"}
    assert people["u:s1"] == "u:s1"
    of_the_dragon = {"loyalty card:🐉-7", "a:设备一", "a:👩‍👩‍👧", "u:عميل-١", "u:it's; drop table x --"}
    assert {people[node] for node in of_the_dragon} == {"u:it's; drop table x --"}
    assert people["a:d1"] == "a:d1", "a user called null owns nothing"
    assert "fax:1" not in people, "addresses nobody used are no person"


@pytest.mark.parametrize("way", ["rule", "withdrawn"])
def test_a_link_undone_leaves_no_trace_in_anybodys_history(source: Source, way: str) -> None:
    users = [_user(0, "u1"), _user(1, "u2")]
    events = _events([("u1", "d1"), ("u2", "d2"), (None, "d1"), (None, "d2")])
    link = _link(0, "user_id", "u2", "user_id", "u1")
    source.build({"users": users, "events": events}, identity=IDENTITY)
    never = source.tables()
    source.build({"users": users, "events": events, "identities": [link]}, identity=IDENTITY)
    assert _people(source)["a:d2"] == "u:u1"
    pair = {"id_type": "user_id", "id": "u1", "linked_id_type": "user_id", "linked_id": "u2"}
    withdrawn = _link(1, "user_id", "u1", "user_id", "u2", "withdrawn")
    source.build(
        {
            "users": users,
            "events": events,
            "identities": [link, *([withdrawn] if way == "withdrawn" else [])],
        },
        identity=IDENTITY | ({"apart": [pair]} if way == "rule" else {}),
    )
    undone = source.tables()
    spoken_of = {"staging.stg_identities", "intermediate.int_users__links"}
    assert {name for name, rows in never.items() if not rows.equals(undone[name])} == spoken_of
