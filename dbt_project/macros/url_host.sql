{# The host of an address in lower case, without its port; null when it has none. #}
{% macro url_host(value) -%}
    nullif(lower(regexp_extract(
        {{ value }}, '^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#:]+)', 1
    )), '')
{%- endmacro %}
