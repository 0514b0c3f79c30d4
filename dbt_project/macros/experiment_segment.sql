{# What a person is, as a segment of an experiment. #}
{% macro experiment_segment(segment) -%}
    coalesce(cast(users.{{ segment.split('.')[1] }} as {{ dbt.type_string() }}), 'unknown')
{%- endmacro %}
