{%- set shared_models = ['linear', 'position', 'time_decay', 'markov'] -%}
{%- set first_share = var('attribution_position_first') -%}
{%- set last_share = var('attribution_position_last') -%}
{%- set middle_share = (1 - first_share - last_share) | round(8) -%}
{%- set half_life = var('attribution_half_life_days') * 86400 -%}

with touchpoints as (
    select * from {{ ref('int_campaigns__touchpoints') }}
),

effects as (
    select
        channel,
        removal_effect
    from {{ source('predictions', 'fct_channel_effects') }}
),

-- Whole numbers, because a sum of doubles depends on the order the engine adds them in.
weighted as (
    select
        touchpoints.*,
        cast(round(power(
            cast(2 as double), -cast(touchpoints.seconds_before_last as double) / {{ half_life }}
        ) * 1000000000000) as bigint) as time_decay_weight,
        greatest(cast(round(effects.removal_effect * 100000000) as bigint), 1) as markov_weight
    from touchpoints
    left join effects on touchpoints.channel = effects.channel
),

totals as (
    select
        conversion_number,
        cast(sum(time_decay_weight) as double) as time_decay_weight,
        cast(sum(markov_weight) as double) as markov_weight
    from weighted
    group by conversion_number
),

shares as (
    select
        weighted.*,
        1 / nullif(cast(weighted.touchpoint_count as double), 0) as linear_share,
        case
            when weighted.touchpoint_count <= 2
                then cast({{ first_share }} as double) / nullif({{ first_share + last_share }}, 0)
            when weighted.position = 1 then cast({{ first_share }} as double)
            else cast({{ middle_share }} as double) / nullif(weighted.touchpoint_count - 2, 0)
        end as position_share,
        weighted.time_decay_weight / nullif(totals.time_decay_weight, 0) as time_decay_share,
        weighted.markov_weight / nullif(totals.markov_weight, 0) as markov_share
    from weighted
    inner join totals on weighted.conversion_number = totals.conversion_number
),

-- Shares are cut to eight decimals and their money to four; what is left over is the last
-- touchpoint's, so that they add up to the whole.
cut as (
    select
        *,
        {% for model in shared_models %}
        cast(floor({{ model }}_share * 100000000) as bigint) as {{ model }}_units,
        cast(floor({{ model }}_share * cast(revenue as double) * 10000) as bigint) as {{ model }}_money,
        {% endfor %}
        position_from_last = 1 as is_last
    from shares
),

others as (
    select
        {% for model in shared_models %}
        cast(sum(case when not is_last then {{ model }}_units else 0 end) as bigint) as {{ model }}_units,
        cast(sum(case when not is_last then {{ model }}_money else 0 end) as bigint) as {{ model }}_money,
        {% endfor %}
        conversion_number
    from cut
    group by conversion_number
),

final as (
    select
        cut.conversion_id,
        cut.touchpoint_id,
        cut.kind,
        cut.user_key,
        cut.converted_at,
        cut.occurred_at,
        cut.campaign_id,
        cut.channel,
        cut.position,
        cut.touchpoint_count,
        cut.position = 1 as is_first,
        cut.is_last,
        cut.is_last_non_direct,
        {% for model in shared_models %}
        cast(cast(
            case when cut.is_last then 100000000 - others.{{ model }}_units else cut.{{ model }}_units end
            as double
        ) / 100000000 as decimal(18, 8)) as {{ model }}_credit,
        case
            when cut.is_last
                then cut.revenue - {{ money('cast(others.' ~ model ~ '_money as double) / 10000') }}
            else {{ money('cast(cut.' ~ model ~ '_money as double) / 10000') }}
        end as {{ model }}_revenue,
        {% endfor %}
        cut.revenue as conversion_revenue
    from cut
    inner join others on cut.conversion_number = others.conversion_number
)

select * from final
