{%- set times = ['registered_at', 'updated_at', 'deleted_at'] -%}
{%- set said = [
    'possible_registered_at', 'known_updated_at', 'known_deleted_at', 'email', 'phone', 'name', 'gender', 'birth_date',
    'country', 'region', 'city', 'language', 'occupation', 'membership_level', 'acquisition_channel',
    'acquisition_campaign_id', 'referrer', 'platform', 'attributes',
] -%}

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
        coalesce(possible_updated_at >= {{ as_of_end() }}, false) as is_later_version,
        {{ clean_text('user_id') }} as clean_user_id,
        case when possible_updated_at < {{ as_of_end() }} then possible_updated_at end as known_updated_at,
        case when possible_deleted_at < {{ as_of_end() }} then possible_deleted_at end as known_deleted_at
    from source
    where coalesce(possible_registered_at, possible_updated_at, timestamp '1970-01-01') < {{ as_of_end() }}
),

-- A feed's last record of a user is all it says of them; what it leaves out, another feed may say.
of_each_feed as (
    select *
    from known
    qualify row_number() over (
        partition by clean_user_id, _feed
        order by
            is_later_version nulls last,
            known_updated_at desc nulls last,
            known_deleted_at desc nulls last,
            possible_registered_at desc nulls last,
            {{ latest_delivery() }}
    ) = 1
),

ranked as (
    select
        *,
        row_number() over (
            partition by clean_user_id
            order by
                is_later_version nulls last,
                known_updated_at desc nulls last,
                known_deleted_at desc nulls last,
                possible_registered_at desc nulls last,
                {{ latest_delivery() }}
        ) as place
    from of_each_feed
),

latest as (
    select
        clean_user_id,
        {%- for column in said %}
        min_by({{ column }}, place) filter (where {{ column }} is not null) as {{ column }},
        {%- endfor %}
        {%- for column in times %}
        max(case when {{ is_impossible_time(column, since='2000-01-01') }} then 1 else 0 end)
            as impossible_{{ column }},
        {%- endfor %}
        min_by(_feed, place) as _feed
    from ranked
    group by clean_user_id
),

final as (
    select
        latest.clean_user_id as user_id,
        latest.possible_registered_at as registered_at,
        latest.known_updated_at as updated_at,
        latest.known_deleted_at as deleted_at,
        {{ clean_email('latest.email') }} as email,
        {{ clean_phone('latest.phone') }} as phone,
        {{ clean_text('latest.name') }} as name,
        {{ clean_gender('latest.gender') }} as gender,
        case
            when latest.birth_date between date '1900-01-01' and {{ as_of() }}
                then latest.birth_date
        end as birth_date,
        coalesce(countries.country, {{ clean_text('latest.country') }}) as country,
        {{ clean_text('latest.region') }} as region,
        {{ clean_text('latest.city') }} as city,
        {{ clean_language('latest.language') }} as language,
        {{ clean_text('latest.occupation') }} as occupation,
        {{ clean_text('latest.membership_level') }} as membership_level,
        {{ clean_text('latest.acquisition_channel') }} as acquisition_channel,
        {{ clean_text('latest.acquisition_campaign_id') }} as acquisition_campaign_id,
        {{ clean_text('latest.referrer') }} as referrer,
        lower({{ clean_text('latest.platform') }}) as platform,
        latest.attributes,
        latest._feed as feed,
        {{ corrected_fields({
            'registered_at': 'latest.impossible_registered_at = 1 and latest.possible_registered_at is null',
            'updated_at': 'latest.impossible_updated_at = 1 and latest.known_updated_at is null',
            'deleted_at': 'latest.impossible_deleted_at = 1 and latest.known_deleted_at is null',
            'email': clean_text('latest.email') ~ ' is not null and ' ~ clean_email('latest.email') ~ ' is null',
            'phone': clean_text('latest.phone') ~ ' is not null and ' ~ clean_phone('latest.phone') ~ ' is null',
            'birth_date': "latest.birth_date not between date '1900-01-01' and " ~ as_of(),
        }) }} as corrected_fields
    from latest
    left join countries
        on lower({{ clean_text('latest.country') }}) = countries.alias
)

select * from final
