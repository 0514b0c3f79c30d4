with

source as (
    select * from {{ source('raw', 'consents') }}
),

cleaned as (
    select
        {{ clean_text('user_id') }} as user_id,
        purpose,
        changed_at,
        status,
        {{ clean_text('policy_version') }} as policy_version,
        lower({{ clean_text('channel') }}) as channel,
        extra,
        _feed as feed,
        cast(null as {{ dbt.type_string() }}) as corrected_fields
    from source
    where changed_at < {{ as_of_end() }}
),

-- Two decisions at one instant: the one that protects the person stands.
final as (
    select *
    from cleaned
    qualify row_number() over (
        partition by user_id, purpose, changed_at
        order by
            case status when 'withdrawn' then 0 else 1 end,
            {{ row_digest(['policy_version', 'channel', 'extra', 'feed']) }}
    ) = 1
)

select * from final
