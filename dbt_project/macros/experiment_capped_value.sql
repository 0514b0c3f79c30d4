{# One person's value of a part of a metric, cut at the metric's cap where it has one. #}
{% macro experiment_capped_value(part, capped) -%}
    {%- set number = part.name.split('_')[1] | int -%}
    {%- if number in capped -%}
        least(counted.{{ part.name }}, coalesce(caps_{{ number }}.cap, counted.{{ part.name }}))
    {%- else -%}
        counted.{{ part.name }}
    {%- endif -%}
{%- endmacro %}
