{# stg_events: an event that is delivered anew takes the place of the one that stood. #}
{% macro get_incremental_replace_delivered_sql(arguments) -%}
    {%- set delta = ref('stg_events_delta') -%}
    {%- set limits = bounds(
        'select min(replaced_at), max(replaced_at) from ' ~ delta ~ ' where not is_pending'
    ) %}
    {% if limits -%}
    delete from {{ arguments.target_relation }} as staged
    where
        {{ within('staged.occurred_at', limits) }}
        and exists (
            select 1 from {{ delta }} as delta
            where
                delta.event_key = staged.event_key
                and delta.event_id = staged.event_id
                and delta.replaced_at is not null
                and not delta.is_pending
        );
    {%- endif %}
    {{ get_insert_into_sql(
        arguments.target_relation, arguments.temp_relation, arguments.dest_columns
    ) }}
{%- endmacro %}
