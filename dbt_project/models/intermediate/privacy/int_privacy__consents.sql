with

people as (
    select * from {{ ref('int_users__people') }}
),

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
),

consents as (
    select * from {{ ref('stg_consents') }}
),

defaults as (
    {%- for purpose, status in var('consent_defaults').items() | sort %}
    select '{{ purpose }}' as purpose, '{{ status }}' as status
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

decisions as (
    select
        identifiers.user_key,
        consents.purpose,
        consents.status,
        consents.changed_at
    from consents
    inner join identifiers
        on consents.user_id = identifiers.id
        and identifiers.id_type = 'user_id'
    qualify row_number() over (
        partition by identifiers.user_key, consents.purpose
        order by
            consents.changed_at desc,
            case consents.status when 'withdrawn' then 0 else 1 end
    ) = 1
),

final as (
    select
        people.user_key,
        defaults.purpose,
        coalesce(decisions.status, defaults.status) as status,
        decisions.changed_at,
        decisions.status is null as is_default
    from people
    cross join defaults
    left join decisions
        on people.user_key = decisions.user_key
        and defaults.purpose = decisions.purpose
)

select * from final
