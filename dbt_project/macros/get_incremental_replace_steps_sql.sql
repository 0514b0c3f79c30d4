{# People's steps between pages: those that tonight changes are taken out and put back as they are now. #}
{% macro get_incremental_replace_steps_sql(arguments) -%}
    {%- set changed = ref('int_behaviour__path_changes') -%}
    delete from {{ arguments.target_relation }} as held
    where
        held.person_key in (select changed.person_key from {{ changed }} as changed)
        and exists (
            select 1 from {{ changed }} as changed
            where
                changed.person_key = held.person_key
                and changed.kind = held.kind
                and changed.from_page = held.from_page
                and changed.to_page = held.to_page
        );
    {{ get_insert_into_sql(
        arguments.target_relation, arguments.temp_relation, arguments.dest_columns
    ) }}
{%- endmacro %}
