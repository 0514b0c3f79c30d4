{# One person's value of a part of a metric, as an amount; null while the person's window has not ended. #}
{% macro experiment_value(part) -%}
    {%- set amount = 'coalesce(' ~ part.source ~ '_counted.' ~ part.name ~ ', 0)' -%}
    {%- if part.is_flag -%}
        {%- set amount = 'case when ' ~ amount ~ ' > 0 then 1 else 0 end' -%}
    {%- endif -%}
    {%- if part.ends -%}
        case when {{ part.ends }} <= {{ as_of_end() }} then {{ money(amount) }} end
    {%- else -%}
        {{ money(amount) }}
    {%- endif -%}
{%- endmacro %}
