-- depends_on: {{ ref('int_lifecycle__changed_days') }} {{ ref('int_lifecycle__changed_cohorts') }}
{% if adds_to_history() %}
with

-- Eight bytes stand for a person. Whoever shares them is told as well, which changes nothing.
touched as (
    select person_key from {{ ref('int_lifecycle__changed_days') }}
    where is_active <> was_active

    union
    select person_key from {{ ref('int_lifecycle__changed_cohorts') }}
),

active_days as (
    select
        user_key,
        day
    from {{ ref('int_lifecycle__active_days') }}
    where is_active and person_key in (select touched.person_key from touched)
),

{{ neighbouring_days() }},

final as (
    select
        user_key,
        person_key,
        day,
        previous_day,
        next_day,
        true as is_now
    from neighbouring_days

    union all
    select
        user_key,
        person_key,
        day,
        previous_day,
        next_day,
        false as is_now
    from {{ previous('int_lifecycle__returns') }}
    where person_key in (select touched.person_key from touched)
)

select * from final
{% else %}
select
    user_key,
    person_key,
    day,
    cast(null as date) as previous_day,
    cast(null as date) as next_day,
    true as is_now
from {{ ref('int_lifecycle__active_days') }}
where 1 = 0
{% endif %}
