{# Where the points of each part of a rule lie, and the kind of the part. #}
{% macro tag_sources(rule, tags_by_name) -%}
    {%- set found = [] -%}
    {%- for part in rule.parts -%}
        {%- if part.kind == 'tag' -%}
            {%- set tag = tags_by_name[part.name] -%}
            {%- do found.append(dict(tag_source(tag), kind=tag.kind)) -%}
        {%- elif part.get('property') == 'lifecycle_state' -%}
            {%- do found.append({'relation': 'states', 'part': none, 'kind': part.kind}) -%}
        {%- else -%}
            {%- do found.append({'relation': 'points', 'part': part.name, 'kind': part.kind}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
