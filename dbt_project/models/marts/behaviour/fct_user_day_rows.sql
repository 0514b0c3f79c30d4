{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    on_schema_change='fail'
) }}

-- depends_on: {{ ref('int_lifecycle__changed_days') }}
with active_days as (
    {% if adds_to_history() -%}
    select * from {{ ref('int_lifecycle__changed_days') }}
    where is_there and is_active
    {%- else -%}
    select * from {{ ref('int_lifecycle__active_days') }}
    where is_active
    {%- endif %}
),

final as (
    select
        user_key,
        day,
        event_count,
        core_event_count,
        session_count,
        order_count,
        revenue
    from active_days
)

select * from final
