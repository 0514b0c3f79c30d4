{# A table takes the place of the old one in one statement, or as one transaction where a contract says
   its columns. The adapter's own way, a second table, two renamings and a drop in transactions of their
   own, costs a small table more than its query does. A build that fails leaves the old table. #}
{% materialization table, adapter='duckdb' %}
    {%- set before = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}

    {%- if before is not none and not before.is_table -%}
        {%- do adapter.drop_relation(before) -%}
    {%- endif -%}

    {%- call statement('main') -%}
    {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(compiled_code) }}
    create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
    insert into {{ target }} {{ get_column_names() }} (
        {{ get_select_subquery(compiled_code) }}
    );
    {%- else -%}
    create or replace table {{ target }} as (
        {{ compiled_code }}
    );
    {%- endif -%}
    {%- endcall -%}

    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
