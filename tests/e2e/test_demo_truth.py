"""What is published is what the world planted: files, people, life cycles, consents, and who falls silent."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pytest

from orchestration import served
from tests.e2e.house import LAST, PEOPLE, Built

Row = tuple[object, ...]


@dataclass(frozen=True)
class Sides:
    """The published file and the truths, asked in the same words."""

    connection: duckdb.DuckDBPyConnection
    truth_folder: str
    user_keys: Mapping[str, str]
    secret: str

    def published(self, query: str) -> list[Row]:
        return self.connection.execute(query).fetchall()

    def truth(self, name: str, columns: str, condition: str = "true") -> list[Row]:
        path = f"{self.truth_folder}/{name}.parquet"
        return self.connection.execute(
            f"select {columns} from read_parquet('{path}') where {condition}"
        ).fetchall()


def _user_key(secret: str, person: str) -> str:
    """The pseudonym as the documents promise it, by the standard library."""
    return hmac.new(secret.encode(), person.encode(), hashlib.sha256).hexdigest()


@pytest.fixture(scope="module")
def sides(built: Built) -> Iterator[Sides]:
    # A connection of the test's own: the project's see no folder of truths.
    with duckdb.connect(str(served.current(built.house.data)), read_only=True) as connection:
        bare = Sides(connection, str(built.truth), {}, "")
        devices: dict[object, list[str]] = {}
        for person, device in bare.truth("devices", "person_id, device_id"):
            devices.setdefault(person, []).append(str(device))
        # People who never registered are named after the first of their devices.
        named = {
            str(person): f"u:{user}" if user else f"a:{min(devices[person])}"
            for person, user in bare.truth("people", "person_id, user_id")
        }
        secret = built.house.variables["USEROPS_PSEUDONYM_KEY"]
        keys = {person: _user_key(secret, name) for person, name in named.items()}
        yield Sides(connection, str(built.truth), keys, secret)


def test_every_file_is_counted_as_it_was_written(sides: Sides) -> None:
    found = sides.published(
        "select feed, entity, file, physical, accepted, quarantined, duplicate from marts.rpt_loads"
    )
    columns = "feed, entity, file, physical, accepted, malformed, duplicate"
    # A file with the bytes of another is that other file and has no load of its own.
    planted = sides.truth("files", columns, "copy_of is null")
    assert sorted(found) == sorted(planted)
    assert sum(row[5] for row in planted) > 0, "the world has malformed records"
    assert sum(row[6] for row in planted) > 0, "the world has repeated records"


def test_refused_records_are_those_that_were_spoiled(sides: Sides, built: Built) -> None:
    with built.house.night().warehouse.open_layer("raw") as connection:
        found = connection.execute("select feed, sum(records) from raw.quarantine group by feed").fetchall()
    # A file with the bytes of another is not loaded again, nor are its broken lines.
    copies = f"select file from read_parquet('{sides.truth_folder}/files.parquet') where copy_of is not null"
    planted = Counter(feed for (feed,) in sides.truth("malformed", "feed", f"file not in ({copies})"))
    assert dict(found) == planted


def test_people_are_told_apart_and_their_devices_together(sides: Sides) -> None:
    found = [key for (key,) in sides.published("select user_key from marts.dim_users")]
    assert len(found) == PEOPLE
    assert set(found) == set(sides.user_keys.values())


def test_accounts_are_one_person_exactly_where_the_world_says_so(sides: Sides) -> None:
    """Precision and recall of every pair of accounts, told by who ends up under one key."""
    secret = sides.secret
    owner = {
        _user_key(secret, f"u:{user}"): str(person)
        for user, person in sides.truth("accounts", "user_id, person_id")
    }
    found = dict(
        sides.published(
            "select identifier_key, user_key from marts.dim_identities where id_type = 'user_id'"
            " union select linked_identifier_key, linked_user_key from marts.dim_identities"
            " where linked_id_type = 'user_id'"
        )
    )
    assert found.keys() == owner.keys()
    linked = Counter(found.values())
    planted = Counter(owner.values())
    assert sum(n > 1 for n in planted.values()) >= 2, "the world has second accounts"
    assert {key: sides.user_keys[person] for key, person in owner.items()} == found
    assert sorted(linked.values()) == sorted(planted.values())


def test_what_a_family_or_an_office_shares_is_listed_and_joins_nobody(sides: Sides) -> None:
    statuses = {
        (str(kind), str(status), str(reason)): int(str(people))
        for kind, status, reason, people in sides.published(
            "select id_type, status, reason, count(distinct linked_identifier_key)"
            " from marts.dim_identities where evidence in ('same_email', 'same_phone', 'seen_together')"
            " group by all"
        )
    }
    (office,) = sides.truth("accounts", "count(*)", "email = 'office@example.test'")
    assert statuses["email", "over_cap", "too_many_users"] == office[0] > 2
    (mistaken,) = sides.truth("accounts", "count(*)", "not is_verified")
    assert statuses["email", "excluded", "unverified"] == mistaken[0] > 0
    relatives = sides.truth("accounts", "phone, count(distinct person_id)", "true group by phone")
    assert statuses["phone", "over_cap", "too_many_users"] == sum(int(str(n)) - 1 for _, n in relatives) > 0
    shared = sides.truth("devices", "device_id", "user_id is not null group by 1 having count(*) > 1")
    assert statuses.get(("anonymous_id", "over_cap", "too_many_users"), 0) >= min(len(shared), 1)


def test_an_account_untied_again_is_told_and_joins_nobody(sides: Sides) -> None:
    found = sides.published(
        "select linked_identifier_key, withdrawn_at, id_type, evidence, status, user_key"
        " from marts.dim_identities where reason = 'withdrawn' or withdrawn_at is not null"
    )
    planted = [
        (_user_key(sides.secret, f"u:{user}"), at, "wechat_openid", "declared", "excluded", None)
        for user, at in sides.truth("withdrawn_links", "user_id, withdrawn_at")
    ]
    assert len(planted) >= 2
    assert sorted(found) == sorted(planted)


def test_goods_that_came_back_are_counted_by_product(sides: Sides) -> None:
    found = sides.published(
        "select product_id, units_returned from marts.rpt_products where units_returned > 0"
    )
    planted = sides.truth("returns", "product_id, units")
    assert len(planted) > 10
    assert sorted(found) == sorted(planted)


def test_a_screen_left_on_is_one_session_cut_after_a_day(sides: Sides) -> None:
    """26 hours of an advert every 20 minutes: 72 in the first 24 hours, 7 in what is cut off."""
    found = sides.published(
        "select user_key, started_at, event_count from marts.fct_sessions where is_capped"
    )
    planted = [
        (sides.user_keys[str(person)], since, 7)
        for person, since in sides.truth("screens_left_on", "person_id, since + interval 24 hour")
    ]
    assert len(planted) >= 2
    assert sorted(found) == sorted(planted)


def test_a_device_of_one_person_brings_all_its_sessions_to_that_person(sides: Sides) -> None:
    found = dict(
        sides.published("select user_key, count(distinct session_day) from marts.fct_sessions group by 1")
    )
    shared = {p for (p,) in sides.truth("people", "person_id", "shares_device")}
    # A guest on somebody's device is known by what they do signed in, which is not all they do.
    planted = sides.truth("people", "person_id, active_days", "active_days > 0")
    lacking = [
        person
        for person, days in planted
        if person not in shared and found.get(sides.user_keys[str(person)], 0) < days
    ]
    assert lacking == []


def test_active_days_are_those_lived(sides: Sides) -> None:
    found = sides.published("select user_key, day from marts.fct_user_days where core_event_count > 0")
    planted = [(sides.user_keys[str(p)], day) for p, day in sides.truth("active_days", "person_id, day")]
    assert sorted(found) == sorted(planted)


def test_life_cycles_are_those_lived(sides: Sides) -> None:
    found = sides.published("select user_key, state, from_day, to_day from marts.fct_lifecycle_spans")
    planted = [
        (sides.user_keys[str(person)], *span)
        for person, *span in sides.truth("lifecycle_spans", "person_id, state, from_day, to_day")
    ]
    assert sorted(found) == sorted(planted)


def test_the_last_word_on_every_consent_holds(sides: Sides) -> None:
    users = dict(sides.truth("people", "user_id, person_id", "user_id is not null"))
    found = {
        (key, purpose): status
        for key, purpose, status in sides.published(
            "select user_key, purpose, status from marts.fct_consents"
        )
    }
    planted = {
        (sides.user_keys[str(users[user])], purpose): status
        for user, purpose, status in sides.truth("consents", "user_id, purpose, status")
    }
    assert planted
    assert {key: found.get(key) for key in planted} == planted


def test_who_was_reached_and_who_was_left_out_is_counted_per_campaign(sides: Sides) -> None:
    found = {
        campaign: (treated, held)
        for campaign, treated, held in sides.published(
            "select campaign_id, treated_people, held_out_people from marts.rpt_campaigns"
            " where treated_people is not null"
        )
    }
    planted = {
        campaign: (treated, held)
        for campaign, treated, held in sides.truth(
            "campaigns", "campaign_id, treated, held_out", "holdout_share > 0 and treated + held_out > 0"
        )
    }
    assert found == planted


def test_the_last_named_touch_praises_what_is_shown_before_purchases(sides: Sides) -> None:
    """R001 caused nothing, and what was bought after it is credited to it as the last that was not direct."""
    ((lift,),) = sides.truth("campaigns", "lift", "campaign_id = 'R001'")
    assert lift == 0
    ((credited, revenue),) = sides.published(
        "select conversions_last_non_direct, revenue_last_non_direct from marts.rpt_campaigns"
        " where campaign_id = 'R001'"
    )
    assert float(str(credited)) >= 5
    assert float(str(revenue)) > 0


def test_churn_scores_know_who_falls_silent(sides: Sides) -> None:
    planted = {
        sides.user_keys[str(person)]: float(str(chance))
        for person, chance in sides.truth(
            "silence", "person_id, silence_probability", f"as_of = date '{LAST}'"
        )
    }
    scores = dict(sides.published("select user_key, churn_probability from marts.fct_churn_scores"))
    assert len(scores) > PEOPLE / 3
    assert scores.keys() <= planted.keys(), "only people active in the lookback are scored"
    chances = [planted[str(key)] for key in scores]
    best = _expected_auc(chances, chances)
    found = _expected_auc([float(str(score)) for score in scores.values()], chances)
    # The horizon lies beyond the world's last day, so the yardstick is the planted chance itself;
    # nobody who does not know it can beat `best`, and guessing gives a half.
    assert found > 0.5 + (best - 0.5) / 2


def _expected_auc(scores: Sequence[float], chances: Sequence[float]) -> float:
    """The area under the curve to expect if everybody falls silent with their own chance."""
    won = total = 0.0
    for score, chance in zip(scores, chances, strict=True):
        for other, other_chance in zip(scores, chances, strict=True):
            weight = chance * (1 - other_chance)
            total += weight
            won += weight * ((score > other) + 0.5 * (score == other))
    return won / total
