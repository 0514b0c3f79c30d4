{%- set bases = ['first_core_action', 'registration', 'first_order'] -%}
{%- set periods_kept = {
    'day': var('retention_days'), 'week': var('retention_weeks'), 'month': var('retention_months'),
} -%}
{%- set cells = [] -%}
{%- for granularity in periods_kept %}{% for basis in bases -%}
    {%- do cells.append({
        'basis': basis,
        'granularity': granularity,
        'kept': periods_kept[granularity],
        'name': granularity ~ '_of_' ~ basis,
    }) -%}
{%- endfor %}{% endfor %}
-- depends_on: {{ ref('int_lifecycle__changed_cohorts') }} {{ ref('int_lifecycle__cohorts') }}
-- depends_on: {{ ref('int_lifecycle__changed_returns') }} {{ ref('int_lifecycle__returns') }}
with

-- Whoever tonight changes is taken away as they were and added as they are.
{% if adds_to_history() -%}
cohorts as (
    select *, case when is_now then 1 else -1 end as people
    from {{ ref('int_lifecycle__changed_cohorts') }}
),

active_days as (
    select *, case when is_now then 1 else -1 end as people
    from {{ ref('int_lifecycle__changed_returns') }}
),
{%- else -%}
cohorts as (
    select *, 1 as people from {{ ref('int_lifecycle__cohorts') }}
),

active_days as (
    select *, 1 as people from {{ ref('int_lifecycle__returns') }}
),
{%- endif %}

-- Days as numbers of periods: the period of every cohort and of every activity.
members as (
    select
        user_key,
        {%- for cell in cells %}
        {{ period_index(cell.granularity, cell.basis ~ '_day') }} as {{ cell.name }},
        {%- endfor %}
        people
    from cohorts
),

numbered_days as (
    select
        user_key,
        {%- for granularity in periods_kept %}
        {{ period_index(granularity, 'day') }} as active_{{ granularity }},
        {{ period_index(granularity, 'next_day') }} as next_{{ granularity }},
        {%- endfor %}
        people
    from active_days
),

-- How many periods after its cohort's own an active day lies; activity before it is negative.
visits as (
    select
        members.user_key,
        {%- for cell in cells %}
        members.{{ cell.name }},
        numbered_days.active_{{ cell.granularity }} - members.{{ cell.name }} as {{ cell.name }}_n,
        {%- endfor %}
        {%- for granularity in periods_kept %}
        coalesce(
            numbered_days.next_{{ granularity }} > numbered_days.active_{{ granularity }}, true
        ) as is_last_of_{{ granularity }},
        coalesce(
            numbered_days.next_{{ granularity }} > numbered_days.active_{{ granularity }} + 1, true
        ) as is_before_gap_of_{{ granularity }},
        {%- endfor %}
        members.people
    from numbered_days
    inner join members
        on numbered_days.user_key = members.user_key
        and numbered_days.people = members.people
),

-- Activity without a break since the cohort's own period lasts up to the first gap after it.
runs as (
    select
        user_key,
        {%- for cell in cells %}
        max({{ cell.name }}) as {{ cell.name }},
        max({{ cell.name }}_n) as {{ cell.name }}_last,
        max(case when {{ cell.name }}_n = 0 then 1 end) * min(
            case
                when {{ cell.name }}_n >= 0 and is_before_gap_of_{{ cell.granularity }}
                    then {{ cell.name }}_n
            end
        ) as {{ cell.name }}_run,
        {%- endfor %}
        people
    from visits
    group by user_key, people
),

counted as (
    {%- for cell in cells %}
    select
        '{{ cell.basis }}' as cohort_basis,
        '{{ cell.granularity }}' as granularity,
        {{ cell.name }} as cohort,
        {{ cell.name }}_n as period_number,
        0 as members,
        sum(people) as active,
        0 as unbroken_until,
        0 as last_active
    from visits
    where is_last_of_{{ cell.granularity }} and {{ cell.name }}_n between 0 and {{ cell.kept }}
    group by {{ cell.name }}, {{ cell.name }}_n

    union all
    select
        '{{ cell.basis }}', '{{ cell.granularity }}', {{ cell.name }}, 0, sum(people), 0, 0, 0
    from members
    where {{ cell.name }} is not null
    group by {{ cell.name }}
    {%- for column, counts in {'run': '0, 0, sum(people), 0', 'last': '0, 0, 0, sum(people)'}.items() %}

    union all
    select
        '{{ cell.basis }}',
        '{{ cell.granularity }}',
        {{ cell.name }},
        least({{ cell.name }}_{{ column }}, {{ cell.kept }}),
        {{ counts }}
    from runs
    where {{ cell.name }}_{{ column }} >= 0
    group by {{ cell.name }}, least({{ cell.name }}_{{ column }}, {{ cell.kept }})
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if adds_to_history() %}

    union all
    select
        cohort_basis,
        granularity,
        cohort,
        period_number,
        members,
        active,
        unbroken_until,
        last_active
    from {{ this }}
    {%- endif %}
),

final as (
    select
        cohort_basis,
        granularity,
        cohort,
        period_number,
        cast(sum(members) as bigint) as members,
        cast(sum(active) as bigint) as active,
        cast(sum(unbroken_until) as bigint) as unbroken_until,
        cast(sum(last_active) as bigint) as last_active
    from counted
    group by cohort_basis, granularity, cohort, period_number
    having sum(members) + sum(active) + sum(unbroken_until) + sum(last_active) <> 0
)

select * from final
