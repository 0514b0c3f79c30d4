{# The first and the last time in a query's two columns, as text, or nothing when it has no rows.
   A literal lets the engine skip whatever lies outside; a join would read it all. #}
{% macro bounds(query) -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set found = run_query(query).rows[0] -%}
    {{ return([] if found[0] is none else [found[0] | string, found[1] | string]) }}
{%- endmacro %}
