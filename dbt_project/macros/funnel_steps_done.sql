{# CTEs that end in `done_<number>`: one row per person who began a funnel and step done in the attempt
   that counts, which is the one that got furthest, the earliest of those that got as far. #}
{% macro funnel_steps_done(funnel, number) -%}
{%- set last = funnel.steps | length -%}
{%- set limit = 'happened_at + ' ~ funnel.window_seconds ~ '000000' -%}
{%- if funnel.order == 'strict' -%}
{{ funnel_attempts_strict(funnel, number) }},
{%- elif funnel.order == 'any' -%}
{{ funnel_attempts_any(funnel, number) }},
{%- else -%}
{{ funnel_attempts_ordered(funnel, number) }},
{%- endif %}

counted_{{ number }} as (
    select
        *,
        {%- if funnel.order == 'any' %}
        {%- for step in funnel.steps %}
        {{ '+ ' if not loop.first }}case when step_{{ loop.index }}_at <= {{ limit }} then 1 else 0 end
        {%- endfor %} as depth
        {%- else %}
        case
            {%- for step in range(2, last + 1) %}
            when step_{{ step }}_at is null or step_{{ step }}_at > {{ limit }} then {{ step - 1 }}
            {%- endfor %}
            else {{ last }}
        end as depth
        {%- endif %}
    from attempts_{{ number }}
    where is_step_1
    qualify row_number() over (
        partition by person_number
        order by depth desc, happened_at asc, event_id asc
    ) = 1
),

moments_done_{{ number }} as (
    {%- for step in range(1, last + 1) %}
    select
        person_number,
        event_id,
        happened_at,
        {{ step }} as step_number,
        {{ 'happened_at' if step == 1 and funnel.order != 'any' else 'step_' ~ step ~ '_at' }} as done_at
    from counted_{{ number }}
    where {{ 'step_' ~ step ~ '_at <= ' ~ limit if funnel.order == 'any' else 'depth >= ' ~ step }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

done_{{ number }} as (
    select
        {{ text_literal(funnel.name) }} as funnel,
        person_number,
        {% if funnel.order == 'any' -%}
        -- Whichever of the steps was done first is the first.
        row_number() over (partition by person_number order by done_at, step_number) as step_number,
        {%- else -%}
        step_number,
        {%- endif %}
        done_at - happened_at as micros_from_first,
        event_id as first_event_id
    from moments_done_{{ number }}
)
{%- endmacro %}
