with exposures as (
    select * from {{ ref('int_campaigns__exposures') }}
),

experiments as (
    select * from {{ ref('stg_experiments') }}
),

arms as (
    select
        experiment_id,
        variant,
        cast(sum(case when is_counted then 1 else 0 end) as bigint) as units,
        cast(sum(case when is_counted and saw_several then 1 else 0 end) as bigint) as multiple_units,
        cast(sum(case when is_counted then 0 else 1 end) as bigint) as outside_units,
        min(exposed_at) as first_exposed_at,
        max(exposed_at) as last_exposed_at
    from exposures
    group by experiment_id, variant
),

final as (
    select
        coalesce(experiments.experiment_id, arms.experiment_id) as experiment_id,
        arms.variant,
        experiments.name,
        cast(experiments.variants as {{ dbt.type_string() }}) as declared_variants,
        experiments.primary_metric,
        experiments.started_at,
        experiments.ended_at,
        cast({{ seconds_between('experiments.ended_at', as_of_end()) }} as double) as seconds_since_end,
        experiments.experiment_id is not null as is_declared,
        coalesce(arms.units, 0) as units,
        coalesce(arms.multiple_units, 0) as multiple_units,
        coalesce(arms.outside_units, 0) as outside_units,
        arms.first_exposed_at,
        arms.last_exposed_at,
        {{ as_of() }} as as_of
    from experiments
    full join arms on experiments.experiment_id = arms.experiment_id
)

select * from final
