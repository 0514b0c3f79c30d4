{{ config(materialized='view') }}
{%- set holders = {
    'first': 'position = 1',
    'last': 'position = touchpoint_count',
    'last_non_direct': 'is_last_non_direct',
} -%}
{%- set first_share, last_share = var('attribution_position_first'), var('attribution_position_last') -%}
{%- set revenue_parts = 'cast(conversion_revenue * 10000 as bigint)' -%}
{%- set even_share = '1 / nullif(cast(touchpoint_count as double), 0)' -%}
{%- set places = {
    'linear': [even_share, even_share],
    'position': [
        'cast(case when touchpoint_count = 2 then ' ~ first_share / (first_share + last_share)
        ~ ' else ' ~ first_share ~ ' end as double)',
        (1 - first_share - last_share) | round(8) ~ ' / nullif(cast(touchpoint_count - 2 as double), 0)',
    ],
} %}

with

{% for model, (first_share, middle_share) in places.items() %}
{{ model }} as (
    select
        *,
        {{ part_by_place('100000000', first_share, middle_share) }} as credit_parts,
        {{ part_by_place(revenue_parts, first_share, middle_share) }} as revenue_parts
    from {{ ref('fct_attribution_rows') }}
),

{% endfor %}
credits as (
    {% for model in attribution_models() %}
    select
        conversion_id,
        touchpoint_id,
        '{{ model }}' as model,
        user_key,
        occurred_at,
        converted_at,
        position,
        touchpoint_count,
        {% if model in holders %}
        cast(1 as decimal(18, 8)) as credit,
        conversion_revenue as revenue,
        {% elif model in places %}
        cast(
            cast(credit_parts as decimal(10, 0)) * cast(0.00000001 as decimal(8, 8)) as decimal(18, 8)
        ) as credit,
        cast(
            cast(revenue_parts as decimal(18, 0)) * cast(0.0001 as decimal(4, 4)) as decimal(18, 4)
        ) as revenue,
        {% else %}
        {{ model }}_credit as credit,
        {{ model }}_revenue as revenue,
        {% endif %}
        way_number
    from {{ model if model in places else ref('fct_attribution_rows') }}
    where {{ holders.get(model, 'credit_parts > 0' if model in places else model ~ '_credit > 0') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- At the end, once for all models: before it, the engine would keep every row joined.
final as (
    select
        credits.conversion_id,
        credits.touchpoint_id,
        credits.model,
        credits.user_key,
        case when credits.way_number < 0 then 'click' else 'session' end as kind,
        ways.campaign_id,
        ways.channel,
        credits.occurred_at,
        credits.converted_at,
        credits.position,
        credits.touchpoint_count,
        credits.credit,
        credits.revenue,
        {{ as_of() }} as as_of
    from credits
    inner join {{ ref('fct_attribution_way_rows') }} as ways on credits.way_number = ways.way_number
)

select * from final
