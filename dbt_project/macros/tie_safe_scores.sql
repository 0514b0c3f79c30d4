{# CTEs that end in `name` (day, measure, level): 1 to 5 by fifths of the people of each day, equal
   values alike, all five levels wherever there are five values. The definition is fct_user_value's:
   a value takes the fifth its middle person is in, the k-th lowest at most k, the k-th highest at
   least 6 - k, and none more than one above the next lower. #}
{% macro tie_safe_scores(name, people, column) -%}
{{ name }}_steps as (
    select
        day,
        {{ column }} as measure,
        count(*) as people,
        row_number() over (partition by day order by {{ column }}) as step,
        count(*) over (partition by day) as step_count
    from {{ people }}
    group by day, {{ column }}
),

{{ name }}_fifths as (
    select
        *,
        ceil(
            cast(5 * (2 * sum(people) over (partition by day order by measure) - people) as double)
            / nullif(2 * sum(people) over (partition by day), 0)
        ) as fifth
    from {{ name }}_steps
),

{{ name }}_bounded as (
    select
        *,
        case
            when step_count < 5 then fifth
            else greatest(least(fifth, step), 5 - (step_count - step))
        end as bounded_fifth
    from {{ name }}_fifths
),

{{ name }} as (
    select
        day,
        measure,
        cast(case
            when step_count < 5 then bounded_fifth
            else step + min(bounded_fifth - step) over (
                partition by day
                order by step
                rows unbounded preceding
            )
        end as integer) as level
    from {{ name }}_bounded
)
{%- endmacro %}
