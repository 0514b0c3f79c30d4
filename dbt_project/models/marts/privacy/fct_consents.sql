with consents as (
    select * from {{ ref('int_privacy__consents') }}
),

final as (
    select
        user_key,
        purpose,
        status,
        changed_at,
        is_default,
        {{ as_of() }} as as_of
    from consents
)

select * from final
