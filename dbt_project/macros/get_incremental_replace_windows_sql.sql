{# Rows of streams of events: those in the windows that tonight touches are taken out and put back as
   they are now. `placed_by` is the column whose time places a row. #}
{% macro get_incremental_replace_windows_sql(arguments) -%}
    {%- set windows = ref('int_behaviour__windows') -%}
    {%- set placed_by = 'held.' ~ config.get('meta')['placed_by'] -%}
    {%- set limits = bounds('select min(from_at), max(to_at) from ' ~ windows) %}
    {% if limits -%}
    delete from {{ arguments.target_relation }} as held
    where
        {{ within(placed_by, limits) }}
        and exists (
            select 1 from {{ windows }} as windows
            where
                windows.stream_key = held.stream_key
                and {{ placed_by }} >= windows.from_at
                and {{ placed_by }} <= windows.to_at
        );
    {%- endif %}
    {{ get_insert_into_sql(
        arguments.target_relation, arguments.temp_relation, arguments.dest_columns
    ) }}
{%- endmacro %}
