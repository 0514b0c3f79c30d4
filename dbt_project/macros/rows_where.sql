{# The condition that a row is one of those that meet another. Of all of history few do, and DuckDB reads no more
   than these once it knows which; a condition alone reads every column of the query beside its own. #}
{% macro rows_where(relation, condition) -%}
    {{ return(adapter.dispatch('rows_where')(relation, condition)) }}
{%- endmacro %}

{% macro duckdb__rows_where(relation, condition) -%}
    rowid in (select rowid from {{ relation }} where {{ condition }})
{%- endmacro %}

{% macro spark__rows_where(relation, condition) -%}
    {{ condition }}
{%- endmacro %}
