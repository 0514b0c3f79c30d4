with

sightings as (
    select * from {{ ref('int_users__sightings') }}
    where user_id is not null and anonymous_id is not null
),

contacts as (
    select * from {{ ref('stg_user_contacts') }}
),

identities as (
    select * from {{ ref('stg_identities') }}
),

rules as (
    select
        *,
        true as is_apart
    from ({{ identifier_pairs('apart') }}) as apart

    union all
    select
        *,
        false as is_apart
    from ({{ identifier_pairs('together') }}) as together
),

-- A declared pair one way round: a user is the second, else the greater of the two.
turned as (
    select
        *,
        (
            (id_type = 'user_id') <> (linked_id_type = 'user_id')
            and id_type = 'user_id'
        )
        or (
            (id_type = 'user_id') = (linked_id_type = 'user_id')
            and {{ identifier_node('id_type', 'id') }} > {{ identifier_node('linked_id_type', 'linked_id') }}
        ) as is_turned
    from identities
    where id_type <> linked_id_type or id <> linked_id
),

declarations as (
    select
        case when is_turned then linked_id_type else id_type end as id_type,
        case when is_turned then linked_id else id end as id,
        case when is_turned then id_type else linked_id_type end as linked_id_type,
        case when is_turned then id else linked_id end as linked_id,
        linked_at,
        is_withdrawn,
        is_probabilistic,
        feed
    from turned
),

-- What was declared and what was found likely are withdrawn apart, each by its own kind.
-- A link holds from a declaration to the next withdrawal; what is said again in between adds to its
-- count. Of two words at one instant the withdrawal is the last.
turns as (
    select
        *,
        case
            when
                lag(case when is_withdrawn then 1 else 0 end, 1, 1) over (
                    partition by id_type, id, linked_id_type, linked_id, is_probabilistic
                    order by linked_at nulls last, is_withdrawn nulls last, feed nulls last
                ) <> case when is_withdrawn then 1 else 0 end
                then 1
            else 0
        end as is_turn
    from declarations
),

numbered_turns as (
    select
        *,
        sum(is_turn) over (
            partition by id_type, id, linked_id_type, linked_id, is_probabilistic
            order by linked_at nulls last, is_withdrawn nulls last, feed nulls last
            rows unbounded preceding
        ) as turn
    from turns
),

turn_spans as (
    select
        id_type,
        id,
        linked_id_type,
        linked_id,
        is_probabilistic,
        turn,
        is_withdrawn,
        min(linked_at) as linked_at,
        count(*) as times,
        min(feed) as feed
    from numbered_turns
    where turn > 0
    group by id_type, id, linked_id_type, linked_id, is_probabilistic, turn, is_withdrawn
),

declared_spans as (
    select
        *,
        lead(linked_at) over (
            partition by id_type, id, linked_id_type, linked_id, is_probabilistic
            order by turn nulls last
        ) as withdrawn_at
    from turn_spans
),

{% if var('identity').device_property -%}
devices as (
    select
        {{ clean_text(json_text('properties', var('identity').device_property)) }} as device,
        user_id,
        anonymous_id,
        feed,
        occurred_at
    from {{ ref('stg_events') }}
    where properties is not null
),

{% endif -%}
links as (
    {%- if var('identity').device_property %}
    {%- for id in ['anonymous_id', 'user_id'] %}
    select
        {{ "'anonymous_id'" if id == 'anonymous_id' else "'device'" }} as id_type,
        {{ 'anonymous_id' if id == 'anonymous_id' else 'device' }} as id,
        {{ "'device'" if id == 'anonymous_id' else "'user_id'" }} as linked_id_type,
        {{ 'device' if id == 'anonymous_id' else 'user_id' }} as linked_id,
        'same_device' as evidence,
        'events' as entity,
        feed,
        min(occurred_at) as linked_at,
        cast(null as timestamp) as withdrawn_at,
        count(*) as times,
        true as is_usable
    from devices
    where device is not null and {{ id }} is not null
    group by device, {{ id }}, feed

    union all
    {%- endfor %}
    {%- endif %}
    select
        'anonymous_id' as id_type,
        anonymous_id as id,
        'user_id' as linked_id_type,
        user_id as linked_id,
        'seen_together' as evidence,
        entity,
        feed,
        first_seen_at as linked_at,
        cast(null as timestamp) as withdrawn_at,
        times,
        true as is_usable
    from sightings

    union all
    select
        id_type,
        id,
        'user_id',
        user_id,
        'same_' || id_type,
        'users',
        feed,
        stated_at,
        cast(null as timestamp),
        times,
        is_usable
    from contacts

    union all
    select
        id_type,
        id,
        linked_id_type,
        linked_id,
        case when is_probabilistic then 'probabilistic' else 'declared' end,
        'identities',
        feed,
        linked_at,
        withdrawn_at,
        times,
        true
    from declared_spans
    where not is_withdrawn

    union all
    select
        id_type,
        id,
        linked_id_type,
        linked_id,
        'rule',
        cast(null as {{ dbt.type_string() }}),
        cast(null as {{ dbt.type_string() }}),
        cast(null as timestamp),
        cast(null as timestamp),
        1,
        true
    from rules
),

noded as (
    select
        *,
        {{ identifier_node('id_type', 'id') }} as node,
        {{ identifier_node('linked_id_type', 'linked_id') }} as linked_node
    from links
),

kept_apart as (
    select
        {{ identifier_node('id_type', 'id') }} as node,
        {{ identifier_node('linked_id_type', 'linked_id') }} as linked_node
    from rules
    where is_apart
),

final as (
    select
        noded.id_type,
        noded.id,
        noded.linked_id_type,
        noded.linked_id,
        noded.node,
        noded.linked_node,
        noded.evidence,
        noded.entity,
        noded.feed,
        noded.linked_at,
        noded.withdrawn_at,
        {{ business_day('noded.linked_at') }} as linked_day,
        {{ business_day('noded.withdrawn_at') }} as withdrawn_day,
        cast(noded.times as bigint) as times,
        case
            when kept_apart.node is not null then 'kept_apart'
            when noded.evidence = 'rule' then null
            when
                {{ generic_identifier('noded.id_type', 'noded.id') }}
                or {{ generic_identifier('noded.linked_id_type', 'noded.linked_id') }}
                then 'generic_value'
            when not noded.is_usable then 'unverified'
        end as exclusion
    from noded
    left join kept_apart
        on noded.node = kept_apart.node
        and noded.linked_node = kept_apart.linked_node
)

select * from final
