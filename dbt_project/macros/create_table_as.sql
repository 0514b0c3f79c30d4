{# A table of all of history that says how (`in_parts`: so many `rows` of a model, `by` a time of it, `only` those that
   make a row, `reaching_to` the earliest time that those of a part have) is written part by part. Joined at once, tens
   of millions of rows are spilled and come out in no order of time, and each later night reads all to find a few days.
   Parts are large: of row groups left half full DuckDB makes full ones again, at the cost of a night. #}
{% macro duckdb__create_table_as(
    temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none
) -%}
    {%- set whole = dbt.duckdb__create_table_as(temporary, relation, compiled_code, language) -%}
    {%- set parts = none if temporary else config.get('meta', {}).get('in_parts') -%}
    {%- set starts = part_starts(parts) if parts else [] -%}
    {%- if starts | length < 2 -%}
        {{ return(whole) }}
    {%- endif %}
    {%- for start in starts %}
    set variable part_from = {{ part_bound(none if loop.first else start) }};
    set variable part_to = {{ part_bound(loop.nextitem) }};
    {%- if parts['reaching_to'] %}
    set variable part_reaches_to = (
        select min({{ parts['reaching_to'] }}) from {{ previous(parts['of']) }}
        where {{ in_part(parts['by']) }}
    );
    {%- endif %}
    {% if loop.first %}{{ whole }}{% else %}insert into {{ relation }} (
    {{ compiled_code }}
    ){% endif %};
    {%- endfor %}
    {%- for name in ['part_from', 'part_to', 'part_reaches_to'] %}
    reset variable {{ name }};
    {%- endfor %}
{%- endmacro %}

{# Spark spreads the work by itself. #}
{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {{ return(dbt.spark__create_table_as(temporary, relation, compiled_code, language)) }}
{%- endmacro %}

{# The first day of each part. #}
{% macro part_starts(parts) -%}
    {%- set days -%}
        select min(day) from (
            select day, floor((sum(size) over (order by day) - 1) / {{ parts['rows'] }}) as part
            from (
                select cast({{ parts['by'] }} as date) as day, count(*) as size
                from {{ previous(parts['of']) }}
                where {{ parts['only'] }}
                group by day
            ) as days
        ) as numbered
        group by part
        order by 1
    {%- endset -%}
    {{ return(run_query(days).columns[0].values() if execute else []) }}
{%- endmacro %}

{% macro part_bound(day) -%}
    cast({{ "'" ~ day ~ "'" if day else 'null' }} as timestamp)
{%- endmacro %}
