with

sightings as (
    select * from {{ ref('int_users__sightings') }}
),

identities as (
    select * from {{ ref('stg_identities') }}
),

components as (
    select * from {{ ref('int_users__components') }}
),

-- Every identifier, alone or in a pair, with the time it was seen.
seen as (
    select 'user_id' as id_type, user_id as id, first_seen_at as seen_at
    from sightings
    where user_id is not null

    union all
    select 'anonymous_id' as id_type, anonymous_id as id, first_seen_at as seen_at
    from sightings
    where anonymous_id is not null

    union all
    select id_type, id, linked_at as seen_at from identities

    union all
    select linked_id_type as id_type, linked_id as id, linked_at as seen_at from identities
),

identifiers as (
    select
        id_type,
        id,
        {{ identifier_node('id_type', 'id') }} as node,
        min(seen_at) as first_seen_at
    from seen
    group by id_type, id
),

-- Which user an identifier of another kind was seen or declared with, and when first.
user_links as (
    select
        {{ identifier_node("'anonymous_id'", 'anonymous_id') }} as node,
        {{ identifier_node("'user_id'", 'user_id') }} as user_node,
        first_seen_at as linked_at
    from sightings
    where user_id is not null and anonymous_id is not null

    union all
    select
        {{ identifier_node('id_type', 'id') }} as node,
        {{ identifier_node('linked_id_type', 'linked_id') }} as user_node,
        linked_at
    from identities
    where id_type <> 'user_id' and linked_id_type = 'user_id'

    union all
    select
        {{ identifier_node('linked_id_type', 'linked_id') }} as node,
        {{ identifier_node('id_type', 'id') }} as user_node,
        linked_at
    from identities
    where id_type = 'user_id' and linked_id_type <> 'user_id'
),

first_users as (
    select node, user_node, linked_at
    from user_links
    qualify row_number() over (
        partition by node
        order by linked_at nulls last, user_node nulls last
    ) = 1
),

-- An identifier no user was ever seen with follows the devices it was declared one with.
group_users as (
    select components.root, first_users.user_node
    from first_users
    inner join components
        on first_users.node = components.node
    qualify row_number() over (
        partition by components.root
        order by first_users.linked_at nulls last, first_users.user_node nulls last
    ) = 1
),

owned as (
    select
        identifiers.id_type,
        identifiers.id,
        identifiers.first_seen_at,
        coalesce(components.root, identifiers.node) as root,
        coalesce(first_users.user_node, group_users.user_node) as user_node
    from identifiers
    left join components
        on identifiers.node = components.node
    left join first_users
        on identifiers.node = first_users.node
    left join group_users
        on components.root = group_users.root
),

persons as (
    select
        owned.id_type,
        owned.id,
        owned.first_seen_at,
        case
            when owned.user_node is null then owned.root
            else coalesce(user_components.root, owned.user_node)
        end as person_id
    from owned
    left join components as user_components
        on owned.user_node = user_components.node
),

-- A group of addresses or numbers that nobody ever used here is no person yet.
real_persons as (
    select person_id
    from persons
    where id_type in ('user_id', 'anonymous_id')
    group by person_id
),

final as (
    select
        persons.id_type,
        persons.id,
        persons.person_id,
        {{ pseudonym('persons.person_id') }} as user_key,
        persons.first_seen_at
    from persons
    inner join real_persons
        on persons.person_id = real_persons.person_id
)

select * from final
