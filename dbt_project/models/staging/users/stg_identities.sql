{%- set ends = [('id_type', 'id'), ('linked_id_type', 'linked_id')] -%}

with

source as (
    select * from {{ source('raw', 'identities') }}
),

texts as (
    select
        lower({{ clean_text('id_type') }}) as id_type,
        {{ clean_text('id') }} as id,
        lower({{ clean_text('linked_id_type') }}) as linked_id_type,
        {{ clean_text('linked_id') }} as linked_id,
        linked_at,
        {{ clean_text('evidence') }} as evidence,
        extra,
        _feed as feed
    from source
    where linked_at < {{ as_of_end() }}
),

-- Addresses and numbers are written here as they are on accounts, so that the two meet.
cleaned as (
    select
        {%- for kind, id in ends %}
        {{ kind }},
        case {{ kind }}
            when 'email' then coalesce({{ clean_email(id) }}, {{ id }})
            when 'phone' then coalesce({{ national_phone(clean_phone(id)) }}, {{ id }})
            else {{ id }}
        end as {{ id }},
        {%- endfor %}
        linked_at,
        evidence,
        coalesce(lower(evidence) in ('withdrawn', 'probabilistic_withdrawn'), false) as is_withdrawn,
        coalesce(lower(evidence) in ('probabilistic', 'probabilistic_withdrawn'), false) as is_probabilistic,
        extra,
        feed,
        cast(null as {{ dbt.type_string() }}) as corrected_fields
    from texts
),

final as (
    select *
    from cleaned
    qualify row_number() over (
        partition by id_type, id, linked_id_type, linked_id, linked_at, is_withdrawn, is_probabilistic
        order by {{ row_digest(['evidence', 'extra', 'feed']) }}
    ) = 1
)

select * from final
