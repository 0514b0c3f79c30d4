{# CTEs over `observed` (as_of, user_key, horizon_end) and `past_identifiers` that end in `observed_as`
   (as_of, user_key, horizon_end, later_user_key): what each person of a snapshot day is known as when
   the horizon ends. `recast` (as_of, user_key) are those not made of the same identifiers now. #}
{% macro people_as_they_became() -%}
recast as (
    select
        as_of,
        current_user_key as user_key
    from past_identifiers
    group by as_of, current_user_key
),

observed_identifiers as (
    select
        observed.as_of,
        observed.user_key,
        observed.horizon_end,
        past_identifiers.id_type,
        past_identifiers.id,
        past_identifiers.current_user_key
    from observed
    inner join past_identifiers
        on
        observed.as_of = past_identifiers.as_of
        and observed.user_key = past_identifiers.user_key

    union all

    -- The same person now as on the snapshot day, and another one when the horizon ends.
    select
        observed.as_of,
        observed.user_key,
        observed.horizon_end,
        later.id_type,
        later.id,
        later.current_user_key
    from observed
    inner join past_identifiers as later
        on
        observed.horizon_end = later.as_of
        and observed.user_key = later.current_user_key
        and ({{ business_day('later.first_seen_at') }} <= observed.as_of or later.first_seen_at is null)
    left join recast
        on
        observed.as_of = recast.as_of
        and observed.user_key = recast.user_key
    where recast.user_key is null
),

observed_as as (
    select
        observed_identifiers.as_of,
        observed_identifiers.user_key,
        observed_identifiers.horizon_end,
        coalesce(later.user_key, observed_identifiers.current_user_key) as later_user_key
    from observed_identifiers
    left join past_identifiers as later
        on
        observed_identifiers.horizon_end = later.as_of
        and observed_identifiers.id_type = later.id_type
        and observed_identifiers.id = later.id

    union

    select
        observed.as_of,
        observed.user_key,
        observed.horizon_end,
        observed.user_key as later_user_key
    from observed
    left join observed_identifiers
        on
        observed.as_of = observed_identifiers.as_of
        and observed.user_key = observed_identifiers.user_key
    where observed_identifiers.user_key is null
)
{%- endmacro %}
