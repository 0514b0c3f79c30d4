{{ config(meta={'dagster': {'ref': {'name': 'fct_touches'}}}) }}
-- A touch lost, or doubled by a join, is a wrong count in every campaign report.
with delivered as (
    select count(*) as touches from {{ ref('stg_touches') }}
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
