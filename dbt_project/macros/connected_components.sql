{# CTEs that end in `components` (node, root): every node of a relation of edges (node, neighbour)
   that is not its component's smallest node, with that smallest node as its root. A prefix tells the
   CTEs of two uses in one query apart.

   Each round is a large-star and a small-star step (Kiveris et al., "Connected Components in
   MapReduce and Beyond", 2014): every step reads the one before once, so the plan stays linear, and
   distances halve a round: 16 rounds close a chain of 65,536. Not converged means a node with two
   roots, which the key test of the model refuses. The rounds work on the nodes' numbers in their
   order, since every round is kept until the last: texts took three times the memory. #}
{% macro connected_components(edges, rounds=16, prefix='') -%}
{{ prefix }}numbered {{ stored_cte() }} (
    select node as name, row_number() over (order by node nulls last) as node
    from (
        select node from {{ edges }}
        union
        select neighbour as node from {{ edges }}
    ) as named
),

{{ prefix }}edges_0 {{ stored_cte() }} (
    select greatest(firsts.node, seconds.node) as node, least(firsts.node, seconds.node) as root
    from {{ edges }} as pairs
    inner join {{ prefix }}numbered as firsts
        on pairs.node = firsts.name
    inner join {{ prefix }}numbered as seconds
        on pairs.neighbour = seconds.name
    where firsts.node <> seconds.node
    group by 1, 2
),

{{ prefix }}sides {{ stored_cte() }} (
    select 0 as side
    union all
    select 1 as side
),
{% for number in range(1, rounds + 1) %}
{{ prefix }}both_ways_{{ number }} {{ stored_cte() }} (
    select
        case when sides.side = 0 then pairs.node else pairs.root end as node,
        case when sides.side = 0 then pairs.root else pairs.node end as neighbour
    from {{ prefix }}edges_{{ number - 1 }} as pairs
    cross join {{ prefix }}sides as sides
),

{{ prefix }}nearest_{{ number }} {{ stored_cte() }} (
    select node, neighbour, min(neighbour) over (partition by node) as nearest
    from {{ prefix }}both_ways_{{ number }}
),

{{ prefix }}large_star_{{ number }} {{ stored_cte() }} (
    select neighbour as node, least(node, nearest) as root
    from {{ prefix }}nearest_{{ number }}
    where neighbour > node
    group by 1, 2
),

{{ prefix }}smallest_{{ number }} {{ stored_cte() }} (
    select node, root, min(root) over (partition by node) as smallest
    from {{ prefix }}large_star_{{ number }}
),

{{ prefix }}edges_{{ number }} {{ stored_cte() }} (
    select
        case when sides.side = 0 then stars.node else stars.root end as node,
        stars.smallest as root
    from {{ prefix }}smallest_{{ number }} as stars
    cross join {{ prefix }}sides as sides
    where sides.side = 0 or stars.root <> stars.smallest
    group by 1, 2
),
{% endfor %}
{{ prefix }}components as (
    select nodes.name as node, roots.name as root
    from {{ prefix }}edges_{{ rounds }} as pairs
    inner join {{ prefix }}numbered as nodes
        on pairs.node = nodes.node
    inner join {{ prefix }}numbered as roots
        on pairs.root = roots.node
)
{%- endmacro %}
