with people as (
    select * from {{ ref('int_users__people') }}
    where deleted_at is null
),

final as (
    select
        user_key,
        {{ as_of() }} as as_of
    from people
)

select * from final
