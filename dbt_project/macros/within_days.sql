{# That a day lies within bounds; nothing does where there are none. #}
{% macro within_days(column, limits) -%}
    {%- if limits -%}
        {{ column }} >= cast('{{ limits[0] }}' as date) and {{ column }} <= cast('{{ limits[1] }}' as date)
    {%- else -%}
        1 = 0
    {%- endif -%}
{%- endmacro %}
