{%- set requirements = var('activation_all_of') or [
    {'event': var('activation_events'), 'times': var('activation_at_least'), 'on_days': 1}
] -%}

with

people as (
    select
        user_key,
        least({{ business_day('registered_at') }}, {{ business_day('first_seen_at') }}) as first_day
    from {{ ref('int_users__people') }}
),

events as (
    select * from {{ ref('int_behaviour__events') }}
    where user_key is not null
),

purchases as (
    select * from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

-- An empty list of events means that any core action counts.
actions as (
    {% for requirement in requirements %}
    select
        {{ loop.index }} as requirement,
        user_key,
        occurred_at,
        event_day as day
    from events
    where {{ funnel_condition(requirement) if requirement.event else 'is_core' }}
    {% if not requirement.event and var('orders_are_core') %}
    union all
    select
        {{ loop.index }} as requirement,
        user_key,
        ordered_at as occurred_at,
        order_day as day
    from purchases
    {% endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

timely as (
    select
        actions.*,
        row_number() over (
            partition by actions.requirement, actions.user_key
            order by actions.occurred_at
        ) as action_number,
        dense_rank() over (
            partition by actions.requirement, actions.user_key
            order by actions.day nulls last
        ) as day_number
    from actions
    inner join people on actions.user_key = people.user_key
    where
        {{ days_between('people.first_day', 'actions.day') }}
        between 0 and {{ var('activation_within_days') }}
),

-- A requirement is met by the action that is often enough and on enough days.
met as (
    {% for requirement in requirements %}
    select
        user_key,
        requirement,
        min(occurred_at) as met_at
    from timely
    where
        requirement = {{ loop.index }}
        and action_number >= {{ requirement.times or 1 }}
        and day_number >= {{ requirement.on_days or 1 }}
    group by user_key, requirement
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        user_key,
        max(met_at) as activated_at
    from met
    group by user_key
    having count(*) = {{ requirements | length }}
)

select * from final
