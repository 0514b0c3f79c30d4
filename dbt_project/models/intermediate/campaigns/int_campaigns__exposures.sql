with exposures as (
    select * from {{ ref('stg_exposures') }}
),

experiments as (
    select * from {{ ref('stg_experiments') }}
),

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
),

units as (
    select
        exposures.experiment_id,
        exposures.variant,
        exposures.exposed_at,
        exposures.variant_count,
        coalesce(users.user_key, devices.user_key) as user_key
    from exposures
    left join identifiers as users
        on exposures.user_id = users.id
        and users.id_type = 'user_id'
    left join identifiers as devices
        on exposures.anonymous_id = devices.id
        and devices.id_type = 'anonymous_id'
),

-- Two units of one person are that person, who is in the variant seen first.
people as (
    select
        experiment_id,
        user_key,
        count(distinct variant) as variants_of_units,
        max(variant_count) as variants_of_unit
    from units
    where user_key is not null
    group by experiment_id, user_key
),

first_exposures as (
    select
        experiment_id,
        user_key,
        variant,
        exposed_at
    from units
    where user_key is not null
    qualify row_number() over (
        partition by experiment_id, user_key
        order by exposed_at nulls last, variant nulls last
    ) = 1
),

final as (
    select
        first_exposures.experiment_id,
        first_exposures.user_key,
        first_exposures.variant,
        first_exposures.exposed_at,
        people.variants_of_units > 1 or people.variants_of_unit > 1 as saw_several,
        first_exposures.exposed_at >= coalesce(experiments.started_at, first_exposures.exposed_at)
        and first_exposures.exposed_at < coalesce(experiments.ended_at, {{ as_of_end() }}) as is_counted,
        least(coalesce(experiments.ended_at, {{ as_of_end() }}), {{ as_of_end() }}) as counted_until
    from first_exposures
    inner join people
        on first_exposures.experiment_id = people.experiment_id
        and first_exposures.user_key = people.user_key
    left join experiments on first_exposures.experiment_id = experiments.experiment_id
)

select * from final
