{# The conditions of a `where` on columns of events, each beginning with `and`. The columns are those the
   typed YAML knows; an unknown test stops the build. #}
{% macro event_where(where) -%}
    {%- for column, tests in (where or {}).items() %}
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
