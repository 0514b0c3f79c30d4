{# CTEs over `links` (int_users__links) and `days` (as_of) that end in `edges` (as_of, node,
   neighbour): what makes one of several identifiers on each day.

   Users are joined to users and devices to devices, never the one to the other: were a link between
   the two kinds followed, a shared device would make one person of everybody who used it. Users who
   share a value of a joining kind are joined to the smallest of them. An identifier over its cap
   joins nobody but by the tenant's rules. #}
{% macro identity_edges() -%}
{%- set joining = var('identity').joins_users.keys() | list -%}
same_kind as (
    select
        days.as_of,
        links.node,
        links.linked_node,
        max(case when links.evidence = 'rule' then 1 else 0 end) = 1 as is_rule
    from links
    cross join days
    where
        (links.id_type = 'user_id') = (links.linked_id_type = 'user_id')
        and {{ live_on('days.as_of', 'links') }}
    group by days.as_of, links.node, links.linked_node
),

crowded as (
    select as_of, node
    from (
        select as_of, node from same_kind where not is_rule
        union all
        select as_of, linked_node as node from same_kind where not is_rule
    ) as ends
    group by as_of, node
    having count(*) > {{ var('identity').declared_at_most }}
),

-- Most addresses have one user and join nobody: only the others are looked at day by day.
shared as (
    select node
    from links
    where id_type in {{ text_list(joining) }} and linked_id_type = 'user_id' and exclusion is null
    group by node
    having count(distinct linked_node) > 1
),

shared_on as (
    select
        days.as_of,
        links.node,
        links.linked_node,
        min(links.linked_node) over (partition by days.as_of, links.node) as first_user,
        {{ users_joined_by('links.id_type') }} as at_most
    from links
    inner join shared
        on links.node = shared.node
    cross join days
    where links.linked_id_type = 'user_id' and {{ live_on('days.as_of', 'links') }}
    group by days.as_of, links.node, links.linked_node, links.id_type
),

overcrowded as (
    select as_of, node
    from shared_on
    group by as_of, node, at_most
    having count(*) > at_most
),

edges as (
    select same_kind.as_of, same_kind.node, same_kind.linked_node as neighbour
    from same_kind
    left join crowded
        on same_kind.as_of = crowded.as_of
        and same_kind.node = crowded.node
    left join crowded as linked_crowded
        on same_kind.as_of = linked_crowded.as_of
        and same_kind.linked_node = linked_crowded.node
    where same_kind.is_rule or (crowded.node is null and linked_crowded.node is null)

    union all
    select shared_on.as_of, shared_on.first_user, shared_on.linked_node
    from shared_on
    left join overcrowded
        on shared_on.as_of = overcrowded.as_of
        and shared_on.node = overcrowded.node
    where overcrowded.node is null and shared_on.first_user <> shared_on.linked_node
)
{%- endmacro %}
