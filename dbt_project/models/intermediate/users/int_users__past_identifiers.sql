with

links as (
    select * from {{ ref('int_users__links') }}
),

identifiers as (
    select
        *,
        {{ business_day('first_seen_at') }} as first_seen_day
    from {{ ref('int_users__identifiers') }}
    where id_type in ('user_id', 'anonymous_id')
),

snapshot_days as (
    {{ snapshot_days() }}
),

days as (
    select as_of from snapshot_days where as_of < {{ as_of() }}
),

{{ identity_components() }},

-- Whoever was in a group on one of the days, or is now, may have been another person then; everybody
-- else only, if the first user came later than the identifier.
grouped as (
    select node from groups
    union
    select node from {{ ref('int_users__components') }}
),

touched_by_groups as (
    select node from grouped
    union
    select links.node
    from links
    inner join grouped
        on links.linked_node = grouped.node
    where links.id_type <> 'user_id'
),

-- Of an identifier that was taken from a user, or has more of them than its kind may join, nothing is
-- said beforehand.
first_links as (
    select
        node,
        case
            when count(withdrawn_day) = 0 and (at_most = 1 or count(distinct linked_node) <= at_most)
                then min(coalesce(linked_day, date '1970-01-01'))
        end as owned_since
    from (
        select
            *,
            {{ users_joined_by('id_type') }} as at_most
        from links
        where id_type = 'anonymous_id' and linked_id_type = 'user_id' and exclusion is null
    ) as user_links
    group by node, at_most
),

candidates as (
    select
        days.as_of,
        identifiers.id_type,
        identifiers.id,
        identifiers.node,
        identifiers.user_key as current_user_key
    from identifiers
    cross join days
    left join first_links
        on identifiers.node = first_links.node
    left join touched_by_groups
        on identifiers.node = touched_by_groups.node
    where
        (identifiers.first_seen_day is null or identifiers.first_seen_day <= days.as_of)
        and (
            touched_by_groups.node is not null
            or first_links.owned_since > days.as_of
            or (first_links.node is not null and first_links.owned_since is null)
        )
),

candidate_nodes as (
    select node from candidates
    union
    select node from grouped
),

candidate_links as (
    select links.*
    from links
    inner join candidate_nodes
        on links.node = candidate_nodes.node
),

{{ identity_owners('candidate_links') }},

persons as (
    select
        candidates.*,
        case
            when coalesce(owners.user_node, group_owners.user_node) is null
                then coalesce(groups.root, candidates.node)
            else coalesce(user_groups.root, owners.user_node, group_owners.user_node)
        end as person_id
    from candidates
    left join groups
        on candidates.as_of = groups.as_of
        and candidates.node = groups.node
    left join owners
        on candidates.as_of = owners.as_of
        and candidates.node = owners.node
    left join group_owners
        on candidates.as_of = group_owners.as_of
        and groups.root = group_owners.root
    left join groups as user_groups
        on candidates.as_of = user_groups.as_of
        and coalesce(owners.user_node, group_owners.user_node) = user_groups.node
),

keys as (
    select
        person_id,
        {{ pseudonym('person_id') }} as user_key
    from (select person_id from persons group by person_id) as named
),

keyed as (
    select
        persons.as_of,
        persons.node,
        persons.current_user_key,
        keys.user_key
    from persons
    inner join keys
        on persons.person_id = keys.person_id
),

-- A person is another than now as soon as one identifier came or went; then all of it is listed.
changed as (
    select as_of, current_user_key as user_key from keyed where user_key <> current_user_key
    union
    select as_of, user_key from keyed where user_key <> current_user_key
),

listed as (
    select
        changed.as_of,
        identifiers.id_type,
        identifiers.id,
        identifiers.node,
        identifiers.user_key as current_user_key,
        identifiers.first_seen_at
    from identifiers
    inner join changed
        on identifiers.user_key = changed.user_key
    where identifiers.first_seen_day is null or identifiers.first_seen_day <= changed.as_of
),

final as (
    select
        listed.as_of,
        listed.id_type,
        listed.id,
        coalesce(keyed.user_key, listed.current_user_key) as user_key,
        listed.current_user_key,
        listed.first_seen_at
    from listed
    left join keyed
        on listed.as_of = keyed.as_of
        and listed.node = keyed.node
)

select * from final
