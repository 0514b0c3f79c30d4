{# CTEs that end in `points_<n>`, from `stated_<n>` (user_key, day, value): what was last said stands,
   until something else is said or, when the part has a validity, that many days have passed. #}
{% macro tag_statements(n, part) -%}
{%- set start = tag_points_start() -%}
followed_{{ n }} as (
    select
        user_key,
        day,
        value,
        coalesce(
            lead(day) over (partition by user_key order by day), {{ day_after_as_of() }}
        ) as next_day
    from stated_{{ n }}
),

points_{{ n }} as (
    select
        user_key,
        greatest(day, {{ start }}) as day,
        value,
        cast(null as decimal(9, 6)) as share
    from followed_{{ n }}
    where
        next_day > {{ start }}
        {%- if part.validity_days %}
        and {{ add_days('day', part.validity_days + 1) }} > {{ start }}

    union all

    select
        user_key,
        {{ add_days('day', part.validity_days + 1) }} as day,
        cast(null as {{ dbt.type_string() }}) as value,
        cast(null as decimal(9, 6)) as share
    from followed_{{ n }}
    where
        value is not null
        and {{ add_days('day', part.validity_days + 1) }} < next_day
        and {{ add_days('day', part.validity_days + 1) }} > {{ start }}
        {%- endif %}
)
{%- endmacro %}
