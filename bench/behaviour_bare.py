"""The same work as one script: dedupe, people, sessions, days, growth, retention, paths.

Written as one would for this alone: no history kept apart, no checks, no names for what comes between.
"""

from __future__ import annotations

_DAY = "cast(timezone('Asia/Shanghai', timezone('UTC', occurred_at)) as date)"
_PERIODS = "(values ('day'), ('week'), ('month')) as grains(granularity)"

STEPS = {
    "events": """
create table events as
select * from read_parquet('{raw}')
where occurred_at < timestamp '{end}'
qualify row_number() over (partition by event_id order by occurred_at) = 1
""",
    "people": """
create table people as
select anonymous_id, sha256(coalesce(min_by(user_id, occurred_at), anonymous_id)) as user_key
from events group by anonymous_id
""",
    "facts": f"""
create table facts as
with streams as (
    select event_id, occurred_at, coalesce(sha256(user_id), people.user_key) as user_key
    from events left join people using (anonymous_id)
),
gaps as (
    select *,
        lag(occurred_at) over stream as previous_at,
        lead(occurred_at) over stream as next_at
    from streams window stream as (partition by user_key order by occurred_at, event_id)
),
numbered as (
    select *,
        max(case when previous_at is null or occurred_at - previous_at > interval 30 minute
            then occurred_at end) over (partition by user_key order by occurred_at, event_id) as started_at
    from gaps
)
select
    events.event_id, user_key, md5(user_key || started_at) as session_id, event_name, events.occurred_at,
    {_DAY.replace("occurred_at", "events.occurred_at")} as event_day,
    event_name not in ('sent', 'delivered', 'opened', 'impression', 'bounced') as is_core,
    event_name in ('page_view', 'screen_view') as is_view, event_name in ('purchase') as is_conversion,
    channel, lower(platform) as platform, device_type, country,
    regexp_extract(page_url, '^(?:[A-Za-z]+:)?(?://[^/?#]*)?([^?#]*)', 1) as page,
    referrer, utm_source, utm_medium, utm_campaign, item_id, item_category, value, properties,
    case when next_at - events.occurred_at <= interval 30 minute
        then epoch(next_at) - epoch(events.occurred_at) else duration_seconds end as dwell_seconds,
    _feed as feed
from events join numbered using (event_id)
""",
    "sessions": """
create table sessions as
select session_id, min(user_key) as user_key, min(occurred_at) as started_at, max(occurred_at) as ended_at,
    min(event_day) as session_day, count(*) as event_count, count(*) filter (is_view) as view_count,
    count(*) filter (is_conversion) as conversion_count, sum(dwell_seconds) as dwell_seconds,
    min_by(page, occurred_at) as entry_page, max_by(page, occurred_at) as exit_page,
    min_by(channel, occurred_at) as channel, min_by(platform, occurred_at) as platform,
    min_by(country, occurred_at) as country, min_by(utm_source, occurred_at) as utm_source,
    min_by(utm_campaign, occurred_at) as utm_campaign, min_by(referrer, occurred_at) as referrer
from facts group by session_id
""",
    "user_days": """
create table user_days as
select user_key, day, sum(events) as event_count, sum(cores) as core_event_count,
    sum(sessions) as session_count
from (
    select user_key, event_day as day, count(*) as events, count(*) filter (is_core) as cores, 0 as sessions
    from facts group by all
    union all select user_key, session_day, 0, 0, count(*) from sessions group by all
) group by all having sum(cores) > 0
""",
    "growth": f"""
create table growth as
with visits as (
    select distinct granularity, user_key, date_trunc(granularity, day) as period
    from user_days, {_PERIODS}
),
steps as (
    select *, lag(period) over (partition by granularity, user_key order by period) as before,
        lead(period) over (partition by granularity, user_key order by period) as after
    from visits
)
select granularity, period, count(*) as active, count(*) filter (before is null) as new,
    count(*) filter (before + to_days(1) >= period or date_diff(granularity, before, period) = 1) as retained,
    count(*) filter (after is null or date_diff(granularity, period, after) > 1) as leaves
from steps group by all
""",
    "retention": f"""
create table retention as
with visits as (
    select distinct granularity, user_key, date_trunc(granularity, day) as period
    from user_days, {_PERIODS}
),
cohorts as (
    select *, min(period) over (partition by granularity, user_key) as cohort,
        max(period) over (partition by granularity, user_key) as latest,
        row_number() over (partition by granularity, user_key order by period) as place
    from visits
)
select granularity, cohort, date_diff(granularity, cohort, period) as number, count(*) as on_n,
    count(*) filter (place = date_diff(granularity, cohort, period) + 1) as every_period,
    count(*) filter (period = latest) as last_seen
from cohorts group by all
""",
    "paths": """
create table paths as
select from_page, to_page, count(*) as transitions, count(distinct user_key) as people
from (
    select user_key, page as from_page,
        lead(page) over (partition by session_id order by occurred_at, event_id) as to_page
    from facts where is_view
) group by all
""",
}
