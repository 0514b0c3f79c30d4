"""Snowplow's web package, version 0.15.2: its own test input, and the answers it expects."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tests.company import Company
from tests.peers.published import PEERS, given, rows

SITE = "snowplow_web_0.15.2/integration_tests/data"
# What the package does by itself, a company of ours says in a feed and in its settings. The events'
# user_id names the test's case, so the site is one without a login: who has no cookie is told apart
# by the session.
FEED = """
feed: site
preset: snowplow_events
source: {path: "${LANDING}/snowplow_web_events.csv"}
skip_when: >-
  domain_sessionid is null
  or epoch(cast(dvce_sent_tstamp as timestamp)) - epoch(cast(dvce_created_tstamp as timestamp)) > 3 * 86400
columns:
  user_id: "null"
  anonymous_id: coalesce(domain_userid, domain_sessionid)
"""
# A visitor whose cookie changes within a session is one visitor: the session is evidence of it.
LINKS = """
feed: links
source: {kind: files, path: "${LANDING}/snowplow_web_events.csv"}
entity: identities
time_zone: UTC
skip_when: domain_userid is null or domain_sessionid is null
columns:
  id_type: "'anonymous_id'"
  id: domain_userid
  linked_id_type: "'session'"
  linked_id: domain_sessionid
  linked_at: derived_tstamp
  evidence: "'session'"
"""
CONSENTS = """
feed: consents
preset: snowplow_consents
source: {path: "${LANDING}/snowplow_web_events.csv"}
entities:
  consents: {columns: {user_id: domain_userid}}
  identities: {columns: {linked_id: domain_userid}}
"""
SETTINGS = {
    "business_time_zone": "Etc/UTC",
    "base_currency": "USD",
    "trust_source_sessions": ["site"],
    "session_cap_hours": 72,
    "view_events": ["page_view", "page_ping"],
    "view_property": "page_view_id",
    "heartbeat_events": ["page_ping"],
    "heartbeat_seconds": 5,
}


@pytest.fixture(scope="module")
def site(company: Company) -> Company:
    company.take(given("peers", *f"{SITE}/source/snowplow_web_events.csv".split("/")))
    company.settings(**SETTINGS)
    company.feed(FEED)
    company.feed(LINKS)
    company.feed(CONSENTS)
    company.night(date(2021, 3, 31))
    return company


@pytest.fixture(scope="module")
def sessions(site: Company) -> pd.DataFrame:
    """Our sessions by the source's id; what the cap cut off, and sessions without a view, set apart."""
    return site.query(
        """
        select events.session_id as source_id, sessions.*
        from public_db.marts.fct_sessions as sessions
        inner join (
            select built.session_id as built_id, min(staged.session_id) as session_id
            from public_db.marts.fct_events as built
            inner join staging.stg_events as staged on built.event_id = staged.event_id
            group by built.session_id
        ) as events on sessions.session_id = events.built_id
        where sessions.view_count > 0 and not sessions.is_capped
        """
    )


def test_all_sessions_have_their_start_end_events_and_page_views(sessions: pd.DataFrame) -> None:
    expected = {
        row["domain_sessionid"]: (
            pd.Timestamp(row["start_tstamp"]),
            pd.Timestamp(row["end_tstamp"]),
            int(row["total_events"]),
            int(row["page_views"]),
        )
        for row in rows(PEERS / SITE / "expected/default/snowplow_web_sessions_expected.csv")
    }
    found = {
        row.source_id: (row.started_at, row.ended_at, row.event_count, row.view_count)
        for row in sessions.itertuples()
    }
    assert len(expected) == 18
    assert found == expected


def test_what_the_cap_cuts_off_is_flagged(site: Company) -> None:
    (theirs,) = rows(PEERS / SITE / "expected/snowplow_web_base_quarantined_sessions_expected.csv")
    capped = site.query(
        """
        select distinct staged.session_id
        from public_db.marts.fct_events as built
        inner join staging.stg_events as staged on built.event_id = staged.event_id
        inner join public_db.marts.fct_sessions as sessions on built.session_id = sessions.session_id
        where sessions.is_capped
        """
    )
    # Theirs, and the one that is back after eight months, which they had let go by then.
    late = next(
        row["domain_sessionid"]
        for row in rows(PEERS / SITE / "expected/default/snowplow_web_sessions_expected.csv")
        if row["start_tstamp"].startswith("2020-07-03")
    )
    assert set(capped["session_id"]) == {theirs["session_id"], late}


def test_page_views_are_distinct_views(site: Company, sessions: pd.DataFrame) -> None:
    expected = rows(PEERS / SITE / "expected/snowplow_web_page_views_expected.csv")
    found = site.query(
        """
        select json_extract_string(staged.properties, '$.page_view_id') as page_view_id, built.session_id
        from public_db.marts.fct_events as built
        inner join staging.stg_events as staged on built.event_id = staged.event_id
        where built.is_view and built.event_name = 'page_view'
        """
    )
    counted = found[found["session_id"].isin(sessions["session_id"])]
    assert len(expected) == 43
    assert sorted(counted["page_view_id"]) == sorted(row["page_view_id"] for row in expected)


def test_users_have_their_sessions(site: Company, sessions: pd.DataFrame) -> None:
    people = site.query(
        "select id, user_key from intermediate.int_users__identifiers where id_type = 'anonymous_id'"
    ).set_index("id")["user_key"]
    expected = {
        people[row["domain_userid"]]: (
            pd.Timestamp(row["start_tstamp"]),
            pd.Timestamp(row["end_tstamp"]),
            int(row["sessions"]),
        )
        for row in rows(PEERS / SITE / "expected/snowplow_web_users_expected.csv")
    }
    by_person = sessions.groupby("user_key")
    found = {
        who: (of_one["started_at"].min(), of_one["ended_at"].max(), len(of_one)) for who, of_one in by_person
    }
    assert len(expected) == 11
    assert {who: found[who] for who in expected} == expected
    # The twelfth came without a cookie; they have no row for him, we know him by his session.
    assert len(found) == 12


def test_consent_is_the_latest_status_of_each_visitor(site: Company) -> None:
    expected = {
        row["domain_userid"]: (
            (
                pd.Timestamp(row["last_consent_event_tstamp"]),
                "granted" if "statistics" in row["last_consent_scopes"] else "withdrawn",
            )
            if row["last_consent_event_tstamp"]
            else None
        )
        for row in rows(PEERS / SITE / "expected/snowplow_web_consent_users_expected.csv")
    }
    found = site.query(
        """
        select identifiers.id, consents.changed_at, consents.status
        from intermediate.int_users__identifiers as identifiers
        left join public_db.marts.fct_consents as consents
            on identifiers.user_key = consents.user_key and consents.purpose = 'analytics'
        where identifiers.id_type = 'anonymous_id'
        """
    )
    decided = {
        row.id: None if pd.isna(row.changed_at) else (row.changed_at, row.status)
        for row in found.itertuples()
    }
    assert {who: decided[who] for who in expected} == expected
    # One of them has only been shown the banner, and has decided nothing.
    assert len(expected) == 26
    assert list(expected.values()).count(None) == 1
    assert {who for who, status in decided.items() if status} <= expected.keys()
