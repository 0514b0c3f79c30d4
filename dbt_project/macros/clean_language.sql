{# A language tag in lower case with hyphens, as in zh-cn. #}
{% macro clean_language(value) -%}
    lower(replace({{ clean_text(value) }}, '_', '-'))
{%- endmacro %}
