with events as (
    select * from {{ ref('fct_events') }}
    where element is not null or (is_view and page is not null)
),

counted as (
    select
        coalesce(page, 'unknown') as page,
        element,
        event_day as day,
        count(*) as clicks,
        count(distinct user_key) as people
    from events
    where element is not null
    group by coalesce(page, 'unknown'), element, event_day
),

views as (
    select
        page,
        event_day as day,
        count(*) as views
    from events
    where is_view
    group by page, event_day
),

final as (
    select
        counted.page,
        counted.element,
        counted.day,
        cast(counted.clicks as bigint) as clicks,
        cast(counted.people as bigint) as people,
        cast(cast(counted.clicks as double) / nullif(views.views, 0) as decimal(18, 8)) as clicks_per_view,
        {{ as_of() }} as as_of
    from counted
    left join views on counted.page = views.page and counted.day = views.day
)

select * from final
