{#- The tags that are made from records; rules and life-cycle states are looked up from other tags and
    marts (fct_user_tags). -#}
{#- The graph holds what any tag may read, not only what today's tags do. -#}
{%- set inputs = [
    ref('stg_user_versions'), ref('int_users__identifiers'), ref('int_behaviour__events'),
    ref('int_lifecycle__active_days'), ref('int_value__orders'), ref('int_value__order_items'),
] -%}
{%- set made = [] -%}
{%- for tag in var('tags') -%}
    {%- for part in tag.parts if part.kind != 'tag' and part.get('property') != 'lifecycle_state' -%}
        {%- do made.append((tag, part)) -%}
    {%- endfor -%}
{%- endfor -%}

with

{% for tag, part in made %}
{%- set n = loop.index -%}
{%- if part.kind == 'metric' %}
{{ tag_metric(n, part) }},
{% if tag.kind == 'band' %}
{{ tag_band(n, tag) }},
{% else %}
points_{{ n }} as (
    select
        user_key,
        day,
        case when is_there then {{ tag_amount_text(part.measure, 'amount') }} end as value,
        cast(null as decimal(9, 6)) as share
    from sums_{{ n }}
),
{% endif %}
{%- elif part.kind == 'preference' %}
{{ tag_preference(n, part) }},
{% elif part.kind == 'rfm' %}
{{ tag_rfm(n, tag) }},
{% elif part.kind == 'first_last' %}
{{ tag_first_last_statements(n, part) }},

{{ tag_statements(n, part) }},
{% else %}
{{ tag_user_statements(n, part) }},

{{ tag_statements(n, part) }},
{% endif %}
{%- endfor %}
final as (
    {%- for tag, part in made %}
    select
        user_key,
        {{ text_literal(part.name) }} as part,
        day,
        value,
        share
    from points_{{ loop.index }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        user_key,
        cast(null as {{ dbt.type_string() }}) as part,
        cast(null as date) as day,
        cast(null as {{ dbt.type_string() }}) as value,
        cast(null as decimal(9, 6)) as share
    from {{ ref('int_users__identifiers') }}
    where 1 = 0
    {%- endfor %}
)

select * from final
