{# CTEs that end in `sums_<n>` (user_key, day, amount, is_there): a metric part's window, from each
   day it changes on. A record enters the window on its day, a refund on the day it was made, and both
   leave with the day of the order; a record older than the validity no longer keeps a value alive. #}
{% macro tag_metric(n, part) -%}
{%- set start = tag_points_start() -%}
{%- set width = part.days or 100000 -%}
{%- set leaves_on = add_days('day', width) -%}
{%- set columns = {
    'events': 'event_count', 'core_events': 'core_event_count', 'sessions': 'session_count',
    'orders': 'order_count',
} -%}
records_{{ n }} as (
    {%- if part.measure == 'revenue' %}
    select
        user_key,
        order_day as day,
        order_day as enters_on,
        {{ money('gross_amount') }} as amount,
        case when is_purchase then 1 else 0 end as records
    from {{ ref('int_value__orders') }}
    where user_key is not null and status <> 'cancelled' and gross_amount is not null

    union all

    select
        user_key,
        order_day as day,
        greatest(order_day, coalesce({{ business_day('refunded_at') }}, order_day)) as enters_on,
        {{ money('0 - refunded_amount') }} as amount,
        0 as records
    from {{ ref('int_value__orders') }}
    where user_key is not null and status <> 'cancelled' and gross_amount is not null and refunded_amount <> 0
    {%- elif part.events %}
    select
        user_key,
        event_day as day,
        event_day as enters_on,
        {{ money('count(*)') }} as amount,
        1 as records
    from {{ ref('int_behaviour__events') }}
    where
        user_key is not null
        and event_name in {{ text_list(part.events) }}
        {%- if part.measure == 'core_events' %}
        and is_core
        {%- endif %}
    group by user_key, event_day
    {%- elif part.measure == 'active_days' %}
    select
        user_key,
        day,
        day as enters_on,
        {{ money('1') }} as amount,
        1 as records
    from {{ ref('int_lifecycle__active_days') }}
    where is_active
    {%- else %}
    select
        user_key,
        day,
        day as enters_on,
        {{ money(columns[part.measure]) }} as amount,
        1 as records
    from {{ ref('int_lifecycle__active_days') }}
    where {{ columns[part.measure] }} > 0
    {%- endif %}
),

windowed_{{ n }} as (
    select
        *,
        {{ leaves_on }} as leaves_on,
        {% if part.validity_days -%}
        {{ add_days('day', part.validity_days + 1) }} as lapses_on
        {%- else -%}
        {{ leaves_on }} as lapses_on
        {%- endif %}
    from records_{{ n }}
    where enters_on < {{ leaves_on }} and {{ leaves_on }} > {{ start }}
),

moves_{{ n }} as (
    select
        user_key,
        greatest(enters_on, {{ start }}) as day,
        amount,
        records,
        case when lapses_on > {{ start }} then records else 0 end as fresh_records
    from windowed_{{ n }}

    union all

    select
        user_key,
        leaves_on as day,
        0 - amount as amount,
        0 - records as records,
        0 as fresh_records
    from windowed_{{ n }}
    where leaves_on <= {{ as_of() }}

    union all

    select
        user_key,
        lapses_on as day,
        {{ money('0') }} as amount,
        0 as records,
        0 - records as fresh_records
    from windowed_{{ n }}
    where lapses_on <= {{ as_of() }} and lapses_on > {{ start }}
),

daily_moves_{{ n }} as (
    select
        user_key,
        day,
        sum(amount) as amount,
        sum(records) as records,
        sum(fresh_records) as fresh_records
    from moves_{{ n }}
    group by user_key, day
),

sums_{{ n }} as (
    select
        user_key,
        day,
        {{ money('sum(amount) over (partition by user_key order by day)') }} as amount,
        sum(records) over (partition by user_key order by day) > 0
        and sum(fresh_records) over (partition by user_key order by day) > 0 as is_there
    from daily_moves_{{ n }}
)
{%- endmacro %}
