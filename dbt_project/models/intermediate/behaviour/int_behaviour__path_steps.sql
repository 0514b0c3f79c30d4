{{ config(
    materialized='incremental',
    incremental_strategy='replace_steps',
    on_schema_change='fail'
) }}

-- depends_on: {{ ref('int_behaviour__path_changes') }} {{ ref('int_behaviour__events') }}
{% if adds_to_history() %}
select
    person_key,
    kind,
    from_page,
    to_page,
    transitions
from {{ ref('int_behaviour__path_changes') }}
where transitions > 0
{% else %}
with

events as (
    select * from {{ ref('int_behaviour__events') }}
),

{{ page_steps() }},

final as (
    select
        person_key,
        kind,
        from_page,
        to_page,
        transitions
    from page_steps
)

-- In order their keys take next to no room, and each night looks through all of them.
select * from final
order by person_key nulls last
{% endif %}
