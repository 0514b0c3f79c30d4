with counted as (
    select * from {{ ref('int_behaviour__page_pairs') }}
),

shares as (
    select
        *,
        sum(transitions) over (partition by kind = 'entry', from_page) as from_views,
        sum(case when kind = 'exit' then transitions else 0 end)
            over (partition by kind = 'entry', from_page) as exits
    from counted
),

final as (
    select
        kind,
        from_page,
        to_page,
        cast(transitions as bigint) as transitions,
        cast(people as bigint) as people,
        cast(cast(transitions as double) / nullif(from_views, 0) as decimal(18, 8)) as share,
        case
            when kind <> 'entry'
                then cast(cast(exits as double) / nullif(from_views, 0) as decimal(18, 8))
        end as drop_off_rate,
        {{ as_of() }} as as_of
    from shares
)

select * from final
