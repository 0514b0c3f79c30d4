with links as (
    select * from {{ ref('int_users__links') }}
),

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
),

-- An identifier that is nobody's (a generic value, one over its cap) has a key all the same.
strangers as (
    select
        ends.node,
        {{ pseudonym('ends.node') }} as identifier_key
    from (
        select node from links
        union
        select linked_node as node from links
    ) as ends
    left join identifiers on ends.node = identifiers.node
    where identifiers.node is null
),

keyed_links as (
    select
        links.*,
        owned.user_key,
        linked.user_key as linked_user_key,
        coalesce(owned.identifier_key, strangers.identifier_key) as identifier_key,
        coalesce(linked.identifier_key, linked_strangers.identifier_key) as linked_identifier_key
    from links
    left join identifiers as owned on links.node = owned.node
    left join identifiers as linked on links.linked_node = linked.node
    left join strangers on links.node = strangers.node
    left join strangers as linked_strangers on links.linked_node = linked_strangers.node
),

linked_nodes as (
    select node from links
    union
    select linked_node as node from links
),

final as (
    select
        user_key,
        identifier_key,
        id_type,
        linked_user_key,
        linked_identifier_key,
        linked_id_type,
        evidence,
        entity,
        feed,
        linked_at,
        withdrawn_at,
        times,
        case
            when exclusion is not null or withdrawn_at is not null then 'excluded'
            when user_key = linked_user_key then 'linked'
            else 'over_cap'
        end as status,
        case
            when exclusion is not null then exclusion
            when withdrawn_at is not null then 'withdrawn'
            when user_key = linked_user_key then null
            when id_type = 'user_id' then 'too_many_links'
            else 'too_many_users'
        end as reason,
        {{ as_of() }} as as_of
    from keyed_links

    union all

    select
        identifiers.user_key,
        identifiers.identifier_key,
        identifiers.id_type,
        null as linked_user_key,
        null as linked_identifier_key,
        null as linked_id_type,
        'seen_alone' as evidence,
        null as entity,
        null as feed,
        identifiers.first_seen_at as linked_at,
        null as withdrawn_at,
        null as times,
        'alone' as status,
        null as reason,
        {{ as_of() }} as as_of
    from identifiers
    left join linked_nodes on identifiers.node = linked_nodes.node
    where linked_nodes.node is null
)

select * from final
