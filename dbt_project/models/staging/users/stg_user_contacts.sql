{%- set verified_by = {} -%}
{%- for kind, rule in var('identity').joins_users.items() if rule.verified_by -%}
    {%- do verified_by.update({kind: rule.verified_by}) -%}
{%- endfor -%}

with

source as (
    select
        *,
        {{ possible_time('registered_at', since='2000-01-01') }} as possible_registered_at,
        {{ possible_time('updated_at', since='2000-01-01') }} as possible_updated_at
    from {{ source('raw', 'users') }}
),

known as (
    select
        *,
        coalesce(possible_updated_at, possible_registered_at) as stated_at
    from source
    where
        coalesce(possible_registered_at, possible_updated_at, timestamp '1970-01-01') < {{ as_of_end() }}
        and coalesce(possible_updated_at, possible_registered_at, timestamp '1970-01-01') < {{ as_of_end() }}
),

stated as (
    {%- for kind in ['email', 'phone'] %}
    select
        {{ clean_text('user_id') }} as user_id,
        '{{ kind }}' as id_type,
        {{ clean_email('email') if kind == 'email' else national_phone(clean_phone('phone')) }} as id,
        stated_at,
        {% if kind in verified_by -%}
        coalesce(lower({{ json_text('attributes', verified_by[kind]) }}) in ('true', 't', 'yes', 'y', '1'), false)
        {%- else -%}
        true
        {%- endif %} as is_usable,
        _feed as feed
    from known
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Only what was verified links; an address nobody verified is known since it was first given.
final as (
    select
        user_id,
        id_type,
        id,
        coalesce(min(case when is_usable then stated_at end), min(stated_at)) as stated_at,
        count(distinct stated_at) as times,
        max(case when is_usable then 1 else 0 end) = 1 as is_usable,
        min(feed) as feed
    from stated
    where id is not null
    group by user_id, id_type, id
)

select * from final
