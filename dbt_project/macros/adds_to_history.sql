{# Whether the tables hold exactly a proven earlier night, so that a model may add to what it has. The
   orchestrator decides it (docs/adr/0006); without its word every model is built whole. #}
{% macro adds_to_history() -%}
    {{ return(var('history_until') | string | length > 0) }}
{%- endmacro %}
