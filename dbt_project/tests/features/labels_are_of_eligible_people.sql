{{ config(meta={'dagster': {'ref': {'name': 'ftr_churn_labels'}}}) }}
-- Every label belongs to an eligible snapshot, and every eligible snapshot whose horizon has passed
-- has one.
with snapshots as (
    select
        as_of,
        user_key
    from {{ ref('ftr_user_snapshots') }}
    where is_eligible and {{ add_days('as_of', var('churn_horizon_days')) }} <= {{ as_of() }}
),

labels as (
    select
        as_of,
        user_key
    from {{ ref('ftr_churn_labels') }}
)

select
    snapshots.as_of,
    snapshots.user_key
from snapshots
full outer join labels
    on
    snapshots.as_of = labels.as_of
    and snapshots.user_key = labels.user_key
where snapshots.user_key is null or labels.user_key is null
