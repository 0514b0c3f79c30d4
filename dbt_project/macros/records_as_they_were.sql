{# The rows of a table of records by whose they were: `seen_on` is null for those of everybody now, and
   the snapshot day for those of people who were others then, over `past_records`. #}
{% macro records_as_they_were(table, entity, id, columns) -%}
    select
        cast(null as date) as seen_on,
        user_key,
        {{ columns | join(', ') }}
    from {{ ref(table) }}

    union all

    select
        past_records.as_of as seen_on,
        past_records.user_key,
        {% for column in columns -%}
        records.{{ column }}{{ ', ' if not loop.last }}
        {%- endfor %}
    from {{ ref(table) }} as records
    inner join past_records
        on
        records.{{ id }} = past_records.record_id
        and past_records.entity = '{{ entity }}'
{%- endmacro %}
