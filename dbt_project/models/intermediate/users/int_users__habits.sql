with

events as (
    select
        *,
        extract(hour from {{ business_time('occurred_at') }}) + 100 as sortable_hour
    from {{ ref('int_behaviour__events') }}
    where is_core and user_key is not null
),

orders as (
    select
        *,
        extract(hour from {{ business_time('ordered_at') }}) + 100 as sortable_hour
    from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

order_items as (
    select * from {{ ref('int_value__order_items') }}
),

-- How often a person did something in a category, on a channel, at an hour (100 to 123, so that
-- hours sort as texts).
counts as (
    select
        user_key,
        'category' as habit,
        item_category as habit_value,
        count(*) as times
    from events
    where item_category is not null
    group by user_key, item_category

    union all

    select
        user_key,
        'category' as habit,
        category as habit_value,
        count(*) as times
    from order_items
    where user_key is not null and category is not null
    group by user_key, category

    union all

    select
        user_key,
        'channel' as habit,
        channel as habit_value,
        count(*) as times
    from events
    where channel is not null
    group by user_key, channel

    union all

    select
        user_key,
        'hour' as habit,
        cast(sortable_hour as {{ dbt.type_string() }}) as habit_value,
        count(*) as times
    from events
    group by user_key, sortable_hour

    {% if var('orders_are_core') %}
    union all

    select
        user_key,
        'hour' as habit,
        cast(sortable_hour as {{ dbt.type_string() }}) as habit_value,
        count(*) as times
    from orders
    group by user_key, sortable_hour
    {% endif %}
),

totals as (
    select
        user_key,
        habit,
        habit_value,
        sum(times) as times
    from counts
    group by user_key, habit, habit_value
),

ranked as (
    select
        user_key,
        habit,
        habit_value,
        cast(times as double) / nullif(sum(times) over (partition by user_key, habit), 0) as share,
        row_number() over (
            partition by user_key, habit
            order by times desc, habit_value asc nulls last
        ) as habit_rank
    from totals
),

final as (
    select
        user_key,
        max(case when habit = 'category' then habit_value end) as favourite_category,
        cast(max(case when habit = 'category' then share end) as decimal(9, 6)) as favourite_category_share,
        max(case when habit = 'channel' then habit_value end) as usual_channel,
        cast(max(case when habit = 'channel' then share end) as decimal(9, 6)) as usual_channel_share,
        cast(max(case when habit = 'hour' then habit_value end) as integer) - 100 as usual_hour,
        cast(max(case when habit = 'hour' then share end) as decimal(9, 6)) as usual_hour_share
    from ranked
    where habit_rank = 1
    group by user_key
)

select * from final
