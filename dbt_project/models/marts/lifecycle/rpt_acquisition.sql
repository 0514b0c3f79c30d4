{% set retention_days = [30, 90] %}
{% set window_days = var('acquisition_retention_window_days') %}

with people as (
    select
        user_key,
        {{ business_day('registered_at') }} as registered_day,
        cast({{ dbt.date_trunc('month', business_day('registered_at')) }} as date) as period_start,
        coalesce(acquisition_channel, 'unknown') as acquisition_channel,
        coalesce(acquisition_campaign_id, 'none') as campaign_id,
        is_activated,
        is_converted
    from {{ ref('dim_users') }}
    where registered_at is not null
),

active_days as (
    select
        user_key,
        day
    from {{ ref('int_lifecycle__active_days') }}
    where is_active
),

orders as (
    select * from {{ ref('fct_orders') }}
    where user_key is not null
),

spend as (
    select
        campaign_id,
        cast({{ dbt.date_trunc('month', 'spend_day') }} as date) as period_start,
        min(channel) as channel,
        sum(amount) as spend
    from {{ ref('int_campaigns__spend') }}
    group by campaign_id, cast({{ dbt.date_trunc('month', 'spend_day') }} as date)
    having sum(amount) <> 0
),

ages as (
    select
        people.user_key,
        {{ days_between('people.registered_day', 'active_days.day') }} as age
    from people
    inner join active_days on people.user_key = active_days.user_key
),

returns as (
    select
        {% for days in retention_days %}
        max(case when age >= {{ days }} and age < {{ days + window_days }} then 1 else 0 end)
            as is_retained_{{ days }},
        {% endfor %}
        user_key
    from ages
    group by user_key
),

-- What a person bought before they registered counts on the day they did.
incomes as (
    select
        people.period_start,
        people.acquisition_channel,
        people.campaign_id,
        greatest({{ days_between('people.registered_day', 'orders.order_day') }}, 0) as age,
        sum(orders.revenue) as revenue,
        sum(case when orders.is_first_order then orders.revenue else 0 end) as first_order_revenue
    from people
    inner join orders on people.user_key = orders.user_key
    group by
        people.period_start,
        people.acquisition_channel,
        people.campaign_id,
        greatest({{ days_between('people.registered_day', 'orders.order_day') }}, 0)
),

cohorts as (
    select
        people.period_start,
        people.acquisition_channel,
        people.campaign_id,
        {% for days in retention_days %}
        sum(coalesce(returns.is_retained_{{ days }}, 0)) as retained_{{ days }},
        {% endfor %}
        sum(case when people.is_activated then 1 else 0 end) as activated,
        sum(case when people.is_converted then 1 else 0 end) as converted,
        count(*) as registrations
    from people
    left join returns on people.user_key = returns.user_key
    group by people.period_start, people.acquisition_channel, people.campaign_id
),

-- A campaign that brought people by several channels has its spend shared out by their number; the
-- running share is rounded, so that the parts add up.
shares as (
    select
        cohorts.period_start,
        cohorts.acquisition_channel,
        cohorts.campaign_id,
        {{ money(
            'spend.spend * (cast(sum(cohorts.registrations) over (partition by cohorts.period_start,'
            ~ ' cohorts.campaign_id order by cohorts.acquisition_channel nulls last'
            ~ ' rows unbounded preceding) as double)'
            ~ ' / nullif(sum(cohorts.registrations) over (partition by cohorts.period_start,'
            ~ ' cohorts.campaign_id), 0))'
        ) }} as spend_so_far
    from cohorts
    inner join spend
        on
        cohorts.campaign_id = spend.campaign_id
        and cohorts.period_start = spend.period_start
),

shared_spend as (
    select
        period_start,
        acquisition_channel,
        campaign_id,
        spend_so_far - coalesce(
            lag(spend_so_far) over (
                partition by period_start, campaign_id
                order by acquisition_channel nulls last
            ),
            0
        ) as spend
    from shares
),

-- A month of a campaign that brought nobody is a row all the same, on the campaign's own channel.
all_spend as (
    select * from shared_spend

    union all

    select
        spend.period_start,
        coalesce(spend.channel, 'unknown') as acquisition_channel,
        spend.campaign_id,
        spend.spend
    from spend
    left join cohorts
        on
        spend.campaign_id = cohorts.campaign_id
        and spend.period_start = cohorts.period_start
    where cohorts.campaign_id is null
),

earnings as (
    select
        incomes.*,
        coalesce(all_spend.spend, 0) as spend,
        sum(incomes.revenue) over (
            partition by incomes.period_start, incomes.acquisition_channel, incomes.campaign_id
            order by incomes.age nulls last
            rows unbounded preceding
        ) as revenue_so_far
    from incomes
    left join all_spend
        on
        incomes.period_start = all_spend.period_start
        and incomes.acquisition_channel = all_spend.acquisition_channel
        and incomes.campaign_id = all_spend.campaign_id
),

money as (
    select
        period_start,
        acquisition_channel,
        campaign_id,
        sum(revenue) as revenue,
        sum(first_order_revenue) as first_order_revenue,
        min(case when spend > 0 and revenue_so_far >= spend then age end) as payback_days
    from earnings
    group by period_start, acquisition_channel, campaign_id
),

rows_to_report as (
    select
        period_start,
        acquisition_channel,
        campaign_id
    from cohorts
    union
    select
        period_start,
        acquisition_channel,
        campaign_id
    from all_spend
),

dated as (
    select
        *,
        {{ next_period("'month'", 'period_start') }} as next_start
    from rows_to_report
),

final as (
    select
        dated.period_start,
        dated.acquisition_channel,
        dated.campaign_id,
        cast(coalesce(cohorts.registrations, 0) as bigint) as registrations,
        cast(coalesce(cohorts.activated, 0) as bigint) as activated,
        cast(coalesce(cohorts.converted, 0) as bigint) as converted,
        {{ money('coalesce(money.first_order_revenue, 0)') }} as first_order_revenue,
        {{ money('coalesce(money.revenue, 0)') }} as revenue,
        {% for days in retention_days %}
        case
            when {{ add_days('dated.next_start', days + window_days - 2) }} <= {{ as_of() }}
                then
                    cast(
                        cast(cohorts.retained_{{ days }} as double) / nullif(cohorts.registrations, 0)
                        as decimal(18, 8)
                    )
        end as retention_{{ days }},
        {% endfor %}
        {{ money('coalesce(all_spend.spend, 0)') }} as spend,
        {{ money('cast(all_spend.spend as double) / nullif(cohorts.registrations, 0)') }}
            as cost_per_registration,
        cast(money.payback_days as bigint) as payback_days,
        dated.next_start <= {{ add_days(as_of(), 1) }} as is_complete,
        {{ as_of() }} as as_of
    from dated
    left join cohorts
        on
        dated.period_start = cohorts.period_start
        and dated.acquisition_channel = cohorts.acquisition_channel
        and dated.campaign_id = cohorts.campaign_id
    left join money
        on
        dated.period_start = money.period_start
        and dated.acquisition_channel = money.acquisition_channel
        and dated.campaign_id = money.campaign_id
    left join all_spend
        on
        dated.period_start = all_spend.period_start
        and dated.acquisition_channel = all_spend.acquisition_channel
        and dated.campaign_id = all_spend.campaign_id
)

select * from final
