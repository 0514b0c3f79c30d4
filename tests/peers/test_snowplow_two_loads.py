"""dbt-labs' Snowplow package: six events, then three more the next night, and what it expects of both.

The package keeps the page view's id in a table beside the events; it is joined to them here, as in an
export of the atomic events. Its answers are wall-clock times in New York.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tests.company import Company
from tests.peers.published import PEERS, given, rows

SEEDS = PEERS / "dbtlabs_snowplow" / "integration_tests" / "seeds"
CONTEXT = "contexts_com_snowplowanalytics_snowplow_web_page_1_0_0"
FEED = """
feed: site
preset: snowplow_events
source: {path: "${LANDING}/sp_event*.csv", null_values: ["NULL"]}
"""
SETTINGS = {
    "business_time_zone": "America/New_York",
    "base_currency": "USD",
    "trust_source_sessions": ["site"],
    "view_events": ["page_view", "page_ping"],
    "view_property": "page_view_id",
}
PAIR = (
    ("sp_event.csv", "sp_web_page.csv", date(2018, 1, 1)),
    ("sp_event_update.csv", "sp_web_page_update.csv", date(2018, 1, 2)),
)


@pytest.fixture(scope="module")
def site(company: Company) -> Company:
    given("peers", "dbtlabs_snowplow")
    company.settings(**SETTINGS)
    company.feed(FEED)
    for events, pages, night in PAIR:
        views = {row["root_id"]: row["id"] for row in rows(SEEDS / "web_page" / pages)}
        company.land(
            events,
            [
                event | {CONTEXT: f'[{{"id": "{views[event["event_id"]]}"}}]'}
                for event in rows(SEEDS / "event" / events)
            ],
        )
        loads = company.night(night)
        assert [load.accepted for load in loads] == [len(views)]
    return company


def _local(times: pd.Series) -> list[str]:
    there = times.dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    return [f"{at:%Y-%m-%d} {at.hour}:{at:%M:%S}" for at in there]


def test_sessions_of_both_loads_have_their_times_in_new_york(site: Company) -> None:
    expected = rows(SEEDS / "expected" / "snowplow_sessions_expected.csv")
    found = site.query(
        """
        select staged.session_id, min(sessions.started_at) as started_at, min(sessions.ended_at) as ended_at
        from public_db.marts.fct_sessions as sessions
        inner join public_db.marts.fct_events as built on sessions.session_id = built.session_id
        inner join staging.stg_events as staged on built.event_id = staged.event_id
        group by all
        """
    )
    ours = zip(found["session_id"], _local(found["started_at"]), _local(found["ended_at"]), strict=True)
    assert len(expected) == 5
    assert len(site.mart("fct_sessions")) == 5
    assert sorted(ours) == sorted((r["session_id"], r["session_start"], r["session_end"]) for r in expected)


def test_page_views_of_both_loads_start_and_end_when_expected(site: Company) -> None:
    expected = rows(SEEDS / "expected" / "snowplow_page_views_expected.csv")
    found = site.query(
        """
        select
            json_extract_string(staged.properties, '$.page_view_id') as page_view_id,
            min(built.occurred_at) as started_at,
            max(built.occurred_at) as ended_at,
            cast(sum(case when built.is_view then 1 else 0 end) as integer) as views
        from public_db.marts.fct_events as built
        inner join staging.stg_events as staged on built.event_id = staged.event_id
        group by all
        """
    )
    ours = zip(found["page_view_id"], _local(found["started_at"]), _local(found["ended_at"]), strict=True)
    assert len(expected) == 7
    assert list(found["views"]) == [1] * 7
    assert sorted(ours) == sorted(
        (r["page_view_id"], r["page_view_start"], r["page_view_end"]) for r in expected
    )


def test_a_visitor_who_logs_in_is_one_person_with_all_his_sessions(site: Company) -> None:
    expected = rows(SEEDS / "expected" / "snowplow_sessions_expected.csv")
    inferred = {row["inferred_user_id"] for row in expected}
    assert len(site.mart("dim_users")) == len(inferred) == 4
