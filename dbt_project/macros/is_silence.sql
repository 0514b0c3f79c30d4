{# Whether no session lasts from one instant to a later one, to the millisecond. Whole microseconds: decimals
   cost a fifth of the event table, and a double halves no millisecond exactly. #}
{% macro is_silence(earlier, later) -%}
    {{ micros_between(earlier, later) }} >= {{ var('session_gap_minutes') * 60 * 1000000 + 500 }}
{%- endmacro %}
