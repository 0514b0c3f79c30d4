-- depends_on: {{ ref('int_behaviour__path_changes') }} {{ ref('int_behaviour__path_steps') }}
with

{% if adds_to_history() -%}
counted as (
    select kind, from_page, to_page, transitions, people from {{ this }}

    union all
    select
        kind,
        from_page,
        to_page,
        transitions - previous_transitions as transitions,
        case when transitions > 0 then 1 else 0 end
        - case when previous_transitions > 0 then 1 else 0 end as people
    from {{ ref('int_behaviour__path_changes') }}
),
{%- else -%}
counted as (
    select
        kind,
        from_page,
        to_page,
        transitions,
        1 as people
    from {{ ref('int_behaviour__path_steps') }}
),
{%- endif %}

final as (
    select
        kind,
        from_page,
        to_page,
        cast(sum(transitions) as bigint) as transitions,
        cast(sum(people) as bigint) as people
    from counted
    group by kind, from_page, to_page
    having sum(people) > 0
)

select * from final
