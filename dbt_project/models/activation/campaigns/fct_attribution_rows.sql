{%- set half_life = var('attribution_half_life_days') * 86400 -%}

{#- Whole weights, because a sum of doubles depends on the order the engine adds them in. -#}
{%- set weights = {
    'time_decay': 'cast(round(power(cast(2 as double), -cast('
    ~ seconds_between('arrivals.occurred_at', 'look_backs.last_at')
    ~ ' as double) / ' ~ half_life ~ ') * 1000000000000) as bigint)',
    'markov': 'ways.markov_weight',
} -%}

with look_backs as (
    select * from {{ ref('int_campaigns__look_backs') }}
),

arrivals as (
    select * from {{ ref('int_campaigns__arrivals') }}
),

ways as (
    select
        ways.way_number,
        greatest(cast(round(effects.removal_effect * 100000000) as bigint), 1) as markov_weight
    from {{ ref('int_campaigns__ways') }} as ways
    left join {{ source('predictions', 'fct_channel_effects') }} as effects on ways.channel = effects.channel
),

-- Numbers only: what names a touchpoint is read once, at the end.
weighed as (
    select
        {% for model, weight in weights.items() %}
        {{ weight }} as {{ model }}_weight,
        {% endfor %}
        look_backs.conversion_number,
        cast(look_backs.revenue as double) as revenue,
        arrivals.arrival_number < look_backs.last_number as is_before_last
    from look_backs
    inner join arrivals
        on
        look_backs.user_number = arrivals.user_number
        and look_backs.first_number <= arrivals.arrival_number
        and look_backs.last_number >= arrivals.arrival_number
    inner join ways on arrivals.way_number = ways.way_number
),

totals as (
    select
        {% for model in weights %}
        cast(sum({{ model }}_weight) as double) as {{ model }}_weight,
        {% endfor %}
        conversion_number
    from weighed
    group by conversion_number
),

-- Shares are cut to eight decimals and their money to four; what is left over is the last
-- touchpoint's, so that they add up to the whole.
others as (
    select
        {% for model in weights %}
        cast(sum(
            case
                when weighed.is_before_last
                    then cast(floor(
                        weighed.{{ model }}_weight / nullif(totals.{{ model }}_weight, 0) * 100000000
                    ) as bigint)
                else 0
            end
        ) as bigint) as {{ model }}_units,
        cast(sum(
            case
                when weighed.is_before_last
                    then cast(floor(
                        weighed.{{ model }}_weight / nullif(totals.{{ model }}_weight, 0)
                        * weighed.revenue * 10000
                    ) as bigint)
                else 0
            end
        ) as bigint) as {{ model }}_money,
        {% endfor %}
        weighed.conversion_number
    from weighed
    inner join totals on weighed.conversion_number = totals.conversion_number
    group by weighed.conversion_number
),

wholes as (
    select
        look_backs.*,
        {% for model in weights %}
        totals.{{ model }}_weight,
        others.{{ model }}_units,
        others.{{ model }}_money,
        {% endfor %}
        cast(look_backs.revenue as double) as exact_revenue
    from look_backs
    inner join totals on look_backs.conversion_number = totals.conversion_number
    inner join others on look_backs.conversion_number = others.conversion_number
),

shares as (
    select
        look_backs.*,
        arrivals.touchpoint_id,
        arrivals.occurred_at,
        arrivals.way_number,
        arrivals.arrival_number,
        {% for model, weight in weights.items() %}
        {{ weight }} / nullif(look_backs.{{ model }}_weight, 0) as {{ model }}_share,
        {% endfor %}
        arrivals.arrival_number = look_backs.last_number as is_last
    from wholes as look_backs
    inner join arrivals
        on
        look_backs.user_number = arrivals.user_number
        and look_backs.first_number <= arrivals.arrival_number
        and look_backs.last_number >= arrivals.arrival_number
    inner join ways on arrivals.way_number = ways.way_number
),

final as (
    select
        conversion_id,
        touchpoint_id,
        way_number,
        user_key,
        converted_at,
        occurred_at,
        cast(arrival_number - first_number + 1 as integer) as position,
        touchpoint_count,
        arrival_number = last_non_direct_number as is_last_non_direct,
        {% for model in weights %}
        cast(cast(
            case
                when is_last then 100000000 - {{ model }}_units
                else cast(floor({{ model }}_share * 100000000) as bigint)
            end as double
        ) / 100000000 as decimal(18, 8)) as {{ model }}_credit,
        case
            when is_last then revenue - {{ money('cast(' ~ model ~ '_money as double) / 10000') }}
            else {{ money('floor(' ~ model ~ '_share * exact_revenue * 10000) / 10000') }}
        end as {{ model }}_revenue,
        {% endfor %}
        revenue as conversion_revenue
    from shares
)

select * from final
