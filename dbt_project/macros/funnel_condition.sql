{# Whether an event is a step of a funnel: one of its event names, and every condition of `where`. #}
{% macro funnel_condition(step) -%}
    event_name in {{ text_list(step.event) }}
    {{- event_where(step.where) }}
{%- endmacro %}
