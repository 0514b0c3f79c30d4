{# Public rows of sessions: all rows of the sessions that tonight replaces are taken out. `placed_by`
   is the column whose time places a row. #}
{% macro get_incremental_replace_sessions_sql(arguments) -%}
    {%- set replaced = ref('int_behaviour__replaced_sessions') -%}
    {%- set limits = bounds('select min(started_at), max(ended_at) from ' ~ replaced) %}
    {% if limits -%}
    delete from {{ arguments.target_relation }} as held
    where
        {{ within('held.' ~ config.get('meta')['placed_by'], limits) }}
        and held.session_id in (select replaced.session_id from {{ replaced }} as replaced);
    {%- endif %}
    {{ get_insert_into_sql(
        arguments.target_relation, arguments.temp_relation, arguments.dest_columns
    ) }}
{%- endmacro %}
