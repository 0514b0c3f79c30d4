with

source as (
    select * from {{ source('raw', 'exposures') }}
),

cleaned as (
    select
        {{ clean_text('experiment_id') }} as experiment_id,
        {{ clean_text('unit_id') }} as unit_id,
        {{ clean_text('variant') }} as variant,
        exposed_at,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('anonymous_id') }} as anonymous_id,
        extra,
        _feed as feed,
        cast(null as {{ dbt.type_string() }}) as corrected_fields
    from source
    where exposed_at < {{ as_of_end() }}
),

first_exposures as (
    select *
    from cleaned
    qualify row_number() over (
        partition by experiment_id, unit_id
        order by
            exposed_at nulls last,
            {{ row_digest(['variant', 'user_id', 'anonymous_id', 'extra', 'feed']) }}
    ) = 1
),

variants as (
    select
        experiment_id,
        unit_id,
        cast(count(distinct variant) as integer) as variant_count
    from cleaned
    group by experiment_id, unit_id
),

final as (
    select
        first_exposures.*,
        variants.variant_count
    from first_exposures
    inner join variants
        on first_exposures.experiment_id = variants.experiment_id
        and first_exposures.unit_id = variants.unit_id
)

select * from final
