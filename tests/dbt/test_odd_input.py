"""What the dictionary says happens to odd input: one company that receives all of it in one night."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from orchestration import calibration, gates, night, publishing
from orchestration.ingestion.ledger import FileLoad
from tests.company import Company
from tests.dbt import odd_company
from tests.dbt.odd_company import KIOSK_USERS, LAST, START, TEXTS, clicks


@pytest.fixture(scope="module")
def loads(company: Company) -> list[FileLoad]:
    odd_company.land(company)
    return company.night(LAST)


@pytest.fixture(scope="module")
def sessions(company: Company, loads: list[FileLoad]) -> pd.DataFrame:
    """Sessions with the user_id of their person."""
    return company.query(
        """
        select identifiers.id as who, sessions.*
        from public_db.marts.fct_sessions as sessions
        inner join intermediate.int_users__identifiers as identifiers
            on sessions.user_key = identifiers.user_key and identifiers.id_type = 'user_id'
        order by who, started_at
        """
    )


def _of(sessions: pd.DataFrame, who: str) -> pd.DataFrame:
    return sessions[sessions["who"] == who]


def test_ten_thousand_events_an_hour_are_kept_and_their_person_flagged(
    company: Company, sessions: pd.DataFrame
) -> None:
    (count,) = _of(sessions, "bot")["event_count"]
    assert count == 10_000
    flagged = company.query(
        """
        select identifiers.id
        from public_db.marts.dim_users as users
        inner join intermediate.int_users__identifiers as identifiers on users.user_key = identifiers.user_key
        where users.is_suspected_bot
        """
    )
    assert list(flagged["id"]) == ["bot"]


def test_a_user_of_a_hundred_thousand_events_has_them_all(company: Company, sessions: pd.DataFrame) -> None:
    of_reader = _of(sessions, "reader")
    assert of_reader["event_count"].sum() == 100_000
    # Twenty days of 5,000 events ten seconds apart.
    assert list(of_reader["event_count"]) == [5_000] * 20
    assert (of_reader["dwell_seconds"].astype(float) == 49_990).all()
    days = company.query("select max(event_count) as most from public_db.marts.fct_user_days")
    assert int(days["most"].iloc[0]) == 10_000


def test_a_session_of_days_is_cut_every_day_and_what_is_cut_off_is_flagged(sessions: pd.DataFrame) -> None:
    of_wakeful = _of(sessions, "wakeful")
    assert list(of_wakeful["event_count"]) == [72, 72, 72, 1]
    assert list(of_wakeful["is_capped"]) == [False, True, True, True]


def test_a_clock_that_jumps_is_taken_at_its_word_and_dwell_is_never_negative(
    company: Company, sessions: pd.DataFrame
) -> None:
    of_skewed = _of(sessions, "skewed")
    assert list(of_skewed["event_count"]) == [4, 1]
    assert list(of_skewed["entry_page"]) == ["/s0", "/s65"]
    assert list(of_skewed["exit_page"]) == ["/s10", "/s65"]
    assert list(of_skewed["dwell_seconds"].astype(float)) == [600, 0]
    negative = company.query("select count(*) as n from public_db.marts.fct_events where dwell_seconds < 0")
    assert int(negative["n"].iloc[0]) == 0


def test_what_lies_in_the_future_waits_for_its_day(company: Company, loads: list[FileLoad]) -> None:
    (clicks,) = (load for load in loads if load.feed == "clicks")
    # A day of grace for clocks; beyond it a record is refused until its day comes.
    assert dict(clicks.reasons) == {"future_timestamp": 2, "out_of_range": 1}
    known = company.query(
        """
        select id from intermediate.int_users__identifiers
        where id in ('early', 'prophet', 'oracle', 'ancient')
        union all
        select event_id from public_db.marts.fct_events
        where event_id like 'early%' or event_id like 'prophet%' or event_id like 'oracle%'
        """
    )
    assert known.empty


def test_a_device_of_thousands_joins_nobody_and_leaves_each_their_own_session(
    company: Company, sessions: pd.DataFrame
) -> None:
    visitors = sessions[sessions["who"].str.startswith("visitor")]
    assert visitors["user_key"].nunique() == KIOSK_USERS
    assert (visitors["event_count"] == 1).all()
    # What was done there by nobody in particular is the first one's, who has two sessions then.
    counts = visitors["who"].value_counts()
    assert counts[counts > 1].to_dict() == {"visitor0": 2}
    (alone,) = company.query(
        "select user_key from public_db.marts.fct_events where event_id = 'kiosk-alone'"
    )["user_key"]
    assert set(visitors.loc[visitors["who"] == "visitor0", "user_key"]) == {alone}


def test_an_order_without_a_user_counts_as_revenue_and_as_nobodys(
    company: Company, loads: list[FileLoad]
) -> None:
    orders = company.mart("fct_orders").set_index("order_id")
    assert pd.isna(orders.loc["guest", "user_key"])
    (revenue,) = company.query("select sum(revenue) as total from public_db.marts.rpt_engagement")["total"]
    assert float(revenue) == 30 + 12 - 7
    value = company.mart("fct_user_value")
    assert sorted(value["revenue"].astype(float)) == [-7, 12]


def test_nothing_less_than_nothing_and_a_refund_before_its_order_are_told_as_what_they_are(
    company: Company, loads: list[FileLoad]
) -> None:
    orders = company.mart("fct_orders").set_index("order_id").loc[["nothing", "taken", "undone"]]
    # Neither 0 nor money taken back is a purchase; what was given back counts, but not when.
    assert list(orders["is_purchase"]) == [False, False, True]
    assert list(orders["revenue"].astype(float)) == [0, -7, 0]
    assert list(orders["refunded_amount"].astype(float)) == [0, 0, 20]
    assert orders["refunded_at"].isna().all()
    value = company.query(
        "select purchase_count, revenue from public_db.marts.fct_user_value where revenue < 0"
    )
    assert [tuple(map(float, row)) for row in value.itertuples(index=False)] == [(1, -7)]


def test_an_end_of_time_is_no_end_and_its_record_is_kept(company: Company, loads: list[FileLoad]) -> None:
    refused = {load.feed: load.reasons for load in loads if load.reasons}
    assert set(refused) == {"clicks"}
    staged = company.query(
        """
        select staged.subscription_id, coalesce(staged.corrected_fields, '') as corrected_fields,
            cast(raw.ended_at as varchar) as said, plans.runs_until is null and not plans.is_void as is_active
        from staging.stg_subscriptions as staged
        inner join raw.subscriptions as raw on staged.subscription_id = raw.subscription_id
        inner join intermediate.int_value__subscriptions as plans
            on staged.subscription_id = plans.subscription_id
        order by 1
        """
    )
    assert list(staged.fillna("").itertuples(index=False, name=None)) == [
        ("0001-01-01", "ended_at", "0001-01-01 00:00:00", True),
        ("2026-03-15", "", "2026-03-15 00:00:00", False),
        ("2999-12-31", "ended_at", "2999-12-31 00:00:00", True),
        ("9999-12-31 23:59:59", "ended_at", "9999-12-31 23:59:59", True),
        ("none", "", "", True),
    ]
    (month,) = company.mart("rpt_subscription_bridge").itertuples(index=False)
    assert (float(month.closing), int(month.subscribers_closing)) == (40, 1)
    (never,) = company.query(
        "select refunded_at, corrected_fields from staging.stg_orders where order_id = 'never'"
    ).itertuples(index=False)
    assert (pd.isna(never.refunded_at), never.corrected_fields) == (True, "refunded_at")
    assert "never" in set(company.mart("fct_orders")["order_id"])


def test_events_of_all_these_are_in_exactly_one_session(company: Company, loads: list[FileLoad]) -> None:
    events = company.query(
        "select count(*) as n, count(distinct event_id) as ids from public_db.marts.fct_events"
    )
    expected = sum(1 for _ in clicks()) - 4
    held = company.mart("fct_sessions")["event_count"].sum()
    assert (int(events["n"].iloc[0]), int(events["ids"].iloc[0]), int(held)) == (expected, expected, expected)


def test_emoji_and_right_to_left_text_reach_the_published_file_unchanged(
    company: Company, loads: list[FileLoad], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tables of the models are not built here; those of the marts are copied as they are.
    monkeypatch.setattr("orchestration.layers.PUBLIC_BESIDE_MARTS", {})
    monkeypatch.setattr(publishing, "_write_quality", lambda connection, as_of: None)
    monkeypatch.setattr(calibration, "write", lambda connection, as_of: None)
    candidate = publishing.write_candidate(night.of(LAST))
    with duckdb.connect(str(candidate), read_only=True) as reader:
        events = reader.execute(
            "select event_name, page, item_category from marts.fct_events"
            " where event_id like 'poet-%' order by event_id"
        ).fetchall()
        users = reader.execute(
            "select city, occupation, country from marts.dim_users where city is not null"
        ).fetchall()
        coupons = reader.execute(
            "select coupon_code from marts.fct_orders where order_id = 'poem'"
        ).fetchall()
        campaigns = reader.execute(
            "select utm_campaign from marts.fct_sessions where utm_campaign is not null"
        ).fetchall()
    assert events == [(text, f"/{text}", text) for text in TEXTS]
    assert users == [(TEXTS[1], TEXTS[2], TEXTS[3])]
    assert coupons == [(TEXTS[4],)]
    assert campaigns == [(TEXTS[0],)]


def test_an_order_in_an_unknown_currency_stops_the_night_at_its_gate(
    company: Company, loads: list[FileLoad]
) -> None:
    from data_quality import validate

    company.land(
        "orders.csv",
        [{"id": "odd", "user": "poet", "at": START.isoformat(" "), "currency": "XTS", "amount": 5}],
    )
    company.night(LAST, layers=("staging", "intermediate"))
    now = night.of(LAST)
    with now.warehouse.open() as connection:
        results = validate.run_suite(
            connection, ("intermediate", "int_value__orders"), gates.quality_night(now)
        )
    failed = {r.expectation for r in results if not r.success and r.severity == "critical"}
    assert any("exchange_rate" in name for name in failed), failed
