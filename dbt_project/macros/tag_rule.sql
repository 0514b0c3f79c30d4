{# CTEs that end in `points_<name>` of a rule: the values of its parts, carried from the day each was
   set to the next, and the condition on every day on which one of them changes. A day sorts as a
   text, so the largest "day, then value" so far is the latest value. #}
{% macro tag_rule(tag, sources) -%}
{%- set kinds = [] -%}
seen_{{ tag.tag }} as (
    {%- for part in tag.parts %}
    select
        user_key,
        day,
        {{ loop.index0 }} as part_number,
        value
    from {{ sources[loop.index0].relation }}
    {%- if sources[loop.index0].part %}
    where part = {{ text_literal(sources[loop.index0].part) }}
    {%- endif %}

    union all
    {% do kinds.append(sources[loop.index0].kind) %}
    {%- endfor %}
    -- Everyone has a first day, or a rule of what is missing would find nobody.
    select
        user_key,
        greatest(first_day, {{ tag_points_start() }}) as day,
        -1 as part_number,
        cast(null as {{ dbt.type_string() }}) as value
    from people
),

turns_{{ tag.tag }} as (
    select
        user_key,
        day,
        {%- for part in tag.parts %}
        max(
            case
                when part_number = {{ loop.index0 }}
                    then cast(day as {{ dbt.type_string() }}) || coalesce(value, '')
            end
        ) as part_{{ loop.index0 }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from seen_{{ tag.tag }}
    group by user_key, day
),

carried_{{ tag.tag }} as (
    select
        user_key,
        day,
        {%- for part in tag.parts %}
        nullif(substring(max(part_{{ loop.index0 }}) over so_far, 11), '') as part_{{ loop.index0 }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from turns_{{ tag.tag }}
    window so_far as (partition by user_key order by day)
),

points_{{ tag.tag }} as (
    select
        user_key,
        day,
        case when {{ tag_condition(tag.condition, kinds) }} then {{ text_literal(tag.value) }} end as value,
        cast(null as decimal(9, 6)) as share
    from carried_{{ tag.tag }}
)
{%- endmacro %}
