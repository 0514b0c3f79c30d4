{# The names of the columns nulled as impossible, comma separated; null when there are none.
   `conditions` maps a column name to the condition under which its value is refused. #}
{% macro corrected_fields(conditions) -%}
    nullif(substring(
        {%- for column, condition in conditions.items() %}
        {{ '|| ' if not loop.first }}case when {{ condition }} then ',{{ column }}' else '' end
        {%- endfor %},
        2
    ), '')
{%- endmacro %}
