with

source as (
    select
        *,
        {{ possible_time('registered_at', since='2000-01-01') }} as possible_registered_at,
        {{ possible_time('updated_at', since='2000-01-01') }} as possible_updated_at,
        {{ possible_time('deleted_at', since='2000-01-01') }} as possible_deleted_at
    from {{ source('raw', 'users') }}
),

countries as (
    select * from {{ ref('seed_countries') }}
),

known as (
    select
        *,
        {{ clean_text('user_id') }} as clean_user_id,
        coalesce(possible_updated_at >= {{ as_of_end() }}, false) as is_later_version,
        min(case when possible_updated_at >= {{ as_of_end() }} then 1 else 0 end) over (
            partition by {{ clean_text('user_id') }}, _feed
        ) = 1 as has_only_later_versions,
        case
            when possible_updated_at < {{ as_of_end() }} then possible_updated_at
            else coalesce(possible_registered_at, timestamp '1970-01-01')
        end as stated_at
    from source
    where coalesce(possible_registered_at, possible_updated_at, timestamp '1970-01-01') < {{ as_of_end() }}
),

-- A source that keeps no versions has only its last; it speaks from the registration on.
versions as (
    select *
    from known
    where not is_later_version or has_only_later_versions
    qualify row_number() over (
        partition by clean_user_id, _feed, stated_at
        order by
            possible_updated_at desc nulls last,
            case when possible_deleted_at < {{ as_of_end() }} then possible_deleted_at end desc nulls last,
            possible_registered_at desc nulls last,
            {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        versions.clean_user_id as user_id,
        versions._feed as feed,
        versions.stated_at,
        {{ clean_gender('versions.gender') }} as gender,
        coalesce(countries.country, {{ clean_text('versions.country') }}) as country,
        {{ clean_text('versions.region') }} as region,
        {{ clean_text('versions.city') }} as city,
        {{ clean_language('versions.language') }} as language,
        {{ clean_text('versions.occupation') }} as occupation,
        {{ clean_text('versions.membership_level') }} as membership_level,
        {{ clean_text('versions.acquisition_channel') }} as acquisition_channel,
        {{ clean_text('versions.acquisition_campaign_id') }} as acquisition_campaign_id,
        {{ clean_text('versions.referrer') }} as referrer,
        lower({{ clean_text('versions.platform') }}) as platform,
        versions.attributes
    from versions
    left join countries
        on lower({{ clean_text('versions.country') }}) = countries.alias
)

select * from final
