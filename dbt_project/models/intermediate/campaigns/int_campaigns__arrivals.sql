{%- set gap_seconds = var('session_gap_minutes') * 60 -%}

with

-- A number sorts and joins in a fraction of the time a key of 64 characters takes.
people as (
    select
        user_key,
        row_number() over (order by user_key nulls last) as user_number
    from {{ ref('int_users__people') }}
),

categories as (
    select * from {{ ref('seed_source_categories') }}
),

-- There are few ways to come, so they are understood once each and not once a session. They are
-- read from the sessions twice, because keeping every session's words takes more room than time.
tags as (
    select
        *,
        row_number() over (
            order by
                utm_source nulls last,
                utm_medium nulls last,
                utm_campaign nulls last,
                referring_host nulls last
        ) as tag_number
    from (
        select
            coalesce(utm_source, '') as utm_source,
            coalesce(utm_medium, '') as utm_medium,
            coalesce(utm_campaign, '') as utm_campaign,
            coalesce({{ url_host('referrer') }}, '') as referring_host
        from {{ ref('int_behaviour__sessions') }}
        group by
            coalesce(utm_source, ''),
            coalesce(utm_medium, ''),
            coalesce(utm_campaign, ''),
            coalesce({{ url_host('referrer') }}, '')
    ) as distinct_tags
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

cleaned as (
    select
        tag_number,
        lower({{ clean_text('utm_source') }}) as utm_source,
        lower({{ clean_text('utm_medium') }}) as utm_medium,
        {{ clean_text('utm_campaign') }} as campaign_id,
        nullif({{ regex_remove('referring_host', '^(www|m|l|lm|mobile)[.]') }}, '') as host
    from tags
),

-- A page of one's own that sends a person on has not brought them.
sourced as (
    select
        tag_number,
        campaign_id,
        coalesce(
            utm_source,
            case when host in {{ text_list(var('attribution_own_hosts')) }} then null else host end,
            case when coalesce(utm_medium, campaign_id) is null then '(direct)' else '(not set)' end
        ) as source,
        utm_medium,
        utm_source is null and campaign_id is null and utm_medium is null as is_untagged
    from cleaned
),

traffic as (
    select
        *,
        coalesce(
            utm_medium,
            case
                when source = '(direct)' then '(none)'
                when is_untagged then 'referral'
                else '(not set)'
            end
        ) as medium
    from sourced
),

source_names as (
    select
        source,
        {{ regex_remove('source', '^(www|m|l|lm|mobile)[.]') }} as bare
    from traffic
    group by source
),

-- The whole host, then its domain, then the names it is made of.
source_keys as (
    select source, bare as lookup, 1 as preference from source_names
    union all
    select source, regexp_extract(bare, '[^.]+[.][^.]+$', 0), 2 from source_names
    union all
    select source, split_part(bare, '.', 1), 3 from source_names
    union all
    select source, split_part(bare, '.', 2), 4 from source_names
    where bare like '%.%.%'
),

source_categories as (
    select
        source_keys.source,
        min_by(categories.category, source_keys.preference) as category
    from source_keys
    inner join categories on source_keys.lookup = categories.source
    group by source_keys.source
),

ways as (
    select
        traffic.tag_number,
        traffic.source,
        traffic.medium,
        traffic.campaign_id,
        {{ default_channel_group(
            'traffic.source', 'traffic.medium', 'lower(traffic.campaign_id)', 'source_categories.category'
        ) }} as channel
    from traffic
    left join source_categories on traffic.source = source_categories.source
),

tagged_visits as (
    select
        visits.session_id,
        visits.user_number,
        visits.started_at,
        ways.tag_number,
        ways.campaign_id,
        ways.channel = 'Direct' as is_direct
    from visits
    inner join tags
        on
        visits.utm_source = tags.utm_source
        and visits.utm_medium = tags.utm_medium
        and visits.utm_campaign = tags.utm_campaign
        and visits.referring_host = tags.referring_host
    inner join ways on tags.tag_number = ways.tag_number
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

click_ways as (
    select
        *,
        {{ default_channel_group(
            'source', 'source', 'lower(campaign_id)', 'cast(null as ' ~ dbt.type_string() ~ ')'
        ) }} as channel,
        -row_number() over (order by source nulls last, campaign_id nulls last) as tag_number
    from (
        select
            source,
            campaign_id
        from clicks
        group by source, campaign_id
    ) as distinct_ways
),

all_ways as (
    select
        tag_number,
        source,
        medium,
        campaign_id,
        channel
    from ways

    union all

    select
        tag_number,
        source,
        source as medium,
        campaign_id,
        channel
    from click_ways
),

arrivals as (
    select
        session_id as touchpoint_id,
        'session' as kind,
        user_number,
        started_at as occurred_at,
        tag_number,
        is_direct
    from tagged_visits

    union all

    select
        clicks.touch_id as touchpoint_id,
        'click' as kind,
        clicks.user_number,
        clicks.occurred_at,
        click_ways.tag_number,
        false as is_direct
    from clicks
    inner join click_ways
        on
        clicks.source = click_ways.source
        and coalesce(clicks.campaign_id, '') = coalesce(click_ways.campaign_id, '')
    anti join landed_clicks on clicks.touch_id = landed_clicks.touch_id
),

numbered as (
    select
        *,
        row_number() over (
            partition by user_number
            order by occurred_at, kind nulls last, touchpoint_id nulls last
        ) as arrival_number
    from arrivals
),

final as (
    select
        numbered.touchpoint_id,
        numbered.kind,
        numbered.user_number,
        numbered.arrival_number,
        numbered.occurred_at,
        all_ways.source,
        all_ways.medium,
        all_ways.campaign_id,
        all_ways.channel,
        numbered.is_direct
    from numbered
    inner join all_ways on numbered.tag_number = all_ways.tag_number
)

select * from final
