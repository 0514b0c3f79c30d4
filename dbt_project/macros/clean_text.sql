{# A text without surrounding blanks (tab, line break, no-break and ideographic space included);
   null when nothing is left. #}
{% macro clean_text(value) -%}
    {{ return(adapter.dispatch('clean_text')(value)) }}
{%- endmacro %}

{% macro duckdb__clean_text(value) -%}
    nullif(trim({{ value }}, chr(32) || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)), '')
{%- endmacro %}

{% macro spark__clean_text(value) -%}
    nullif(trim(both ' ' || char(9) || char(10) || char(13) || char(160) || '　' from {{ value }}), '')
{%- endmacro %}
