with refused as (
    select
        feed,
        entity,
        file,
        reason,
        cast(loaded_on as date) as loaded_on,
        records
    from {{ source('raw', 'quarantine') }}
),

final as (
    select
        feed,
        entity,
        file,
        reason,
        loaded_on,
        cast(sum(records) as bigint) as records,
        {{ as_of() }} as as_of
    from refused
    group by feed, entity, file, reason, loaded_on
)

select * from final
