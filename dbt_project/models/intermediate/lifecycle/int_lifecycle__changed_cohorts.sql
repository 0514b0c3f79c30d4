-- depends_on: {{ ref('int_lifecycle__changed_days') }} {{ ref('int_lifecycle__active_days') }}
{% if adds_to_history() %}
with

everybody as (
    {{ registered_people() }}
),

before as (
    select * from {{ previous('int_lifecycle__cohorts') }}
),

-- Eight bytes stand for a person. Whoever shares them is told as well, which changes nothing.
touched as (
    select person_key from {{ ref('int_lifecycle__changed_days') }}
    where
        is_active <> was_active
        or (order_count > 0) <> (coalesce(previous_order_count, 0) > 0)

    union
    select coalesce(everybody.person_key, before.person_key) as person_key
    from everybody
    full outer join before on everybody.person_key = before.person_key
    where
        everybody.user_key is null
        or before.user_key is null
        or everybody.user_key <> before.user_key
        or (everybody.registration_day is null) <> (before.registration_day is null)
        or everybody.registration_day <> before.registration_day
),

people as (
    select * from everybody
    where person_key in (select touched.person_key from touched)
),

days as (
    select * from {{ ref('int_lifecycle__active_days') }}
    where person_key in (select touched.person_key from touched)
),

{{ cohort_days() }},

final as (
    select
        user_key,
        person_key,
        first_core_action_day,
        registration_day,
        first_order_day,
        true as is_now
    from cohort_days

    union all
    select
        user_key,
        person_key,
        first_core_action_day,
        registration_day,
        first_order_day,
        false as is_now
    from before
    where person_key in (select touched.person_key from touched)
)

select * from final
{% else %}
select
    user_key,
    {{ short_key('user_key') }} as person_key,
    cast(null as date) as first_core_action_day,
    cast(null as date) as registration_day,
    cast(null as date) as first_order_day,
    true as is_now
from {{ ref('int_users__people') }}
where 1 = 0
{% endif %}
