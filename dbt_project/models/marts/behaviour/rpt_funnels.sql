{%- set funnels = var('funnels') -%}

with done as (
    select * from {{ ref('fct_funnel_steps') }}
),

steps as (
    {%- for funnel in funnels %}
    {%- set outer_last = loop.last %}
    {%- for step in funnel.steps %}
    select
        {{ text_literal(funnel.name) }} as funnel,
        {{ text_literal(funnel.name_en) }} as name_en,
        {{ text_literal(funnel.name_zh) }} as name_zh,
        {{ text_literal(funnel.order) }} as step_order,
        cast({{ funnel.window_seconds }} as bigint) as window_seconds,
        {{ loop.index }} as step_number,
        {%- if funnel.order == 'any' %}
        {{ text_literal('any ' ~ loop.index ~ ' of ' ~ funnel.steps | length) }} as step_name,
        {{ text_literal('任意 ' ~ loop.index ~ ' / ' ~ funnel.steps | length ~ ' 步') }} as step_name_zh
        {%- else %}
        {{ text_literal(step.name) }} as step_name,
        {{ text_literal(step.name_zh) }} as step_name_zh
        {%- endif %}
    {{ 'union all' if not (outer_last and loop.last) }}
    {%- endfor %}
    {%- else %}
    select
        {{ text_literal(none) }} as funnel,
        {{ text_literal(none) }} as name_en,
        {{ text_literal(none) }} as name_zh,
        {{ text_literal(none) }} as step_order,
        cast(0 as bigint) as window_seconds,
        1 as step_number,
        {{ text_literal(none) }} as step_name,
        {{ text_literal(none) }} as step_name_zh
    from done
    where 1 = 0
    {%- endfor %}
),

counted as (
    select
        funnel,
        breakdown,
        breakdown_value,
        step_number,
        count(*) as people,
        median(cast(seconds_from_first as double)) as median_seconds,
        cast(sum(seconds_from_first) as double) / nullif(count(*), 0) as mean_seconds
    from done
    group by funnel, breakdown, breakdown_value, step_number
),

-- A step nobody reached has its row too, and a funnel nobody began has all of them.
wanted as (
    select
        funnel,
        'all' as breakdown,
        'all' as breakdown_value
    from steps
    where step_number = 1

    union all

    select
        funnel,
        breakdown,
        breakdown_value
    from counted
    where step_number = 1 and breakdown <> 'all'
),

complete as (
    select
        steps.*,
        wanted.breakdown,
        wanted.breakdown_value,
        coalesce(counted.people, 0) as people,
        counted.median_seconds,
        counted.mean_seconds
    from wanted
    inner join steps on wanted.funnel = steps.funnel
    left join counted
        on
        wanted.funnel = counted.funnel
        and wanted.breakdown = counted.breakdown
        and wanted.breakdown_value = counted.breakdown_value
        and steps.step_number = counted.step_number
),

compared as (
    select
        *,
        lag(people) over one_group as people_before,
        first_value(people) over one_group as people_first
    from complete
    window one_group as (
        partition by funnel, breakdown, breakdown_value order by step_number nulls last
    )
),

final as (
    select
        funnel,
        name_en,
        name_zh,
        step_order,
        window_seconds,
        cast(step_number as integer) as step_number,
        step_name,
        step_name_zh,
        breakdown,
        breakdown_value,
        cast(people as bigint) as people,
        cast(cast(people as double) / nullif(people_first, 0) as decimal(18, 8)) as conversion_from_first,
        cast(cast(people as double) / nullif(people_before, 0) as decimal(18, 8))
            as conversion_from_previous,
        cast(median_seconds as decimal(18, 3)) as median_seconds,
        cast(mean_seconds as decimal(18, 3)) as mean_seconds,
        {{ as_of() }} as as_of
    from compared
)

select * from final
