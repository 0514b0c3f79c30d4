{# A rule's condition over `part_<k>`, the texts its parts have on a day. A metric nobody recorded is
   zero; a text nobody stated equals nothing. #}
{% macro tag_condition(condition, kinds) -%}
    {%- if 'all' in condition or 'any' in condition -%}
        {%- set inner = condition.get('all') or condition.get('any') -%}
        (
        {%- for one in inner -%}
            {{ tag_condition(one, kinds) }}{{ (' and ' if 'all' in condition else ' or ') if not loop.last }}
        {%- endfor -%}
        )
    {%- elif 'not' in condition -%}
        not {{ tag_condition(condition['not'], kinds) }}
    {%- else -%}
        {%- set text = 'part_' ~ condition.part -%}
        {%- set is_number = kinds[condition.part] == 'metric' -%}
        {%- set subject = 'coalesce(' ~ money(text) ~ ', 0)' if is_number else 'coalesce(' ~ text ~ ", '')" -%}
        {%- set wanted = condition.value if condition.value is iterable and condition.value is not string
            else [condition.value] -%}
        {%- set signs = {'at_least': '>=', 'at_most': '<=', 'more_than': '>', 'less_than': '<'} -%}
        {%- if condition.operator == 'is_known' -%}
            {{ text }} is {{ 'not null' if condition.value else 'null' }}
        {%- elif condition.operator in signs -%}
            {{ subject }} {{ signs[condition.operator] }} {{ money(condition.value) }}
        {%- else -%}
            {{ subject }} {{ 'not ' if condition.operator in ('not_equals', 'not_in') }}in (
            {%- for value in wanted -%}
                {{ money(value) if is_number else text_literal(value) }}{{ ', ' if not loop.last }}
            {%- endfor -%}
            )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
