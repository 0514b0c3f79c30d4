{%- set prefix = var('attribution_holdout_prefix') -%}
{%- set measures = ['conversions', 'revenue'] -%}

with experiments as (
    select
        experiment_id,
        substring(experiment_id, {{ prefix | length + 1 }}, length(experiment_id)) as campaign_id,
        ended_at
    from {{ ref('stg_experiments') }}
    where substring(experiment_id, 1, {{ prefix | length }}) = {{ text_literal(prefix) }}
),

campaigns as (
    select * from {{ ref('stg_campaigns') }}
),

orders as (
    select * from {{ ref('int_value__orders') }}
    where is_purchase
),

-- Who was in both arms says nothing of either.
people as (
    select
        experiments.campaign_id,
        exposures.user_key,
        case
            when exposures.variant in {{ text_list(var('attribution_holdout_variants')) }} then 1
            else 0
        end as held_out,
        exposures.exposed_at,
        coalesce(
            experiments.ended_at,
            campaigns.ended_at,
            exposures.exposed_at + interval {{ var('attribution_lookback_days') }} day
        ) as ends_at
    from {{ ref('int_campaigns__exposures') }} as exposures
    inner join experiments on exposures.experiment_id = experiments.experiment_id
    left join campaigns on experiments.campaign_id = campaigns.campaign_id
    where not exposures.saw_several
),

bought as (
    select
        people.campaign_id,
        people.user_key,
        people.held_out,
        count(orders.order_id) as conversions,
        coalesce(sum(orders.revenue), 0) as revenue
    from people
    left join orders
        on
        people.user_key = orders.user_key
        and people.exposed_at <= orders.ordered_at
        and people.ends_at > orders.ordered_at
    group by people.campaign_id, people.user_key, people.held_out
),

-- Sums of squares of decimals are the same whatever the order they are added in.
arms as (
    select
        campaign_id,
        {% for measure in measures %}
        cast(sum(case when held_out = 0 then {{ measure }} else 0 end) as decimal(18, 4))
            as treated_{{ measure }},
        cast(sum(case when held_out = 1 then {{ measure }} else 0 end) as decimal(18, 4))
            as held_out_{{ measure }},
        cast(sum(case when held_out = 0 then {{ measure }} * {{ measure }} else 0 end) as double)
            as treated_{{ measure }}_squares,
        cast(sum(case when held_out = 1 then {{ measure }} * {{ measure }} else 0 end) as double)
            as held_out_{{ measure }}_squares,
        {% endfor %}
        cast(sum(1 - held_out) as bigint) as treated_people,
        cast(sum(held_out) as bigint) as held_out_people
    from bought
    group by campaign_id
),

moments as (
    select
        *,
        {% for measure in measures %}
        {% for arm in ['treated', 'held_out'] %}
        cast({{ arm }}_{{ measure }} as double) / nullif({{ arm }}_people, 0) as {{ arm }}_{{ measure }}_mean,
        greatest(
            {{ arm }}_{{ measure }}_squares
            - power(cast({{ arm }}_{{ measure }} as double), 2) / nullif({{ arm }}_people, 0),
            0
        ) / nullif(({{ arm }}_people - 1) * {{ arm }}_people, 0) as {{ arm }}_{{ measure }}_error,
        {% endfor %}
        {% endfor %}
        cast(treated_people as double) as scale
    from arms
),

final as (
    select
        campaign_id,
        {% for measure in measures %}
        treated_{{ measure }},
        held_out_{{ measure }},
        {{ money(
            'scale * (treated_' ~ measure ~ '_mean - held_out_' ~ measure ~ '_mean)'
        ) }} as incremental_{{ measure }},
        {{ money(
            '1.959964 * scale * sqrt(treated_' ~ measure ~ '_error + held_out_' ~ measure ~ '_error)'
        ) }} as incremental_{{ measure }}_margin,
        {% endfor %}
        treated_people,
        held_out_people
    from moments
)

select * from final
