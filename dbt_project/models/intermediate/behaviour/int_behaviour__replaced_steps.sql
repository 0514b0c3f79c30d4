{%- set windows = ref('int_behaviour__windows') %}
-- depends_on: {{ windows }}

{% if adds_to_history() %}
{%- set limits = bounds('select min(from_at), max(to_at) from ' ~ windows) -%}
with

events as (
    select held.*
    from {{ previous('int_behaviour__events') }} as held
    inner join {{ windows }} as windows
        on held.stream_key = windows.stream_key
        and held.occurred_at >= windows.from_at
        and held.occurred_at <= windows.to_at
    where {{ within('held.occurred_at', limits) }}
),

{{ page_steps() }},

final as (
    select
        person_key,
        kind,
        from_page,
        to_page,
        transitions
    from page_steps
)

select * from final
{% else %}
select
    cast(null as bigint) as person_key,
    cast(null as {{ dbt.type_string() }}) as kind,
    cast(null as {{ dbt.type_string() }}) as from_page,
    cast(null as {{ dbt.type_string() }}) as to_page,
    cast(null as bigint) as transitions
from {{ windows }}
where 1 = 0
{% endif %}
