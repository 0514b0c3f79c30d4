{# Eight bytes for a text: what is scanned and joined in place of it. Two texts may share one, so the
   texts are compared too wherever the answer depends on it; no value of a public column does. #}
{% macro short_key(text) -%}
    {{ return(adapter.dispatch('short_key')(text)) }}
{%- endmacro %}

{% macro duckdb__short_key(text) -%}
    cast(hash({{ text }}) >> 1 as bigint)
{%- endmacro %}

{% macro spark__short_key(text) -%}
    xxhash64({{ text }})
{%- endmacro %}
