with

source as (
    select * from {{ source('raw', 'identities') }}
),

cleaned as (
    select
        lower({{ clean_text('id_type') }}) as id_type,
        {{ clean_text('id') }} as id,
        lower({{ clean_text('linked_id_type') }}) as linked_id_type,
        {{ clean_text('linked_id') }} as linked_id,
        linked_at,
        {{ clean_text('evidence') }} as evidence,
        extra,
        _feed as feed,
        cast(null as {{ dbt.type_string() }}) as corrected_fields
    from source
    where linked_at < {{ as_of_end() }}
),

final as (
    select *
    from cleaned
    qualify row_number() over (
        partition by id_type, id, linked_id_type, linked_id
        order by linked_at nulls last, {{ row_digest(['evidence', 'extra', 'feed']) }}
    ) = 1
)

select * from final
