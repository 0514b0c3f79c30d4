with

categories as (
    select * from {{ ref('seed_source_categories') }}
),

tags as (
    select
        *,
        row_number() over (
            order by
                utm_source nulls last,
                utm_medium nulls last,
                utm_campaign nulls last,
                referring_host nulls last
        ) as way_number
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

cleaned as (
    select
        way_number,
        lower({{ clean_text('utm_source') }}) as utm_source,
        lower({{ clean_text('utm_medium') }}) as utm_medium,
        {{ clean_text('utm_campaign') }} as campaign_id,
        nullif({{ regex_remove('referring_host', '^(www|m|l|lm|mobile)[.]') }}, '') as host
    from tags
),

-- A page of one's own that sends a person on has not brought them.
sourced as (
    select
        way_number,
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

session_ways as (
    select
        traffic.way_number,
        'session' as kind,
        tags.utm_source,
        tags.utm_medium,
        tags.utm_campaign,
        tags.referring_host,
        traffic.source,
        traffic.medium,
        traffic.campaign_id,
        {{ default_channel_group(
            'traffic.source', 'traffic.medium', 'lower(traffic.campaign_id)', 'source_categories.category'
        ) }} as channel
    from traffic
    inner join tags on traffic.way_number = tags.way_number
    left join source_categories on traffic.source = source_categories.source
),

click_tags as (
    select
        *,
        -row_number() over (order by source nulls last, campaign_id nulls last) as way_number
    from (
        select
            lower(coalesce(channel, '(not set)')) as source,
            campaign_id
        from {{ ref('int_campaigns__touches') }}
        where action = 'clicked'
        group by lower(coalesce(channel, '(not set)')), campaign_id
    ) as distinct_tags
),

click_ways as (
    select
        way_number,
        'click' as kind,
        source as utm_source,
        source as utm_medium,
        coalesce(campaign_id, '') as utm_campaign,
        '' as referring_host,
        source,
        source as medium,
        campaign_id,
        {{ default_channel_group(
            'source', 'source', 'lower(campaign_id)', 'cast(null as ' ~ dbt.type_string() ~ ')'
        ) }} as channel
    from click_tags
),

final as (
    select
        *,
        false as is_direct
    from click_ways

    union all

    select
        *,
        channel = 'Direct' as is_direct
    from session_ways
)

select * from final
