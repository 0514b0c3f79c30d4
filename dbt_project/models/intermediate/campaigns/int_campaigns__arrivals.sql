{%- set gap_seconds = var('session_gap_minutes') * 60 -%}

with

-- A number sorts and joins in a fraction of the time a key of 64 characters takes.
people as (
    select
        user_key,
        row_number() over (order by user_key nulls last) as user_number
    from {{ ref('int_users__people') }}
),

ways as (
    select * from {{ ref('int_campaigns__ways') }}
),

visits as (
    select
        sessions.session_id,
        people.user_number,
        sessions.started_at,
        coalesce(sessions.utm_source, '') as utm_source,
        coalesce(sessions.utm_medium, '') as utm_medium,
        coalesce(sessions.utm_campaign, '') as utm_campaign,
        coalesce({{ url_host('sessions.referrer') }}, '') as referring_host
    from {{ ref('int_behaviour__sessions') }} as sessions
    inner join people on sessions.user_key = people.user_key
),

tagged_visits as (
    select
        visits.session_id,
        visits.user_number,
        visits.started_at,
        ways.way_number,
        ways.campaign_id,
        ways.is_direct
    from visits
    inner join ways
        on
        visits.utm_source = ways.utm_source
        and visits.utm_medium = ways.utm_medium
        and visits.utm_campaign = ways.utm_campaign
        and visits.referring_host = ways.referring_host
    where ways.kind = 'session'
),

clicks as (
    select
        touches.touch_id,
        people.user_number,
        touches.occurred_at,
        touches.campaign_id,
        lower(coalesce(touches.channel, '(not set)')) as source
    from {{ ref('int_campaigns__touches') }} as touches
    inner join people on touches.user_key = people.user_key
    where touches.action = 'clicked'
),

-- A click that opens a session of the same campaign is that session.
landed_clicks as (
    select clicks.touch_id
    from tagged_visits
    inner join clicks
        on
        tagged_visits.user_number = clicks.user_number
        and tagged_visits.campaign_id = clicks.campaign_id
    where abs({{ seconds_between('clicks.occurred_at', 'tagged_visits.started_at') }}) <= {{ gap_seconds }}
    group by clicks.touch_id
),

arrivals as (
    select
        session_id as touchpoint_id,
        user_number,
        started_at as occurred_at,
        way_number,
        is_direct,
        1 as place
    from tagged_visits

    union all

    select
        clicks.touch_id as touchpoint_id,
        clicks.user_number,
        clicks.occurred_at,
        ways.way_number,
        ways.is_direct,
        0 as place
    from clicks
    inner join ways
        on
        clicks.source = ways.source
        and coalesce(clicks.campaign_id, '') = ways.utm_campaign
    anti join landed_clicks on clicks.touch_id = landed_clicks.touch_id
    where ways.kind = 'click'
),

final as (
    select
        touchpoint_id,
        user_number,
        row_number() over (
            partition by user_number
            order by occurred_at, place nulls last, touchpoint_id nulls last
        ) as arrival_number,
        occurred_at,
        way_number,
        is_direct
    from arrivals
)

select * from final
