with

people as (
    select * from {{ ref('int_users__people') }}
),

days as (
    select * from {{ ref('int_lifecycle__active_days') }}
),

firsts as (
    select
        user_key,
        min(case when is_active then day end) as first_core_action_day,
        min(case when order_count > 0 then day end) as first_order_day
    from days
    group by user_key
),

final as (
    select
        people.user_key,
        firsts.first_core_action_day,
        case
            when people.registered_at < {{ as_of_end() }}
                then {{ business_day('people.registered_at') }}
        end as registration_day,
        firsts.first_order_day
    from people
    left join firsts on people.user_key = firsts.user_key
)

select * from final
