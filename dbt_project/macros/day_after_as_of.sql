{# The day after the as-of day: what has no end yet ends there. #}
{% macro day_after_as_of() -%}
    {{ add_days(as_of(), 1) }}
{%- endmacro %}
