{# Whether a pattern is found anywhere in a text. Write classes as [.] and [0-9]: the engines
   disagree on backslashes inside literals. #}
{% macro regex_match(value, pattern) -%}
    {{ return(adapter.dispatch('regex_match')(value, pattern)) }}
{%- endmacro %}

{% macro duckdb__regex_match(value, pattern) -%}
    regexp_matches({{ value }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__regex_match(value, pattern) -%}
    ({{ value }} rlike '{{ pattern }}')
{%- endmacro %}
