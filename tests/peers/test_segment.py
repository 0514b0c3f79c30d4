"""dbt-labs' Segment package: its one page view, and pages made of it, through the preset.

The package ships no answers; nothing may be lost, and sessions equal a count made another way.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.company import Company
from tests.peers.published import given, rows

FEED = """
feed: pages
preset: segment_pages_table
source: {path: "${LANDING}/pages*.csv"}
"""
# Minutes after the first page at which each of three visitors is back.
RETURNS = {"a": (0, 29, 59, 90, 121, 1600), "b": (0, 30, 61), "c": (5,)}
GAP = timedelta(minutes=30)


@pytest.fixture(scope="module")
def pages(company: Company) -> list[dict[str, str]]:
    (example,) = rows(
        given("peers", "dbtlabs_segment", "integration_tests", "seeds", "example_segment_pages.csv")
    )
    start = datetime.fromisoformat(example["timestamp"])
    made = [
        example
        | {
            "id": f"{example['id']}-{visitor}{minutes}",
            "anonymous_id": f"{visitor}-{example['anonymous_id']}",
            "user_id": "",
            "timestamp": str(start + timedelta(days=1, minutes=minutes)),
        }
        for visitor, times in RETURNS.items()
        for minutes in times
    ]
    company.land("pages.csv", [example])
    # A second delivery repeats records of the first, as exports do.
    company.land("pages_again.csv", [example, *made, *made[:3]])
    company.settings(business_time_zone="Etc/UTC", base_currency="USD")
    company.feed(FEED)
    company.night(date(2015, 3, 31))
    return [example, *made]


def test_no_page_is_lost_or_held_twice(company: Company, pages: list[dict[str, str]]) -> None:
    events = company.mart("fct_events")
    assert sorted(events["event_id"]) == sorted(page["id"] for page in pages)
    assert events["is_view"].all()
    loads = company.mart("rpt_loads")
    assert (loads["physical"] == loads["accepted"] + loads["quarantined"] + loads["duplicate"]).all()
    assert loads["physical"].sum() == 1 + 1 + len(pages) - 1 + 3


def test_sessions_end_where_a_visitor_is_silent_for_longer_than_the_gap(
    company: Company, pages: list[dict[str, str]]
) -> None:
    visits: dict[str, list[datetime]] = {}
    for page in pages:
        visits.setdefault(page["anonymous_id"], []).append(datetime.fromisoformat(page["timestamp"]))
    expected = []
    for times in visits.values():
        times.sort()
        starts = [
            at for before, at in zip([None, *times], times, strict=False) if not before or at - before > GAP
        ]
        ends = [*starts[1:], datetime(9999, 1, 1)]
        expected += [
            (start, sum(start <= at < end for at in times)) for start, end in zip(starts, ends, strict=True)
        ]
    sessions = company.mart("fct_sessions")
    found = [(row.started_at.to_pydatetime(), row.view_count) for row in sessions.itertuples()]
    assert sorted(found) == sorted(expected)
