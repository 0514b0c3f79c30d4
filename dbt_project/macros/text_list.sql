{# A setting's list of texts as the right side of `in`; an empty list matches nothing. #}
{% macro text_list(values) -%}
    ({%- if values -%}
        {%- for value in values -%}
            '{{ value | replace("'", "''") }}'{{ ', ' if not loop.last }}
        {%- endfor -%}
    {%- else -%}
        cast(null as {{ dbt.type_string() }})
    {%- endif -%})
{%- endmacro %}
