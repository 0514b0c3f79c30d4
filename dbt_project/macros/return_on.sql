{# What came back for each unit of money spent, over that unit; null where nothing was spent. #}
{% macro return_on(revenue, spend) -%}
    cast((cast({{ revenue }} as double) - {{ spend }}) / nullif(cast({{ spend }} as double), 0) as decimal(18, 8))
{%- endmacro %}
