-- depends_on: {{ ref('int_behaviour__windows') }} {{ ref('int_behaviour__events') }}
-- depends_on: {{ ref('int_behaviour__replaced_steps') }}
{% if adds_to_history() %}
with

events as (
    {{ in_windows(ref('int_behaviour__events'), 'occurred_at') }}
),

{{ page_steps() }},

moved as (
    select person_key, kind, from_page, to_page, transitions from page_steps
    union all
    select person_key, kind, from_page, to_page, -transitions
    from {{ ref('int_behaviour__replaced_steps') }}
),

changes as (
    select
        person_key,
        kind,
        from_page,
        to_page,
        cast(sum(transitions) as bigint) as change
    from moved
    group by person_key, kind, from_page, to_page
    having sum(transitions) <> 0
),

before as (
    select * from {{ previous('int_behaviour__path_steps') }}
    where person_key in (select changes.person_key from changes)
),

final as (
    select
        changes.person_key,
        changes.kind,
        changes.from_page,
        changes.to_page,
        coalesce(before.transitions, 0) as previous_transitions,
        coalesce(before.transitions, 0) + changes.change as transitions
    from changes
    left join before
        on changes.person_key = before.person_key
        and changes.kind = before.kind
        and changes.from_page = before.from_page
        and changes.to_page = before.to_page
)

select * from final
{% else %}
select
    person_key,
    kind,
    from_page,
    to_page,
    transitions as previous_transitions,
    transitions
from {{ ref('int_behaviour__replaced_steps') }}
where 1 = 0
{% endif %}
