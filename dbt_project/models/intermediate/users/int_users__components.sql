with

links as (
    select * from {{ ref('int_users__links') }}
),

days as (
    select {{ as_of() }} as as_of
),

{{ identity_components() }},

final as (
    select node, root from groups
)

select * from final
