{# That a time lies within bounds; nothing does where there are none. #}
{% macro within(column, limits) -%}
    {%- if limits -%}
        {{ column }} >= cast('{{ limits[0] }}' as timestamp)
        and {{ column }} <= cast('{{ limits[1] }}' as timestamp)
    {%- else -%}
        1 = 0
    {%- endif -%}
{%- endmacro %}
