{# The keys of a table, in one test: of a small table a test costs more to start than its queries do.
   Answers with each rule that is broken and by how many rows. Nulls are no repetitions of each other
   in a column that is unique alone (not_null is another rule); of columns unique together they are. #}
{% test keys(model, unique=[], not_null=[]) %}
{{ config(fail_calc='coalesce(cast(sum(rows_against) as bigint), 0)') }}
{%- set counts, rules = [], [] -%}

{%- for column in not_null -%}
    {%- do counts.append('count(*) - count(' ~ column ~ ') as null_' ~ loop.index) -%}
    {%- do rules.append(['not_null ' ~ column, 'null_' ~ loop.index, 'counted']) -%}
{%- endfor -%}

{%- for columns in unique -%}
    {%- if columns is string -%}
        {%- do counts.append('count(' ~ columns ~ ') - count(distinct ' ~ columns ~ ') as again_' ~ loop.index) -%}
        {%- do rules.append(['unique ' ~ columns, 'again_' ~ loop.index, 'counted']) -%}
    {%- else -%}
        {%- set held = '(select count(*) as held from ' ~ model ~ ' group by ' ~ columns | join(', ') ~ ') as held' -%}
        {%- do rules.append(['unique ' ~ columns | join(' + '), 'cast(sum(held - 1) as bigint)', held]) -%}
    {%- endif -%}
{%- endfor -%}

with
{%- if counts %} counted as (
    select {{ counts | join(', ') }}
    from {{ model }}
),
{%- endif %}

rules as (
    {% for name, rows_against, source in rules -%}
    select '{{ name }}' as rule, {{ rows_against }} as rows_against
    from {{ source }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select rule, rows_against
from rules
where rows_against > 0

{% endtest %}
