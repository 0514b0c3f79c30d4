{# The sum of what a metric counts of one person within a window, as an amount; `moment` is the column that
   says when it happened, and `window` a condition on it. #}
{% macro experiment_sum(counted, window) -%}
    sum(
        case
            when {{ window }}
                {%- if counted.event %}
                and event_name in {{ text_list(counted.event) }}
                {%- endif %}
                {%- if counted.measure == 'core_events' %}
                and is_core
                {%- endif %}
                {{- event_where(counted.where) }}
                then {{ {'revenue': 'revenue', 'event_value': 'coalesce(value, 0)'}.get(counted.measure, '1') }}
            else 0
        end
    )
{%- endmacro %}
