{# CTEs over links, `days` and `groups` that end in `owners` (as_of, node, user_node): the first user
   whom an identifier of another kind was seen or declared with, on each day. A value of a joining
   kind that has more users than it may join is nobody's. #}
{% macro identity_owners(links='links') -%}
user_links as (
    select
        days.as_of,
        links.node,
        links.linked_node as user_node,
        {{ users_joined_by('links.id_type') }} as at_most,
        min(links.linked_at) as linked_at
    from {{ links }} as links
    cross join days
    where
        links.id_type <> 'user_id'
        and links.linked_id_type = 'user_id'
        and {{ live_on('days.as_of', 'links') }}
    group by days.as_of, links.node, links.linked_node, links.id_type
),

owners as (
    select as_of, node, user_node, linked_at
    from user_links
    qualify
        row_number() over (partition by as_of, node order by linked_at nulls last, user_node nulls last) = 1
        and (at_most = 1 or count(*) over (partition by as_of, node) <= at_most)
),

-- An identifier no user was ever seen with follows those it is declared one with.
group_owners as (
    select groups.as_of, groups.root, owners.user_node
    from owners
    inner join groups
        on owners.as_of = groups.as_of
        and owners.node = groups.node
    qualify row_number() over (
        partition by groups.as_of, groups.root
        order by owners.linked_at nulls last, owners.user_node nulls last
    ) = 1
)
{%- endmacro %}
