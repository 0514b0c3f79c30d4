{# CTEs that end in `points_<n>` of a preference: on each day on which any of a person's counts changes,
   what there is most of and its share; the first by name of equals. #}
{% macro tag_preference(n, part) -%}
{%- set start = tag_points_start() -%}
{%- set width = part.days or 100000 -%}
{%- set leaves_on = add_days('day', width) -%}
{%- set lapses_on = add_days('day', (part.validity_days or 0) + 1) -%}
counted_{{ n }} as (
    {%- if part.source == 'order_items' %}
    select
        items.user_key,
        orders.order_day as day,
        {{ 'items.product_id' if part.of == 'item_id' else 'items.category' }} as candidate,
        count(*) as times
    from {{ ref('int_value__order_items') }} as items
    inner join {{ ref('int_value__orders') }} as orders
        on items.order_id = orders.order_id
    where
        items.user_key is not null
        and orders.is_purchase
        and {{ 'items.product_id' if part.of == 'item_id' else 'items.category' }} is not null
    group by 1, 2, 3
    {%- else %}
    select
        user_key,
        event_day as day,
        {{ part.of }} as candidate,
        count(*) as times
    from {{ ref('int_behaviour__events') }}
    where
        user_key is not null
        and {{ part.of }} is not null
        and {{ 'event_name in ' ~ text_list(part.events) if part.events else 'is_core' }}
    group by 1, 2, 3
    {%- endif %}
),

moves_{{ n }} as (
    select
        user_key,
        candidate,
        greatest(day, {{ start }}) as day,
        times
    from counted_{{ n }}
    where {{ leaves_on }} > {{ start }}

    union all

    select
        user_key,
        candidate,
        {{ leaves_on }} as day,
        0 - times as times
    from counted_{{ n }}
    where {{ leaves_on }} > {{ start }} and {{ leaves_on }} <= {{ as_of() }}
),

daily_moves_{{ n }} as (
    select
        user_key,
        candidate,
        day,
        sum(times) as times
    from moves_{{ n }}
    group by user_key, candidate, day
),

days_moved_{{ n }} as (
    select
        user_key,
        day,
        0 as fresh_days,
        sum(times) as times
    from daily_moves_{{ n }}
    group by user_key, day
    {%- if part.validity_days %}

    union all

    select
        user_key,
        greatest(day, {{ start }}) as day,
        1 as fresh_days,
        0 as times
    from counted_{{ n }}
    where {{ lapses_on }} > {{ start }}
    group by user_key, counted_{{ n }}.day

    union all

    select
        user_key,
        {{ lapses_on }} as day,
        -1 as fresh_days,
        0 as times
    from counted_{{ n }}
    where {{ lapses_on }} > {{ start }} and {{ lapses_on }} <= {{ as_of() }}
    group by user_key, counted_{{ n }}.day
    {%- endif %}
),

daily_freshness_{{ n }} as (
    select
        user_key,
        day,
        sum(fresh_days) as fresh_days,
        sum(times) as times
    from days_moved_{{ n }}
    group by user_key, day
),

turning_days_{{ n }} as (
    select
        user_key,
        day,
        {{ 'sum(fresh_days) over (partition by user_key order by day) > 0' if part.validity_days else 'true' }}
            as is_fresh,
        sum(times) over (partition by user_key order by day) as all_times
    from daily_freshness_{{ n }}
),

own_tallies_{{ n }} as (
    select
        user_key,
        candidate,
        sum(times) over (partition by user_key, candidate order by day) as times
    from daily_moves_{{ n }}
),

-- What never reaches the least count cannot be the top, and most things never do: only the others
-- are looked at on every day on which anything changes.
candidates_{{ n }} as (
    select
        user_key,
        candidate
    from own_tallies_{{ n }}
    where times >= {{ part.min_count }}
    group by user_key, candidate
),

tallies_{{ n }} as (
    select
        candidates_{{ n }}.user_key,
        candidates_{{ n }}.candidate,
        turning_days_{{ n }}.day,
        turning_days_{{ n }}.is_fresh,
        turning_days_{{ n }}.all_times,
        sum(coalesce(daily_moves_{{ n }}.times, 0)) over (
            partition by candidates_{{ n }}.user_key, candidates_{{ n }}.candidate
            order by turning_days_{{ n }}.day
        ) as times
    from candidates_{{ n }}
    inner join turning_days_{{ n }}
        on candidates_{{ n }}.user_key = turning_days_{{ n }}.user_key
    left join daily_moves_{{ n }}
        on candidates_{{ n }}.user_key = daily_moves_{{ n }}.user_key
        and candidates_{{ n }}.candidate = daily_moves_{{ n }}.candidate
        and turning_days_{{ n }}.day = daily_moves_{{ n }}.day
),

-- The smallest of "a trillion less the count, then the name" is the first by name of the largest.
tops_{{ n }} as (
    select
        user_key,
        day,
        is_fresh,
        all_times,
        max(times) as top_times,
        substring(min(
            lpad(cast(1000000000000 - cast(times as bigint) as {{ dbt.type_string() }}), 13, '0') || candidate
        ), 14) as top
    from tallies_{{ n }}
    group by user_key, day, is_fresh, all_times
),

points_{{ n }} as (
    select
        user_key,
        day,
        case
            when
                is_fresh
                and top_times >= {{ part.min_count }}
                and cast(top_times as double) / nullif(all_times, 0) >= {{ part.min_share }}
                then top
        end as value,
        cast(cast(top_times as double) / nullif(all_times, 0) as decimal(9, 6)) as share
    from tops_{{ n }}
)
{%- endmacro %}
