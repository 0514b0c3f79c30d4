{%- set past = add_days(as_of(), -30) -%}

with tags as (
    {% for tag in var('tags') %}
    select
        {{ text_literal(tag.tag) }} as tag,
        {{ text_literal(tag.name_en) }} as name_en,
        {{ text_literal(tag.name_zh) }} as name_zh,
        {{ text_literal(tag.kind) }} as kind,
        {{ text_literal(tag.owner) }} as owner,
        {{ text_literal(tag.description) }} as description,
        cast({{ tag.validity_days if tag.validity_days is number else 'null' }} as integer) as validity_days,
        {{ text_literal(tag.purposes | join(', ') or none) }} as purpose,
        {%- for limit in ['min_coverage', 'max_coverage', 'max_churn'] %}
        cast({{ tag.limits[limit] if tag.limits[limit] is number else 'null' }} as double) as {{ limit }},
        {%- endfor %}
        {%- set unchanged = tag.limits.max_days_unchanged %}
        cast({{ unchanged if unchanged is number else 'null' }} as integer) as max_days_unchanged,
        {{ text_literal(tag.limits.severity) }} as limit_severity
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        cast(null as {{ dbt.type_string() }}) as tag,
        cast(null as {{ dbt.type_string() }}) as name_en,
        cast(null as {{ dbt.type_string() }}) as name_zh,
        cast(null as {{ dbt.type_string() }}) as kind,
        cast(null as {{ dbt.type_string() }}) as owner,
        cast(null as {{ dbt.type_string() }}) as description,
        cast(null as integer) as validity_days,
        cast(null as {{ dbt.type_string() }}) as purpose,
        cast(null as double) as min_coverage,
        cast(null as double) as max_coverage,
        cast(null as double) as max_churn,
        cast(null as integer) as max_days_unchanged,
        cast(null as {{ dbt.type_string() }}) as limit_severity
    where 1 = 0
    {% endfor %}
),

everyone as (
    select count(*) as people from {{ ref('dim_users') }}
),

usage as (
    select
        tag,
        count(case when valid_to is null then 1 end) as people,
        count(
            case when valid_from <= {{ past }} and coalesce(valid_to, {{ as_of() }}) >= {{ past }} then 1 end
        ) as past_people,
        count(case when valid_from <= {{ past }} and valid_to >= {{ past }} then 1 end) as changed_people,
        -- An interval that opens the history began nobody knows when.
        max(greatest(
            case when valid_from > {{ tag_history_start() }} then valid_from else date '1970-01-01' end,
            coalesce({{ add_days('valid_to', 1) }}, date '1970-01-01')
        )) as last_change
    from {{ ref('fct_user_tags') }}
    group by tag
),

final as (
    select
        tags.tag,
        tags.name_en,
        tags.name_zh,
        tags.kind,
        tags.owner,
        tags.description,
        tags.validity_days,
        tags.purpose,
        cast(coalesce(usage.people, 0) as bigint) as people,
        cast(coalesce(usage.people, 0) as double) / nullif(everyone.people, 0) as coverage,
        case when usage.last_change > date '1970-01-01' then usage.last_change end as freshness,
        cast(usage.changed_people as double) / nullif(usage.past_people, 0) as churn,
        tags.min_coverage,
        tags.max_coverage,
        tags.max_churn,
        tags.max_days_unchanged,
        tags.limit_severity,
        {{ as_of() }} as as_of
    from tags
    cross join everyone
    left join usage on tags.tag = usage.tag
)

select * from final
