{# Microseconds from one instant to another, exact, as bigint. #}
{% macro micros_between(earlier, later) -%}
    ({{ epoch_micros(later) }} - {{ epoch_micros(earlier) }})
{%- endmacro %}
