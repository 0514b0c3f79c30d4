with

source as (
    select
        *,
        {{ possible_time('ended_at') }} as possible_ended_at
    from {{ source('raw', 'subscriptions') }}
),

-- An end still ahead may yet be withdrawn: as of now the subscription runs.
known as (
    select
        *,
        {{ clean_text('subscription_id') }} as clean_subscription_id,
        case
            when possible_ended_at < {{ as_of_end() }} and possible_ended_at >= started_at
                then possible_ended_at
        end as known_ended_at,
        coalesce(possible_ended_at < started_at, false) as is_void
    from source
    where started_at < {{ as_of_end() }}
),

latest as (
    select *
    from known
    qualify row_number() over (
        partition by clean_subscription_id
        order by
            known_ended_at desc nulls last,
            {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        clean_subscription_id as subscription_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('plan') }} as plan,
        started_at,
        known_ended_at as ended_at,
        case when monthly_amount >= 0 then monthly_amount end as monthly_amount,
        upper({{ clean_text('currency') }}) as currency,
        case when known_ended_at is not null then {{ clean_text('end_reason') }} end as end_reason,
        extra,
        _feed as feed,
        {{ corrected_fields({
            'ended_at': is_impossible_time('ended_at') ~ ' or ended_at < started_at',
            'monthly_amount': 'monthly_amount < 0',
        }) }} as corrected_fields,
        is_void
    from latest
)

select * from final
