{%- set records = [
    ('stg_events', 'event_id', 'occurred_at', true),
    ('stg_orders', 'order_id', 'ordered_at', true),
    ('stg_touches', 'touch_id', 'occurred_at', true),
    ('stg_feedback', 'feedback_id', 'submitted_at', false),
] -%}

with

past_identifiers as (
    select * from {{ ref('int_users__past_identifiers') }}
),

final as (
    {%- for table, id, moment, has_device in records %}
    select
        past_identifiers.as_of,
        '{{ table | replace("stg_", "") }}' as entity,
        records.{{ id }} as record_id,
        past_identifiers.user_key
    from {{ ref(table) }} as records
    inner join past_identifiers
        on records.user_id = past_identifiers.id
        and past_identifiers.id_type = 'user_id'
    where {{ business_day('records.' ~ moment) }} <= past_identifiers.as_of
    {%- if has_device %}

    union all
    select
        past_identifiers.as_of,
        '{{ table | replace("stg_", "") }}' as entity,
        records.{{ id }} as record_id,
        past_identifiers.user_key
    from {{ ref(table) }} as records
    inner join past_identifiers
        on records.anonymous_id = past_identifiers.id
        and past_identifiers.id_type = 'anonymous_id'
    where
        records.user_id is null
        and {{ business_day('records.' ~ moment) }} <= past_identifiers.as_of
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
