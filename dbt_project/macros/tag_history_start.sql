{# The first day of the tags' history. #}
{% macro tag_history_start() -%}
    {{ add_days(as_of(), 1 - var('tag_history_days')) }}
{%- endmacro %}
