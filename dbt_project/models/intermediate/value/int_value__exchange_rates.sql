with

rates as (
    select * from {{ ref('seed_exchange_rates') }}
),

intervals as (
    select
        currency,
        rate,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by currency order by valid_from nulls last),
            {{ add_days(as_of(), 1) }}
        ) as valid_until
    from rates
    where valid_from <= {{ as_of() }}
),

first_day as (
    select min(valid_from) as day from rates
),

days as (
    select days.day
    from {{ date_range("date '1970-01-01'", as_of()) }} as days
    cross join first_day
    where days.day >= first_day.day
),

daily as (
    select days.day, intervals.currency, intervals.rate
    from days
    inner join intervals
        on days.day >= intervals.valid_from
        and days.day < intervals.valid_until
),

base as (
    select day, rate from daily where currency = '{{ var("base_currency") }}'
),

final as (
    select
        daily.currency,
        daily.day,
        cast(daily.rate / nullif(base.rate, 0) as decimal(19, 8)) as exchange_rate
    from daily
    inner join base
        on daily.day = base.day
    where daily.currency <> '{{ var("base_currency") }}'

    union all
    select
        '{{ var("base_currency") }}' as currency,
        day,
        cast(1 as decimal(19, 8)) as exchange_rate
    from {{ date_range("date '1970-01-01'", as_of()) }} as all_days
)

select * from final
