{# Strict: step k is the person's event k - 1 places after the first, whatever else it may be. #}
{% macro funnel_attempts_strict(funnel, number) -%}
{{ funnel_moments(funnel, number) }},

attempts_{{ number }} as (
    select
        person_number,
        event_id,
        happened_at,
        is_step_1
        {%- for step in funnel.steps[1:] %},
        lead(case when is_step_{{ loop.index + 1 }} then happened_at end, {{ loop.index }}) over following
            as step_{{ loop.index + 1 }}_at
        {%- endfor %}
    from moments_{{ number }}
    window following as (partition by person_number order by happened_at, event_id)
)
{%- endmacro %}
