{# Microseconds as seconds rounded to the millisecond, no more than so many of them: `seconds_between` for
   millions of rows, since whole numbers are far cheaper to divide than to cast from a double. #}
{% macro seconds_at_most(micros, most) -%}
    cast(least({{ quotient(micros ~ ' + 500', 1000) }}, {{ most // 1000 }}) as decimal(15, 0))
    * cast(0.001 as decimal(3, 3))
{%- endmacro %}
