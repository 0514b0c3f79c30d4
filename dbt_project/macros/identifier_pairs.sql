{# A relation of the pairs that identity.yml puts together or keeps apart, a user second where only one
   of the two is a user, else the greater one. #}
{% macro identifier_pairs(rule) -%}
    {%- for pair in var('identity')[rule] %}
    {%- set ends = [[pair.id_type, pair.id], [pair.linked_id_type, pair.linked_id]] -%}
    {%- set nodes = [] -%}
    {%- for end in ends -%}
        {%- set kind = {'user_id': 'u', 'anonymous_id': 'a'}.get(end[0], end[0]) -%}
        {%- do nodes.append([end[0] == 'user_id', kind ~ ':' ~ end[1], end]) -%}
    {%- endfor -%}
    {%- set first, second = nodes | sort -%}
    select
        {{ text_literal(first[2][0]) }} as id_type,
        {{ text_literal(first[2][1]) }} as id,
        {{ text_literal(second[2][0]) }} as linked_id_type,
        {{ text_literal(second[2][1]) }} as linked_id
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as id_type,
        cast(null as {{ dbt.type_string() }}) as id,
        cast(null as {{ dbt.type_string() }}) as linked_id_type,
        cast(null as {{ dbt.type_string() }}) as linked_id
    where 1 = 0
    {%- endfor %}
{%- endmacro %}
