{{ config(meta={'dagster': {'ref': {'name': 'fct_lifecycle_spans'}}}) }}
-- A person's spans follow each other without gap or overlap to the as-of day, and change the state
-- each time; everybody has some.
with spans as (
    select
        *,
        lead(from_day) over (partition by user_key order by from_day) as next_from_day,
        lead(state) over (partition by user_key order by from_day) as next_state
    from {{ ref('fct_lifecycle_spans') }}
),

users as (
    select * from {{ ref('dim_users') }}
)

select
    users.user_key,
    spans.from_day,
    spans.to_day
from users
left join spans on users.user_key = spans.user_key
where
    spans.user_key is null
    or spans.from_day > spans.to_day
    or spans.days <> {{ days_between('spans.from_day', 'spans.to_day') }} + 1
    or coalesce(spans.next_from_day, {{ add_days('spans.as_of', 1) }}) <> {{ add_days('spans.to_day', 1) }}
    or spans.next_state = spans.state
    or users.lifecycle_state is null
