{# CTEs over `links` and `days` that end in `groups` (as_of, node, root): every identifier that is one
   with others of its kind on a day, and the smallest of them.

   A node carries its day, so that the days are as many graphs closed in one go. A pair kept apart
   that others still join is cut by taking its second identifier out of the group. #}
{% macro identity_components() -%}
{{ identity_edges() }},

dated_edges as (
    select
        cast(as_of as {{ dbt.type_string() }}) || node as node,
        cast(as_of as {{ dbt.type_string() }}) || neighbour as neighbour
    from edges
),

{{ connected_components('dated_edges') }},

members as (
    select node, root from components
    union all
    select root as node, root from components group by 1, 2
),

{%- if var('identity').apart %}

taken_out as (
    select seconds.node
    from days
    cross join links
    inner join members as firsts
        on firsts.node = cast(days.as_of as {{ dbt.type_string() }}) || links.node
    inner join members as seconds
        on seconds.node = cast(days.as_of as {{ dbt.type_string() }}) || links.linked_node
        and firsts.root = seconds.root
    where links.evidence = 'rule' and links.exclusion = 'kept_apart'
    group by seconds.node
),

kept_edges as (
    select dated_edges.node, dated_edges.neighbour
    from dated_edges
    left join taken_out
        on dated_edges.node = taken_out.node
    left join taken_out as neighbours_out
        on dated_edges.neighbour = neighbours_out.node
    where taken_out.node is null and neighbours_out.node is null
),

{{ connected_components('kept_edges', prefix='kept_') }},

kept_members as (
    select node, root from kept_components
    union all
    select root as node, root from kept_components group by 1, 2
),
{%- endif %}

groups as (
    select
        cast(substring(root, 1, 10) as date) as as_of,
        substring(node, 11) as node,
        substring(root, 11) as root
    from {{ 'kept_members' if var('identity').apart else 'members' }}
)
{%- endmacro %}
