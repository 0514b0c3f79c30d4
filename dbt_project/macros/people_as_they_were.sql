{# CTEs over `people`, `users`, `past_identifiers` and `snapshot_dates` that end in `known_people` (as_of,
   user_key, first_day): everybody known on each snapshot day. `recast` (as_of, user_key) are those who
   are not made of the same identifiers now: on that day the persons they were stand in their place. #}
{% macro people_as_they_were() -%}
recast as (
    select
        as_of,
        current_user_key as user_key
    from past_identifiers
    group by as_of, current_user_key
),

past_people as (
    select
        past_identifiers.as_of,
        past_identifiers.user_key,
        min(least(
            {{ business_day('users.registered_at') }},
            {{ business_day('past_identifiers.first_seen_at') }}
        )) as first_day
    from past_identifiers
    left join users
        on
        past_identifiers.id = users.user_id
        and past_identifiers.id_type = 'user_id'
    group by past_identifiers.as_of, past_identifiers.user_key
),

known_people as (
    select
        snapshot_dates.as_of,
        people.user_key,
        people.first_day
    from snapshot_dates
    inner join people on snapshot_dates.as_of >= people.first_day
    left join recast
        on
        snapshot_dates.as_of = recast.as_of
        and people.user_key = recast.user_key
    where recast.user_key is null

    union all

    select
        as_of,
        user_key,
        first_day
    from past_people
    where first_day <= as_of
)
{%- endmacro %}
