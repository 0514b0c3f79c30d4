{%- set anchor = "cast('" ~ var('reach_anchor') ~ "' as date)" -%}

with sessions as (
    select
        user_key,
        channel,
        {{ business_time('started_at') }} as happened_at
    from {{ ref('int_behaviour__sessions') }}
    where user_key is not null
),

purchases as (
    select
        user_key,
        channel,
        {{ business_time('ordered_at') }} as happened_at
    from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

occasions as (
    select * from sessions
    union all
    select * from purchases
),

-- Counted once per channel and hour: far fewer rows than there are occasions.
counted as (
    select
        user_key,
        channel,
        cast(floor(extract(hour from happened_at) / 3) * 3 as integer) as first_hour,
        sum(
            case
                when cast(happened_at as date) <= {{ add_days(anchor, 0 - var('churn_horizon_days')) }} then 1
                else 0
            end
        ) as learn_times,
        sum(
            case
                when
                    cast(happened_at as date) > {{ add_days(anchor, 0 - var('churn_horizon_days')) }}
                    and cast(happened_at as date) <= {{ anchor }}
                    then 1
                else 0
            end
        ) as test_times,
        {% for cut in (2, 3) %}
        sum(
            case
                when
                    cast(happened_at as date) > {{ add_days(anchor, 0 - cut * var('churn_horizon_days')) }}
                    and cast(happened_at as date)
                    <= {{ add_days(anchor, 0 - (cut - 1) * var('churn_horizon_days')) }}
                    then 1
                else 0
            end
        ) as test_times_{{ cut }},
        {% endfor %}
        sum(
            case
                when cast(happened_at as date) <= {{ add_days(as_of(), 0 - var('drift_days')) }} then 1
                else 0
            end
        ) as earlier_times,
        count(*) as times
    from occasions
    where cast(happened_at as date) <= {{ as_of() }}
    group by user_key, channel, cast(floor(extract(hour from happened_at) / 3) * 3 as integer)
),

by_choice as (
    select
        user_key,
        'channel' as aspect,
        channel as choice,
        learn_times,
        test_times,
        test_times_2,
        test_times_3,
        earlier_times,
        times
    from counted
    where channel is not null

    union all

    select
        user_key,
        'hour' as aspect,
        cast(first_hour as {{ dbt.type_string() }}) as choice,
        learn_times,
        test_times,
        test_times_2,
        test_times_3,
        earlier_times,
        times
    from counted
),

final as (
    select
        user_key,
        aspect,
        choice,
        cast(sum(learn_times) as bigint) as learn_times,
        cast(sum(test_times) as bigint) as test_times,
        cast(sum(test_times_2) as bigint) as test_times_2,
        cast(sum(test_times_3) as bigint) as test_times_3,
        cast(sum(earlier_times) as bigint) as earlier_times,
        cast(sum(times) as bigint) as times,
        {{ as_of() }} as as_of
    from by_choice
    group by user_key, aspect, choice
)

select * from final
