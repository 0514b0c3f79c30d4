{# Which piece of a chain of events an instant lies in: a session over the cap is cut at its multiples. #}
{% macro session_piece(started_at, instant) -%}
    floor(({{ micros_between(started_at, instant) }} + 500) / {{ var('session_cap_hours') * 3600 * 1000000 }})
{%- endmacro %}
