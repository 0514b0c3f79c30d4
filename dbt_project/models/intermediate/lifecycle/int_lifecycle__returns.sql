with

active_days as (
    select
        user_key,
        day
    from {{ ref('int_lifecycle__active_days') }}
    where is_active
),

-- A small number sorts several times faster than the sixty-four digits of a key.
people as (
    select
        user_key,
        row_number() over (order by user_key nulls last) as person_number
    from active_days
    group by user_key
),

final as (
    select
        active_days.user_key,
        active_days.day,
        lag(active_days.day) over person as previous_day,
        lead(active_days.day) over person as next_day
    from active_days
    inner join people on active_days.user_key = people.user_key
    window person as (partition by people.person_number order by active_days.day nulls last)
)

select * from final
