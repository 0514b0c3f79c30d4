{# Seconds from one instant to another, exact to the millisecond. A decimal, because sums of
   doubles depend on the order the engine adds them in. #}
{% macro seconds_between(earlier, later) -%}
    cast(({{ epoch_micros(later) }} - {{ epoch_micros(earlier) }}) / 1000000.0 as decimal(18, 3))
{%- endmacro %}
