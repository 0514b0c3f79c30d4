{# A view names tables of its own file without the file, since copies of it are read under other
   names; the adapter's own macro would write the name in. #}
{% macro duckdb__create_view_as(relation, sql) -%}
    {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    {%- set file = '"' ~ relation.database ~ '".' %}
    create view {{ relation }} as (
        {{ sql | replace(file, '') }}
    );
{%- endmacro %}

{% macro spark__create_view_as(relation, sql) -%}
    create or replace view {{ relation }} as
    {{ sql }}
{%- endmacro %}
