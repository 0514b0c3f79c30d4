{# A relation with one column, day: every date from the first to the last, both included. #}
{% macro date_range(first, last) -%}
    {{ return(adapter.dispatch('date_range')(first, last)) }}
{%- endmacro %}

{% macro duckdb__date_range(first, last) -%}
    (select cast(unnest(generate_series(
        cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval 1 day
    )) as date) as day)
{%- endmacro %}

{% macro spark__date_range(first, last) -%}
    (select explode(sequence({{ first }}, {{ last }}, interval 1 day)) as day)
{%- endmacro %}
