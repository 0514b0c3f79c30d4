{%- set gap_seconds = var('session_gap_minutes') * 60 -%}

with

conversions as (
    select
        order_id as conversion_id,
        user_key,
        ordered_at as converted_at,
        revenue
    from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

categories as (
    select * from {{ ref('seed_source_categories') }}
),

-- Only of those who bought: the others' sessions lead nowhere yet.
arrivals as (
    select
        sessions.session_id,
        sessions.user_key,
        sessions.started_at,
        lower({{ clean_text('sessions.utm_source') }}) as utm_source,
        lower({{ clean_text('sessions.utm_medium') }}) as utm_medium,
        {{ clean_text('sessions.utm_campaign') }} as campaign_id,
        {{ regex_remove(url_host('sessions.referrer'), '^(www|m|l|lm|mobile)[.]') }} as host
    from {{ ref('int_behaviour__sessions') }} as sessions
    semi join conversions on sessions.user_key = conversions.user_key
),

-- A page of one's own that sends a person on has not brought them.
sourced as (
    select
        session_id,
        user_key,
        started_at,
        campaign_id,
        coalesce(
            utm_source,
            case when host in {{ text_list(var('attribution_own_hosts')) }} then null else host end,
            case when coalesce(utm_medium, campaign_id) is null then '(direct)' else '(not set)' end
        ) as source,
        utm_medium,
        utm_source is null and campaign_id is null and utm_medium is null as is_untagged
    from arrivals
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

visits as (
    select
        traffic.session_id as touchpoint_id,
        'session' as kind,
        traffic.user_key,
        traffic.started_at as occurred_at,
        traffic.source,
        traffic.medium,
        traffic.campaign_id,
        source_categories.category
    from traffic
    left join source_categories on traffic.source = source_categories.source
),

-- A click that opens a session of the same campaign is that session.
clicks as (
    select
        touches.touch_id as touchpoint_id,
        'click' as kind,
        touches.user_key,
        touches.occurred_at,
        lower(coalesce(touches.channel, '(not set)')) as source,
        lower(coalesce(touches.channel, '(not set)')) as medium,
        touches.campaign_id,
        cast(null as {{ dbt.type_string() }}) as category
    from {{ ref('int_campaigns__touches') }} as touches
    semi join conversions on touches.user_key = conversions.user_key
    anti join visits
        on
        touches.user_key = visits.user_key
        and touches.campaign_id = visits.campaign_id
        and abs({{ seconds_between('touches.occurred_at', 'visits.occurred_at') }}) <= {{ gap_seconds }}
    where touches.action = 'clicked'
),

touches as (
    select
        *,
        row_number() over (
            partition by user_key
            order by occurred_at, kind nulls last, touchpoint_id nulls last
        ) as touch_number
    from (
        select * from visits
        union all
        select * from clicks
    ) as both_kinds
),

-- Counting a person's touches up to the beginning and the end of each look-back numbers the first and
-- the last of them, so that nobody's sessions are multiplied by their orders.
moments as (
    select
        user_key,
        occurred_at,
        cast(null as {{ dbt.type_string() }}) as conversion_id,
        1 as moment,
        1 as touches
    from touches

    union all

    select
        user_key,
        converted_at - interval {{ var('attribution_lookback_days') }} day as occurred_at,
        conversion_id,
        0 as moment,
        0 as touches
    from conversions

    union all

    select
        user_key,
        converted_at as occurred_at,
        conversion_id,
        2 as moment,
        0 as touches
    from conversions
),

counted as (
    select
        conversion_id,
        moment,
        sum(touches) over (
            partition by user_key
            order by occurred_at, moment nulls last
            rows unbounded preceding
        ) as touches_so_far
    from moments
),

bounds as (
    select
        conversion_id,
        max(case when moment = 0 then touches_so_far end) as touches_before,
        max(case when moment = 2 then touches_so_far end) as last_number
    from counted
    where conversion_id is not null
    group by conversion_id
),

look_backs as (
    select
        conversions.*,
        greatest(
            bounds.touches_before + 1,
            bounds.last_number - {{ var('attribution_max_touchpoints') }} + 1
        ) as first_number,
        bounds.last_number
    from conversions
    inner join bounds on conversions.conversion_id = bounds.conversion_id
),

channelled as (
    select
        *,
        {{ default_channel_group('source', 'medium', 'lower(campaign_id)', 'category') }} as channel
    from touches
),

final as (
    select
        look_backs.conversion_id,
        look_backs.user_key,
        look_backs.converted_at,
        look_backs.revenue,
        channelled.touchpoint_id,
        channelled.kind,
        channelled.occurred_at,
        {{ seconds_between('channelled.occurred_at', 'look_backs.converted_at') }} as seconds_before,
        channelled.source,
        channelled.medium,
        channelled.campaign_id,
        channelled.channel,
        channelled.channel = 'Direct' as is_direct,
        cast(channelled.touch_number - look_backs.first_number + 1 as integer) as position,
        cast(look_backs.last_number - channelled.touch_number + 1 as integer) as position_from_last,
        cast(case
            when channelled.channel <> 'Direct'
                then sum(case when channelled.channel <> 'Direct' then 1 else 0 end) over (
                    partition by look_backs.conversion_id
                    order by channelled.touch_number desc
                    rows unbounded preceding
                )
        end as integer) as non_direct_from_last,
        cast(look_backs.last_number - look_backs.first_number + 1 as integer) as touchpoint_count
    from look_backs
    inner join channelled
        on
        look_backs.user_key = channelled.user_key
        and look_backs.first_number <= channelled.touch_number
        and look_backs.last_number >= channelled.touch_number
)

select * from final
