{{ config(
    materialized='incremental',
    incremental_strategy='replace_people',
    on_schema_change='fail',
    meta={'changed_by': 'int_lifecycle__changed_returns'}
) }}

-- depends_on: {{ ref('int_lifecycle__changed_returns') }} {{ ref('int_lifecycle__active_days') }}
{% if adds_to_history() %}
select
    user_key,
    person_key,
    day,
    previous_day,
    next_day
from {{ ref('int_lifecycle__changed_returns') }}
where is_now
{% else %}
with

active_days as (
    select
        user_key,
        day
    from {{ ref('int_lifecycle__active_days') }}
    where is_active
),

{{ neighbouring_days() }},

final as (
    select * from neighbouring_days
)

select * from final
{% endif %}
