"""What the dictionary says happens to odd input: one company that receives all of it in one night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import duckdb
import pandas as pd
import pytest

from orchestration import calibration, gates, night, publishing
from orchestration.ingestion.ledger import FileLoad
from tests.company import Company

FEEDS = {
    "clicks": """
feed: clicks
source: {kind: files, path: "${LANDING}/clicks*.csv"}
entity: events
time_zone: UTC
max_quarantine_share: 0.5
columns:
  event_id: id
  event_name: name
  occurred_at: at
  user_id: user
  anonymous_id: device
  page_url: page
  page_title: title
  item_category: category
  search_term: search
  utm_campaign: campaign
""",
    "people": """
feed: people
source: {kind: files, path: "${LANDING}/people.csv"}
entity: users
time_zone: UTC
columns: {user_id: id, registered_at: at, name: name, city: city, occupation: work, country: country}
""",
    "orders": """
feed: orders
source: {kind: files, path: "${LANDING}/orders.csv"}
entity: orders
time_zone: UTC
columns:
  order_id: id
  user_id: user
  ordered_at: at
  amount: amount
  currency: currency
  coupon_code: coupon
  refunded_amount: refund
  refunded_at: refunded
  status: "'paid'"
""",
}
LAST = date(2026, 3, 31)
START = datetime(2026, 3, 1)
# Emoji of several code points, right-to-left scripts with marks, and a text that only mixes them.
TEXTS = ("👩‍👩‍👧‍👦🏳️‍🌈 tea", "شاي بالنعناع ١٢٣", "תה נענע \u200f(חם)\u200f", "茶🍵 & שלום", "🇨🇳")
KIOSK_USERS = 3000


def _clicks() -> Iterator[dict[str, object]]:
    def click(who: str, at: datetime, number: int, **more: object) -> dict[str, object]:
        return {"id": f"{who}-{number}", "name": "page_view", "at": at.isoformat(" "), "user": who} | more

    for number in range(10_000):
        yield click("bot", START + timedelta(seconds=0.36 * number), number, page="/p")
    for number in range(100_000):
        day, minute = divmod(number, 5_000)
        yield click("reader", START + timedelta(days=day, seconds=10 * minute), number, page="/r")
    for number in range(3 * 72 + 1):
        yield click("wakeful", START + timedelta(minutes=20 * number), number, page="/w")
    # A clock that jumps: written in this order, said to be in another.
    for number, minute in enumerate((10, 0, 5, 4, 65)):
        yield click("skewed", START + timedelta(minutes=minute), number, page=f"/s{minute}")
    yield click("early", datetime(2026, 4, 1, 10), 0)
    yield click("prophet", datetime(2027, 1, 1), 0)
    for number in range(KIOSK_USERS):
        yield click(f"visitor{number}", START + timedelta(hours=1, seconds=number), 0, device="kiosk")
    yield click("", START, 0, id="kiosk-alone", device="kiosk")
    for number, text in enumerate(TEXTS):
        yield click(
            "poet",
            START + timedelta(seconds=number),
            number,
            name=text,
            page=f"/{text}",
            title=text,
            category=text,
            search=text,
            campaign=text,
        )


@pytest.fixture(scope="module")
def loads(company: Company) -> list[FileLoad]:
    for text in FEEDS.values():
        company.feed(text)
    company.settings(business_time_zone="Etc/UTC", base_currency="USD", core_actions=["page_view", *TEXTS])
    company.land("clicks.csv", list(_clicks()))
    person = {"id": "poet", "at": START.isoformat(" ")}
    company.land(
        "people.csv",
        [person | {"name": TEXTS[0], "city": TEXTS[1], "work": TEXTS[2], "country": TEXTS[3]}],
    )
    order = {"at": START.isoformat(" "), "currency": "USD", "coupon": "", "refund": "", "refunded": ""}
    day_before = (START - timedelta(days=1)).isoformat(" ")
    company.land(
        "orders.csv",
        [
            order | {"id": "guest", "user": "", "amount": 30},
            order | {"id": "poem", "user": "poet", "amount": 12, "coupon": TEXTS[4]},
            order | {"id": "nothing", "user": "reader", "amount": 0},
            order | {"id": "taken", "user": "reader", "amount": -7},
            order | {"id": "undone", "user": "reader", "amount": 20, "refund": 20, "refunded": day_before},
        ],
    )
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
    assert dict(clicks.reasons) == {"future_timestamp": 1}
    known = company.query(
        """
        select id from intermediate.int_users__identifiers where id in ('early', 'prophet')
        union all
        select event_id from public_db.marts.fct_events
        where event_id like 'early%' or event_id like 'prophet%'
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


def test_events_of_all_these_are_in_exactly_one_session(company: Company, loads: list[FileLoad]) -> None:
    events = company.query(
        "select count(*) as n, count(distinct event_id) as ids from public_db.marts.fct_events"
    )
    expected = sum(1 for _ in _clicks()) - 2
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
