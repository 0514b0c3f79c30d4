{# Whether an event is a step of a funnel: one of its event names, and every condition of `where`. The
   columns are those the typed funnels.yml knows; an unknown test stops the build. #}
{% macro funnel_condition(step) -%}
    event_name in {{ text_list(step.event) }}
    {%- for column, tests in (step.where or {}).items() %}
        {%- if tests is boolean %}
    and {{ '' if tests else 'not ' }}{{ column }}
        {%- else %}
            {%- for test, value in tests.items() %}
                {%- if test == 'in' %}
    and {{ column }} in {{ text_list(value) }}
                {%- elif test == 'not_in' %}
    and ({{ column }} is null or {{ column }} not in {{ text_list(value) }})
                {%- elif test == 'starts_with' %}
    and substring({{ column }}, 1, {{ value | length }}) = {{ text_literal(value) }}
                {%- elif test == 'at_least' %}
    and {{ column }} >= {{ value }}
                {%- elif test == 'at_most' %}
    and {{ column }} <= {{ value }}
                {%- else %}
                    {{ exceptions.raise_compiler_error("unknown test '" ~ test ~ "' of " ~ column) }}
                {%- endif %}
            {%- endfor %}
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
