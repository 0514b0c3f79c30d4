with

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
    where id_type in ('user_id', 'anonymous_id')
),

{% if adds_to_history() -%}
before as (
    select * from {{ this }}
),
{%- endif %}

final as (
    select
        identifiers.id_type,
        identifiers.id,
        identifiers.user_key,
        {{ short_key('identifiers.user_key') }} as person_key,
        cast(dense_rank() over (order by identifiers.user_key) as integer) as person_number,
        {% if adds_to_history() -%}
        case when before.user_key <> identifiers.user_key then before.user_key end
        {%- else -%}
        cast(null as {{ dbt.type_string() }})
        {%- endif %} as previous_user_key
    from identifiers
    {%- if adds_to_history() %}
    left join before
        on identifiers.id_type = before.id_type
        and identifiers.id = before.id
    {%- endif %}
)

select * from final
