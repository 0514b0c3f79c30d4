{# CTEs over `events` that end in `page_steps`: how often each person went from one page to the next
   within a session, into its first (kind entry) and out of its last (kind exit). By the person's eight
   bytes, which no two people share (the gate of int_users__keys): their texts cost most of a night's. #}
{% macro page_steps() -%}
views as (
    select
        person_key,
        page,
        lead(page) over in_session as next_page,
        lag(page) over in_session is null as is_entry
    from events
    where is_view and page is not null
    window in_session as (partition by session_id order by event_number nulls last)
),

-- What each person did, so that people are counted by adding up.
onward as (
    select
        person_key,
        page,
        next_page,
        count(*) as transitions,
        count(case when is_entry then 1 end) as entries
    from views
    group by person_key, page, next_page
),

page_steps as (
    select
        person_key,
        case when next_page is null then 'exit' else 'transition' end as kind,
        page as from_page,
        coalesce(next_page, '(exit)') as to_page,
        transitions
    from onward

    union all
    select
        person_key,
        'entry' as kind,
        '(entry)' as from_page,
        page as to_page,
        cast(sum(entries) as bigint) as transitions
    from onward
    where entries > 0
    group by person_key, page
)
{%- endmacro %}
