{# The words that open a CTE computed once and kept. Without them DuckDB folds a long chain of
   CTEs into one expression whose planning time grows sixteenfold a step. #}
{% macro stored_cte() -%}
    {{ return(adapter.dispatch('stored_cte')()) }}
{%- endmacro %}

{% macro duckdb__stored_cte() -%}
    as materialized
{%- endmacro %}

{% macro spark__stored_cte() -%}
    as
{%- endmacro %}
