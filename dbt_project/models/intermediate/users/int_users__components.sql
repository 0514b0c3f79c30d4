with

identities as (
    select * from {{ ref('stg_identities') }}
),

nodes as (
    select
        {{ identifier_node('id_type', 'id') }} as node,
        {{ identifier_node('linked_id_type', 'linked_id') }} as neighbour,
        id_type = 'user_id' as is_user,
        linked_id_type = 'user_id' as is_linked_user
    from identities
),

-- Users are joined only to users and devices only to devices: were a link between the two kinds
-- followed, a shared device would make one person of everybody who used it.
same_kind as (
    select node, neighbour from nodes where is_user = is_linked_user
),

{{ connected_components('same_kind') }},

final as (
    select node, root from components
    union all
    select root as node, root from components group by 1, 2
)

select * from final
