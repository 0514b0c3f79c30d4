{{ config(
    materialized='incremental',
    incremental_strategy='replace_people',
    on_schema_change='fail',
    meta={'changed_by': 'int_lifecycle__changed_cohorts'}
) }}

-- depends_on: {{ ref('int_lifecycle__changed_cohorts') }}
-- depends_on: {{ ref('int_users__people') }} {{ ref('int_lifecycle__active_days') }}
{% if adds_to_history() %}
select
    user_key,
    person_key,
    first_core_action_day,
    registration_day,
    first_order_day
from {{ ref('int_lifecycle__changed_cohorts') }}
where is_now
{% else %}
with

people as (
    {{ registered_people() }}
),

days as (
    select * from {{ ref('int_lifecycle__active_days') }}
),

{{ cohort_days() }},

final as (
    select * from cohort_days
)

select * from final
{% endif %}
