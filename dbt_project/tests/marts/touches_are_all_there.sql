{{ config(meta={'dagster': {'ref': {'name': 'fct_touches'}}}) }}
-- A touch lost, or doubled, is a wrong count in every campaign report; the gate before this layer has
-- counted the intermediate ones against staging.
with delivered as (
    select count(*) as touches from {{ ref('int_campaigns__touches') }}
),

told as (
    select count(*) as touches from {{ ref('fct_touches') }}
)

select
    delivered.touches as delivered,
    told.touches as told
from delivered
cross join told
where delivered.touches <> told.touches
