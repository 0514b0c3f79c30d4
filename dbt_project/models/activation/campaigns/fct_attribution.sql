{{ config(materialized='view') }}
{%- set whole_models = ['first', 'last', 'last_non_direct'] %}

with credited as (
    select * from {{ ref('fct_attribution_rows') }}
),

final as (
    {% for model in attribution_models() %}
    select
        conversion_id,
        touchpoint_id,
        '{{ model }}' as model,
        user_key,
        kind,
        campaign_id,
        channel,
        occurred_at,
        converted_at,
        position,
        touchpoint_count,
        {% if model in whole_models %}
        cast(1 as decimal(18, 8)) as credit,
        conversion_revenue as revenue,
        {% else %}
        {{ model }}_credit as credit,
        {{ model }}_revenue as revenue,
        {% endif %}
        {{ as_of() }} as as_of
    from credited
    where {{ 'is_' ~ model if model in whole_models else model ~ '_credit > 0' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
