{# An optional time, null where it cannot be true. #}
{% macro possible_time(column, since='1900-01-02') -%}
    case when not {{ is_impossible_time(column, since) }} then {{ column }} end
{%- endmacro %}
