{{ config(materialized='view') }}
{%- set whole_models = ['first', 'last', 'last_non_direct'] -%}
{%- set placed_models = ['linear', 'position'] -%}
{%- set first_share = var('attribution_position_first') -%}
{%- set last_share = var('attribution_position_last') -%}
{%- set middle_share = (1 - first_share - last_share) | round(8) %}

with shares as (
    select
        *,
        position = 1 as is_first,
        position = touchpoint_count as is_last,
        cast(conversion_revenue as double) as exact_revenue,
        1 / nullif(cast(touchpoint_count as double), 0) as linear_first,
        1 / nullif(cast(touchpoint_count as double), 0) as linear_middle,
        case
            when touchpoint_count <= 2
                then cast({{ first_share }} as double) / nullif({{ first_share + last_share }}, 0)
            else cast({{ first_share }} as double)
        end as position_first,
        cast({{ middle_share }} as double) / nullif(touchpoint_count - 2, 0) as position_middle
    from {{ ref('fct_attribution_rows') }}
),

-- A share by place is cut as a share by weight is, and the last touchpoint has what is left over.
cut as (
    select
        {% for model in placed_models %}
        cast(floor({{ model }}_first * 100000000) as bigint) as {{ model }}_first_units,
        cast(floor({{ model }}_first * exact_revenue * 10000) as bigint) as {{ model }}_first_money,
        cast(floor({{ model }}_middle * 100000000) as bigint) as {{ model }}_middle_units,
        cast(floor({{ model }}_middle * exact_revenue * 10000) as bigint) as {{ model }}_middle_money,
        {% endfor %}
        *
    from shares
),

own as (
    select
        {% for model in placed_models %}
        {% for what in ['units', 'money'] %}
        case
            when not is_last and is_first then {{ model }}_first_{{ what }}
            when not is_last then {{ model }}_middle_{{ what }}
            when touchpoint_count = 1 then 0
            when touchpoint_count = 2 then {{ model }}_first_{{ what }}
            else {{ model }}_first_{{ what }} + (touchpoint_count - 2) * {{ model }}_middle_{{ what }}
        end as {{ model }}_{{ what }},
        {% endfor %}
        {% endfor %}
        *
    from cut
),

credited as (
    select
        {% for model in placed_models %}
        cast(cast(
            case when is_last then 100000000 - {{ model }}_units else {{ model }}_units end as double
        ) / 100000000 as decimal(18, 8)) as {{ model }}_credit,
        case
            when is_last then conversion_revenue - {{ money('cast(' ~ model ~ '_money as double) / 10000') }}
            else {{ money('cast(' ~ model ~ '_money as double) / 10000') }}
        end as {{ model }}_revenue,
        {% endfor %}
        *
    from own
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
