{%- set lengths = var('paths_lengths') | unique | sort -%}
{%- set pages = range(1, lengths | max + 1) -%}
{%- set no_page = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
{%- set page_columns = [] -%}
{%- set text_parts = [] -%}
{%- for page in pages -%}
{%- do page_columns.append('page_' ~ page) -%}
{%- do text_parts.append("coalesce(' > ' || page_" ~ page ~ ", '')" if page > 1 else 'page_1') -%}
{%- endfor -%}

with views as (
    select
        session_id,
        user_key,
        page,
        row_number() over (partition by session_id order by event_number nulls last) as step
    from {{ ref('int_behaviour__events') }}
    where is_view and page is not null
),

beginnings as (
    select
        session_id,
        {%- for page in pages %}
        max(case when step = {{ page }} then page end) as page_{{ page }},
        {%- endfor %}
        min(user_key) as user_key
    from views
    where step <= {{ lengths | max }}
    group by session_id
),

paths as (
    {%- for length in lengths %}
    select
        {{ length }} as length,
        {%- for page in pages %}
        {{ 'page_' ~ page if page <= length else no_page }} as page_{{ page }},
        {%- endfor %}
        user_key
    from beginnings
    where page_{{ length }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

person_paths as (
    select
        length,
        {{ page_columns | join(', ') }},
        count(*) as sessions
    from paths
    group by length, user_key, {{ page_columns | join(', ') }}
),

counted as (
    select
        length,
        {{ text_parts | join('\n        || ') }} as path,
        sum(sessions) as sessions,
        count(*) as people
    from person_paths
    group by length, {{ page_columns | join(', ') }}
),

ranked as (
    select
        *,
        sum(sessions) over (partition by length) as all_sessions,
        row_number() over (
            partition by length
            order by sessions desc nulls last, people desc nulls last, path asc nulls last
        ) as rank
    from counted
),

final as (
    select
        cast(length as integer) as length,
        cast(rank as integer) as rank,
        path,
        cast(sessions as bigint) as sessions,
        cast(people as bigint) as people,
        cast(cast(sessions as double) / nullif(all_sessions, 0) as decimal(18, 8)) as share,
        {{ as_of() }} as as_of
    from ranked
    where rank <= {{ var('paths_kept') }}
)

select * from final
