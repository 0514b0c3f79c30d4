{# The UTC instant at which the as-of day ends; what occurred at or after it is not known yet. #}
{% macro as_of_end() -%}
    cast('{{ var("as_of_end") }}' as timestamp)
{%- endmacro %}
