with events as (
    select * from {{ ref('fct_events') }}
    where page is not null
),

sessions as (
    select * from {{ ref('fct_sessions') }}
),

views as (
    select
        page,
        event_day as day,
        count(*) as views,
        count(distinct user_key) as people,
        median(cast(dwell_seconds as double)) as median_dwell_seconds
    from events
    where is_view
    group by page, event_day
),

entries as (
    select
        entry_page as page,
        session_day as day,
        count(*) as entries,
        sum(case when is_bounce then 1 else 0 end) as bounces
    from sessions
    where entry_page is not null
    group by entry_page, session_day
),

exits as (
    select
        exit_page as page,
        {{ business_day('ended_at') }} as day,
        count(*) as exits
    from sessions
    where exit_page is not null
    group by exit_page, {{ business_day('ended_at') }}
),

item_clicks as (
    select
        page,
        event_day as day,
        sum(impressions) as impressions,
        -- What was not shown cannot be clicked through: a click counts where its item was shown.
        sum(case when impressions > 0 then clicks else 0 end) as clicks
    from (
        select
            page,
            event_day,
            item_id,
            sum(case when event_name in {{ text_list(var('impression_events')) }} then 1 else 0 end)
                as impressions,
            sum(case when event_name in {{ text_list(var('click_events')) }} then 1 else 0 end) as clicks
        from events
        where
            item_id is not null
            and (
                event_name in {{ text_list(var('impression_events')) }}
                or event_name in {{ text_list(var('click_events')) }}
            )
        group by page, event_day, item_id
    ) as items
    group by page, event_day
    having sum(impressions) > 0
),

page_days as (
    select page, day from views
    union
    select page, day from entries
    union
    select page, day from exits
    union
    select page, day from item_clicks
),

final as (
    select
        page_days.page,
        page_days.day,
        cast(coalesce(views.views, 0) as bigint) as views,
        cast(coalesce(views.people, 0) as bigint) as people,
        cast(coalesce(entries.entries, 0) as bigint) as entries,
        cast(coalesce(exits.exits, 0) as bigint) as exits,
        cast(coalesce(entries.bounces, 0) as bigint) as bounces,
        cast(views.median_dwell_seconds as decimal(18, 3)) as median_dwell_seconds,
        cast(coalesce(item_clicks.impressions, 0) as bigint) as impressions,
        cast(coalesce(item_clicks.clicks, 0) as bigint) as clicks,
        cast(cast(item_clicks.clicks as double) / nullif(item_clicks.impressions, 0) as decimal(18, 8))
            as click_through_rate,
        {{ as_of() }} as as_of
    from page_days
    left join views on page_days.page = views.page and page_days.day = views.day
    left join entries on page_days.page = entries.page and page_days.day = entries.day
    left join exits on page_days.page = exits.page and page_days.day = exits.day
    left join item_clicks on page_days.page = item_clicks.page and page_days.day = item_clicks.day
)

select * from final
