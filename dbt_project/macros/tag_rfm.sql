{# CTEs that end in `points_<n>` of an rfm: on every cut-off day the scores of all who have bought by
   then, as fct_user_value defines them. A purchase counts from the first cut-off day after it. #}
{% macro tag_rfm(n, tag) -%}
{%- set start = tag_points_start() -%}
{%- set scores = ['r', 'f', 'm'] -%}
cut_offs_{{ n }} as (
    select day from {{ date_range(start, as_of()) }} as days
    where day = {{ cut_off_day('day', tag.every) }}
),

entries_{{ n }} as (
    select
        user_key,
        order_day as enters_on,
        case when is_purchase then 1 else 0 end as purchases,
        case when is_purchase then order_day end as last_day,
        case when status = 'cancelled' then {{ money('0') }} else coalesce(gross_amount, 0) end as revenue
    from {{ ref('int_value__orders') }}
    where user_key is not null

    union all

    select
        user_key,
        greatest(order_day, coalesce({{ business_day('refunded_at') }}, order_day)) as enters_on,
        0 as purchases,
        cast(null as date) as last_day,
        {{ money('0 - refunded_amount') }} as revenue
    from {{ ref('int_value__orders') }}
    where user_key is not null and status <> 'cancelled' and refunded_amount <> 0 and gross_amount is not null
),

-- Entries by the first cut-off day that knows of them.
placed_{{ n }} as (
    select
        entries.user_key,
        entries.cut_off_day,
        sum(entries.purchases) as purchases,
        max(entries.last_day) as last_day,
        sum(entries.revenue) as revenue
    from (
        select
            *,
            greatest(
                case
                    when {{ cut_off_day('enters_on', tag.every) }} = enters_on then enters_on
                    else {{ next_cut_off_day('enters_on', tag.every) }}
                end,
                (select min(day) from cut_offs_{{ n }})
            ) as cut_off_day
        from entries_{{ n }}
    ) as entries
    group by entries.user_key, entries.cut_off_day
),

buyers_{{ n }} as (
    select
        user_key,
        min(case when purchases > 0 then cut_off_day end) as first_cut_off_day
    from placed_{{ n }}
    group by user_key
),

running_{{ n }} as (
    select
        buyers.user_key,
        cut_offs.day,
        sum(coalesce(placed.purchases, 0)) over so_far as purchases,
        sum(coalesce(placed.revenue, 0)) over so_far as revenue,
        max(placed.last_day) over so_far as last_day
    from buyers_{{ n }} as buyers
    cross join cut_offs_{{ n }} as cut_offs
    left join placed_{{ n }} as placed
        on buyers.user_key = placed.user_key
        and cut_offs.day = placed.cut_off_day
    where buyers.first_cut_off_day is not null
    window so_far as (partition by buyers.user_key order by cut_offs.day)
),

measured_{{ n }} as (
    select
        user_key,
        day,
        last_day,
        {{ money('0 - ' ~ days_between('last_day', 'day')) }} as r_measure,
        {{ money('purchases') }} as f_measure,
        {{ money('revenue') }} as m_measure
    from running_{{ n }}
    where purchases > 0
),
{% for score in scores %}
{{ tie_safe_scores(score ~ '_levels_' ~ n, 'measured_' ~ n, score ~ '_measure') }},
{% endfor %}
scored_{{ n }} as (
    select
        measured.user_key,
        measured.day,
        {%- if tag.validity_days %}
        {{ add_days('measured.last_day', tag.validity_days) }} >= measured.day as is_fresh,
        {%- else %}
        true as is_fresh,
        {%- endif %}
        {%- for score in scores %}
        {{ score }}_levels.level as {{ score }}_score
        {{- ',' if not loop.last }}
        {%- endfor %}
    from measured_{{ n }} as measured
    {%- for score in scores %}
    inner join {{ score }}_levels_{{ n }} as {{ score }}_levels
        on measured.day = {{ score }}_levels.day
        and measured.{{ score }}_measure = {{ score }}_levels.measure
    {%- endfor %}
),

classed_{{ n }} as (
    select
        user_key,
        day,
        case
            when is_fresh then {{ rfm_value('r_score', 'f_score', 'm_score', tag.show) }}
        end as value
    from scored_{{ n }}
),
{%- if tag.validity_days %}

stated_purchases_{{ n }} as (
    select
        user_key,
        order_day as day,
        'bought' as value
    from {{ ref('int_value__orders') }}
    where user_key is not null and is_purchase
    group by user_key, order_day
),

{{ tag_statements('purchases_' ~ n, tag) }},
{%- endif %}

points_{{ n }} as (
    select
        user_key,
        day,
        value,
        cast(null as decimal(9, 6)) as share
    from classed_{{ n }}
    {%- if tag.validity_days %}

    union all

    select
        lapses.user_key,
        lapses.day,
        lapses.value,
        lapses.share
    from points_purchases_{{ n }} as lapses
    left join classed_{{ n }} as classed
        on lapses.user_key = classed.user_key
        and lapses.day = classed.day
    where lapses.value is null and classed.user_key is null
    {%- endif %}
)
{%- endmacro %}
