{# Where the points of a tag's value lie: a relation, and which part of it. #}
{% macro tag_source(tag) -%}
    {%- if tag.kind == 'rule' -%}
        {{ return({'relation': 'points_' ~ tag.tag, 'part': none}) }}
    {%- elif tag.get('property') == 'lifecycle_state' -%}
        {{ return({'relation': 'states', 'part': none}) }}
    {%- else -%}
        {{ return({'relation': 'points', 'part': tag.tag}) }}
    {%- endif -%}
{%- endmacro %}
