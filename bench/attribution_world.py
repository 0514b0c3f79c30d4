"""Sessions, touches and purchases of made-up people, as the intermediate layer would hold them."""

from __future__ import annotations

from datetime import date, datetime, time

import duckdb

DAYS = 60
CLICKS = 20  # one touchpoint in so many is a click that opened no session
REFERRERS = ("https://www.google.com/search?q=tea", "https://m.weibo.com/u/1", "https://news.example/a")


def fill(connection: duckdb.DuckDBPyConnection, touches: int, conversions: int, last: date) -> None:
    """Touches over sixty days and purchases over the last thirty of them, by one person in 25 touches.

    Four people in five buy, so a purchase looks back on some dozen touchpoints.
    """
    people = max(touches // 25, 5)
    begin = f"timestamp '{datetime.combine(last, time())}' - interval {DAYS} day"
    person = "md5('p' || {0}) || md5('q' || {0})"

    def spread(what: str, days: int, late: int) -> str:
        return (
            f"{begin} + interval {late} day"
            f" + to_microseconds(cast(hash('{what}' || n) % {days * 86_400_000_000} as bigint))"
        )

    who = f"hash(n) % {people}"
    referrer = " ".join(f"when {7 + n} then '{one}'" for n, one in enumerate(REFERRERS))
    arrivals = f"select range as n, {who} as who, hash(range, 1) % 10 as way from range({touches})".replace(
        "hash(n)", "hash(range)"
    )
    connection.execute("create schema if not exists intermediate")
    connection.execute(f"""
        create or replace table intermediate.int_behaviour__sessions as
        select
            md5('s' || n) as session_id,
            {person.format("who")} as user_key,
            {spread("s", DAYS, 0)} as started_at,
            case way when 0 then 'google' when 1 then 'newsletter' when 2 then 'tiktok' end as utm_source,
            case way when 0 then 'cpc' when 1 then 'email' when 2 then 'paid_social' end as utm_medium,
            case when way < 3 then 'C' || hash(n, 2) % 40 end as utm_campaign,
            case way {referrer} end as referrer
        from ({arrivals})
        where n % {CLICKS} > 0
    """)
    connection.execute(f"""
        create or replace table intermediate.int_users__people as
        select {person.format("range")} as user_key from range({people})
    """)
    connection.execute(f"""
        create or replace table intermediate.int_campaigns__touches as
        select
            'T' || n as touch_id,
            'C' || hash(n, 2) % 40 as campaign_id,
            {person.format("who")} as user_key,
            'clicked' as action,
            {spread("t", DAYS, 0)} as occurred_at,
            case when way < 5 then 'email' else 'sms' end as channel
        from ({arrivals})
        where n % {CLICKS} = 0
    """)
    connection.execute(f"""
        create or replace table intermediate.int_value__orders as
        select
            'SO' || n as order_id,
            {person.format("who")} as user_key,
            {spread("o", DAYS // 2, DAYS // 2)} as ordered_at,
            true as is_purchase,
            cast(cast(hash(n, 3) % 100000 as double) / 100 as decimal(18, 4)) as revenue
        from (select range as n, hash(range, 4) % {people * 4 // 5} as who from range({conversions}))
    """)
