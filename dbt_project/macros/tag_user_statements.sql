{# `stated_<n>` of a property or imported part: what the records of users say, day by day. A feed that
   said something and now says nothing takes it back; one that never spoke of it says nothing. #}
{% macro tag_user_statements(n, part) -%}
versions_{{ n }} as (
    select
        identifiers.user_key,
        versions.user_id,
        versions.feed,
        versions.stated_at,
        {% if part.kind == 'imported' -%}
        {{ clean_text(json_text('versions.attributes', part.key)) }} as value
        {%- else -%}
        versions.{{ part.property }} as value
        {%- endif %}
    from {{ ref('stg_user_versions') }} as versions
    inner join {{ ref('int_users__identifiers') }} as identifiers
        on versions.user_id = identifiers.id
        and identifiers.id_type = 'user_id'
    {%- if part.feed %}
    where versions.feed = {{ text_literal(part.feed) }}
    {%- endif %}
),

compared_{{ n }} as (
    select
        *,
        lag(value) over (partition by user_id, feed order by stated_at) as value_before
    from versions_{{ n }}
),

stated_{{ n }} as (
    select
        user_key,
        {{ business_day('stated_at') }} as day,
        value
    from compared_{{ n }}
    where value is not null or value_before is not null
    qualify row_number() over (
        partition by user_key, {{ business_day('stated_at') }}
        order by stated_at desc, value nulls last, feed, user_id
    ) = 1
)
{%- endmacro %}
