{# CTEs over `active_days` (user_key, day) that end in `neighbouring_days`: each with the person's active
   days before and after it. #}
{% macro neighbouring_days() -%}
-- A small number sorts several times faster than the sixty-four digits of a key.
numbered_people as (
    select
        user_key,
        {{ short_key('user_key') }} as person_key,
        row_number() over (order by user_key nulls last) as person_number
    from active_days
    group by user_key
),

neighbouring_days as (
    select
        active_days.user_key,
        numbered_people.person_key,
        active_days.day,
        lag(active_days.day) over person as previous_day,
        lead(active_days.day) over person as next_day
    from active_days
    inner join numbered_people on active_days.user_key = numbered_people.user_key
    window person as (partition by numbered_people.person_number order by active_days.day nulls last)
)
{%- endmacro %}
