{# One md5 over columns, nulls told apart from empty texts: the last resort that makes an order
   independent of how rows arrived. #}
{% macro row_digest(columns) -%}
    md5(
        {%- for column in columns %}
        {{ "|| '|' || " if not loop.first }}coalesce(cast({{ column }} as {{ dbt.type_string() }}), chr(1))
        {%- endfor %}
    )
{%- endmacro %}
