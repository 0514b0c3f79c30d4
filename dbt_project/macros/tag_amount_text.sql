{# A metric as a tag's value: money to the cent, everything else a whole number. #}
{% macro tag_amount_text(measure, amount) -%}
    {%- if measure == 'revenue' -%}
        cast(cast({{ amount }} as decimal(18, 2)) as {{ dbt.type_string() }})
    {%- else -%}
        cast(cast({{ amount }} as bigint) as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}
