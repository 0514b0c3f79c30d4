with views as (
    select * from {{ ref('int_behaviour__events') }}
    where is_view and page is not null
),

steps as (
    select
        user_key,
        page as from_page,
        lead(page) over in_session as to_page,
        lag(page) over in_session is null as is_entry
    from views
    window in_session as (partition by session_id order by event_number nulls last)
),

-- What each person did, so that people are counted by adding up.
person_steps as (
    select
        user_key,
        from_page,
        to_page,
        count(*) as transitions,
        count(case when is_entry then 1 end) as entries
    from steps
    group by user_key, from_page, to_page
),

onward as (
    select
        case when to_page is null then 'exit' else 'transition' end as kind,
        from_page,
        coalesce(to_page, '(exit)') as to_page,
        sum(transitions) as transitions,
        count(*) as people
    from person_steps
    group by from_page, person_steps.to_page
),

person_entries as (
    select
        user_key,
        from_page as to_page,
        sum(entries) as transitions
    from person_steps
    where entries > 0
    group by user_key, from_page
),

entries as (
    select
        'entry' as kind,
        '(entry)' as from_page,
        to_page,
        sum(transitions) as transitions,
        count(*) as people
    from person_entries
    group by to_page
),

counted as (
    select * from entries
    union all
    select * from onward
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
