{# Rows of people's days: those that tonight changes are taken out and put back as they are now. #}
{% macro get_incremental_replace_days_sql(arguments) -%}
    {%- set changed = ref('int_lifecycle__changed_days') -%}
    {%- set limits = bounds('select min(day), max(day) from ' ~ changed) %}
    {% if limits -%}
    delete from {{ arguments.target_relation }} as held
    where
        {{ within_days('held.day', limits) }}
        and exists (
            select 1 from {{ changed }} as changed
            where changed.user_key = held.user_key and changed.day = held.day
        );
    {%- endif %}
    {{ get_insert_into_sql(
        arguments.target_relation, arguments.temp_relation, arguments.dest_columns
    ) }}
{%- endmacro %}
