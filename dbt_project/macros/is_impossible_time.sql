{# Whether an optional time cannot be true: most are an end of time that systems write for none or for open
   (0001-01-01, 2999-12-31), 1900-01-01 among them in whatever zone. `since` is the first sound day. #}
{% macro is_impossible_time(column, since='1900-01-02') -%}
    ({{ column }} < timestamp '{{ since }}' or {{ column }} >= timestamp '2200-01-01')
{%- endmacro %}
