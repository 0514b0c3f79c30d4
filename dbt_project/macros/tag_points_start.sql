{# The day to which everything earlier is drawn together: a month before the history begins, so that
   the last day on which bands were cut before it lies in between, whatever the cadence. #}
{% macro tag_points_start() -%}
    {{ add_days(as_of(), 1 - var('tag_history_days') - 31) }}
{%- endmacro %}
