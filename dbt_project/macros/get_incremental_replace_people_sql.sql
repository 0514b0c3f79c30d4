{# Rows of people: all rows of those whom the model named in `changed_by` tells are taken out and put back
   as they are now. That model tells whoever shares the eight bytes of one of them too. #}
{% macro get_incremental_replace_people_sql(arguments) -%}
    {%- set changed = ref(config.get('meta')['changed_by']) -%}
    delete from {{ arguments.target_relation }} as held
    where held.person_key in (select changed.person_key from {{ changed }} as changed);
    {{ get_insert_into_sql(
        arguments.target_relation, arguments.temp_relation, arguments.dest_columns
    ) }}
{%- endmacro %}
