with

sightings as (
    select * from {{ ref('int_users__sightings') }}
),

identities as (
    select * from {{ ref('stg_identities') }}
),

contacts as (
    select * from {{ ref('stg_user_contacts') }}
),

links as (
    select * from {{ ref('int_users__links') }}
),

days as (
    select {{ as_of() }} as as_of
),

groups as (
    select
        {{ as_of() }} as as_of,
        node,
        root
    from {{ ref('int_users__components') }}
),

{{ identity_owners() }},

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
    select id_type, id, stated_at as seen_at from contacts

    union all
    select id_type, id, linked_at as seen_at from identities

    union all
    select linked_id_type as id_type, linked_id as id, linked_at as seen_at from identities

    {%- if var('identity').device_property %}

    union all
    select id_type, id, linked_at as seen_at from links where evidence = 'same_device'

    union all
    select linked_id_type as id_type, linked_id as id, linked_at as seen_at
    from links
    where evidence = 'same_device'
    {%- endif %}
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

owned as (
    select
        identifiers.id_type,
        identifiers.id,
        identifiers.node,
        identifiers.first_seen_at,
        coalesce(groups.root, identifiers.node) as root,
        coalesce(owners.user_node, group_owners.user_node) as user_node
    from identifiers
    left join groups
        on identifiers.node = groups.node
    left join owners
        on identifiers.node = owners.node
    left join group_owners
        on groups.root = group_owners.root
),

persons as (
    select
        owned.*,
        case
            when owned.user_node is null then owned.root
            else coalesce(user_groups.root, owned.user_node)
        end as person_id
    from owned
    left join groups as user_groups
        on owned.user_node = user_groups.node
),

-- One pseudonym per identifier. It never changes, and costs more than to look it up.
keyed as (
    select
        persons.*,
        {% if adds_to_history() -%}
        coalesce(before.identifier_key, {{ pseudonym('persons.node') }}) as identifier_key
        {%- else -%}
        {{ pseudonym('persons.node') }} as identifier_key
        {%- endif %}
    from persons
    {%- if adds_to_history() %}
    left join {{ this }} as before
        on persons.node = before.node
    {%- endif %}
),

-- A person's pseudonym is that of the identifier the person is named after. A group of addresses or
-- numbers that nobody ever used here is no person yet.
real_persons as (
    select
        person_id,
        coalesce(
            max(case when node = person_id then identifier_key end),
            {{ pseudonym('person_id') }}
        ) as user_key
    from keyed
    group by person_id
    having count(case when id_type in ('user_id', 'anonymous_id') then 1 end) > 0
),

final as (
    select
        keyed.id_type,
        keyed.id,
        keyed.node,
        keyed.person_id,
        real_persons.user_key,
        keyed.identifier_key,
        keyed.first_seen_at
    from keyed
    inner join real_persons
        on keyed.person_id = real_persons.person_id
)

select * from final
