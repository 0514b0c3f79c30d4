{# CTEs over `people` (user_key, person_key, registration_day) and `days` (int_lifecycle__active_days) that
   end in `cohort_days`: the days that each person's cohorts begin with. #}
{% macro cohort_days() -%}
firsts as (
    select
        user_key,
        min(case when is_active then day end) as first_core_action_day,
        min(case when order_count > 0 then day end) as first_order_day
    from days
    group by user_key
),

cohort_days as (
    select
        people.user_key,
        people.person_key,
        firsts.first_core_action_day,
        people.registration_day,
        firsts.first_order_day
    from people
    left join firsts on people.user_key = firsts.user_key
)
{%- endmacro %}
