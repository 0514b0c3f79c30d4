{%- set rules = var('tags') | selectattr('kind', 'equalto', 'rule') | list -%}
{%- set metrics = var('tags') | selectattr('kind', 'equalto', 'metric') | map(attribute='tag') | list -%}
{%- set by_name = {} -%}
{%- for tag in var('tags') -%}
    {%- do by_name.update({tag.tag: tag}) -%}
{%- endfor -%}

with people as (
    select
        user_key,
        least({{ business_day('registered_at') }}, {{ business_day('first_seen_at') }}) as first_day
    from {{ ref('int_users__people') }}
    where coalesce(registered_at, first_seen_at) is not null
),

points as (
    select * from {{ ref('int_users__tag_points') }}
),

states as (
    select
        user_key,
        greatest(from_day, {{ tag_points_start() }}) as day,
        state as value,
        cast(null as decimal(9, 6)) as share
    from {{ ref('fct_lifecycle_spans') }}
    where to_day >= {{ tag_points_start() }}
),

granted as (
    select
        user_key,
        purpose
    from {{ ref('int_privacy__consents') }}
    where status = 'granted'
),

{% for tag in rules -%}
{{ tag_rule(tag, tag_sources(tag, by_name)) }},

{% endfor -%}
tagged as (
    {%- for tag in var('tags') %}
    {%- set source = tag_source(tag) %}
    select
        user_key,
        {{ text_literal(tag.tag) }} as tag,
        day,
        value,
        share
    from {{ source.relation }}
    where
        {{ 'part = ' ~ text_literal(source.part) if source.part else '1 = 1' }}
        {%- for purpose in tag.purposes %}
        and user_key in (select user_key from granted where purpose = {{ text_literal(purpose) }})
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        points.user_key,
        points.part as tag,
        points.day,
        states.value,
        points.share
    from points
    inner join states on points.user_key = states.user_key
    inner join granted on points.user_key = granted.user_key
    where 1 = 0
    {%- endfor %}
),

compared as (
    select
        *,
        lag(value) over by_day as value_before,
        lag(share) over by_day as share_before,
        last_value(share) over (
            partition by tag, user_key
            order by day
            rows between unbounded preceding and unbounded following
        ) as last_share
    from tagged
    window by_day as (partition by tag, user_key order by day)
),

changes as (
    select * from compared
    where coalesce(value, '') <> coalesce(value_before, '')
),

-- A share moves on while the value stays: the last one before the next value counts.
followed as (
    select
        tag,
        user_key,
        value,
        day as from_day,
        lead(day) over by_day as next_day,
        case
            when lead(day) over by_day is null then last_share
            else lead(share_before) over by_day
        end as share
    from changes
    window by_day as (partition by tag, user_key order by day)
),

-- What the history holds of each spell, within the days the person was known on.
final as (
    select
        followed.user_key,
        followed.tag,
        followed.value,
        case when followed.tag in {{ text_list(metrics) }} then {{ money('followed.value') }} end as amount,
        followed.share,
        greatest(followed.from_day, people.first_day, {{ tag_history_start() }}) as valid_from,
        {{ add_days('followed.next_day', -1) }} as valid_to,
        {{ as_of() }} as as_of
    from followed
    inner join people on followed.user_key = people.user_key
    where
        followed.value is not null
        and coalesce(followed.next_day, {{ day_after_as_of() }})
        > greatest(people.first_day, {{ tag_history_start() }})
)

select * from final
