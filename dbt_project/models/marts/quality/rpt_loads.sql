with loads as (
    select * from {{ source('raw', 'loads') }}
),

final as (
    select
        feed,
        entity,
        file,
        sha256,
        cast(physical as bigint) as physical,
        cast(accepted as bigint) as accepted,
        cast(quarantined as bigint) as quarantined,
        cast(duplicate as bigint) as duplicate,
        cast(rows as bigint) as row_count,
        status,
        cast(loaded_at as timestamp) as loaded_at,
        cast(loaded_on as date) as loaded_on,
        {{ as_of() }} as as_of
    from loads
)

select * from final
