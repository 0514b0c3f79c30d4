{# Ordered: from an event on, the next step k and then the earliest way through the steps after it.

   Built from the last step backwards. The earliest moment of a later step never lies earlier for a
   later event, so the least of it over all coming events that are step k is that of the next one. #}
{% macro funnel_attempts_ordered(funnel, number) -%}
{%- set last = funnel.steps | length -%}
{{ funnel_moments(funnel, number) }},

places_{{ number }} as (
    select
        *,
        row_number() over (
            partition by person_number
            order by happened_at desc, event_id desc
        ) as place
    from moments_{{ number }}
),
{% for step in range(last, 1, -1) %}
through_{{ number }}_{{ step }} as (
    select
        person_number,
        event_id,
        happened_at,
        place
        {%- for other in range(1, step) %},
        is_step_{{ other }}
        {%- endfor %},
        min(case when is_step_{{ step }} then happened_at end) over coming as step_{{ step }}_at
        {%- for later in range(step + 1, last + 1) %},
        min(case when is_step_{{ step }} then step_{{ later }}_at end) over coming
            as step_{{ later }}_at
        {%- endfor %}
    from {{ 'places_' ~ number if step == last else 'through_' ~ number ~ '_' ~ (step + 1) }}
    window coming as (
        partition by person_number order by place
        rows between unbounded preceding and 1 preceding
    )
),
{% endfor %}
attempts_{{ number }} as (
    select * from through_{{ number }}_2
)
{%- endmacro %}
