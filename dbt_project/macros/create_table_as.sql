{# A table of all of history that says how (`in_parts`: `of` a model, `by` a time of it, `only` those that make a row, `halved`
   parts, `reaching_to` the earliest time of a part's, `unless` a variable is set) is written part by part. Joined at once, tens
   of millions of rows are spilled and come out in no order of time, and each later night reads all to find a few days.
   Parts are large: half full row groups cost DuckDB a night. Variables are read here: a kept parse froze a config's. #}
{% macro duckdb__create_table_as(
    temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none
) -%}
    {%- set whole = dbt.duckdb__create_table_as(temporary, relation, compiled_code, language) -%}
    {%- set parts = none if temporary else config.get('meta', {}).get('in_parts') -%}
    {%- set at_once = not parts or (parts['unless'] and var(parts['unless'])) -%}
    {%- set starts = [] if at_once else part_starts(parts) -%}
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
    {%- set rows = var('rows_in_a_part') // (2 if parts['halved'] else 1) -%}
    {%- set days -%}
        select min(day) from (
            select day, floor((sum(size) over (order by day) - 1) / {{ rows }}) as part
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
