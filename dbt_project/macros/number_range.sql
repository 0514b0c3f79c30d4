{# A relation with one column, number: every whole number from the first to the last, both included. #}
{% macro number_range(first, last) -%}
    {{ return(adapter.dispatch('number_range')(first, last)) }}
{%- endmacro %}

{% macro duckdb__number_range(first, last) -%}
    (select cast(unnest(generate_series({{ first }}, {{ last }})) as integer) as number)
{%- endmacro %}

{% macro spark__number_range(first, last) -%}
    (select explode(sequence(cast({{ first }} as int), cast({{ last }} as int))) as number)
{%- endmacro %}
