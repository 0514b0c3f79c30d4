{# CTEs that end in `points_<n>` of a band, from the metric's `sums_<n>`. Fixed edges cut by
   themselves; quantiles are cut anew on every cut-off day, so that as many people lie in each band as
   equal values allow, and hold until the next. #}
{% macro tag_band(n, tag) -%}
{%- set bands = tag.quantiles or (tag.edges | length + 1) -%}
{%- set labels = tag.labels or range(1, bands + 1) -%}
{%- if tag.quantiles -%}
cut_offs_{{ n }} as (
    select day from {{ date_range(tag_points_start(), as_of()) }} as days
    where day = {{ cut_off_day('day', tag.every) }}
),

spells_{{ n }} as (
    select
        *,
        {{ add_days(
            'coalesce(lead(day) over (partition by user_key order by day), ' ~ day_after_as_of() ~ ')', -1
        ) }} as last_day
    from sums_{{ n }}
),

held_{{ n }} as (
    select
        spells.user_key,
        cut_offs.day,
        spells.amount
    from spells_{{ n }} as spells
    inner join cut_offs_{{ n }} as cut_offs
        on cut_offs.day between spells.day and spells.last_day
    where spells.is_there and {{ cut_off_day('spells.last_day', tag.every) }} >= spells.day
),

amounts_{{ n }} as (
    select
        day,
        amount,
        count(*) as people
    from held_{{ n }}
    group by day, amount
),

ranked_{{ n }} as (
    select
        day,
        amount,
        sum(people) over (partition by day order by amount) - people as people_below,
        sum(people) over (partition by day) as people
    from amounts_{{ n }}
),

edges_{{ n }} as (
    select
        day as cut_off_day,
        {%- for k in range(1, bands) %}
        min(case when people_below * {{ bands }} >= people * {{ k }} then amount end) as edge_{{ k }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from ranked_{{ n }}
    group by day
),

turns_{{ n }} as (
    select
        user_key,
        day,
        amount,
        is_there
    from sums_{{ n }}

    union all

    select
        user_key,
        day,
        amount,
        true as is_there
    from held_{{ n }}
),

banded_{{ n }} as (
    select
        turns.user_key,
        turns.day,
        case
            when not turns.is_there or edges.cut_off_day is null then 0
            {%- for k in range(1, bands) | reverse %}
            when turns.amount >= edges.edge_{{ k }} then {{ k + 1 }}
            {%- endfor %}
            else 1
        end as band
    from turns_{{ n }} as turns
    left join edges_{{ n }} as edges
        on {{ cut_off_day('turns.day', tag.every) }} = edges.cut_off_day
    group by 1, 2, 3
),
{%- else -%}
banded_{{ n }} as (
    select
        user_key,
        day,
        case
            when not is_there then 0
            {%- for edge in tag.edges | reverse %}
            when amount >= {{ money(edge) }} then {{ bands - loop.index0 }}
            {%- endfor %}
            else 1
        end as band
    from sums_{{ n }}
),
{%- endif %}

points_{{ n }} as (
    select
        user_key,
        day,
        case band
            {%- for label in labels %}
            when {{ loop.index }} then {{ text_literal(label) }}
            {%- endfor %}
        end as value,
        cast(null as decimal(9, 6)) as share
    from banded_{{ n }}
)
{%- endmacro %}
