{# Which head a piece belongs to. Joined last, so that few keys and no texts are looked up by event. #}
{% macro head_of(pieces, heads) -%}
    {{ pieces }}.person_number = {{ heads }}.person_number
    {%- if var('trust_source_sessions') | length > 0 %}
    and coalesce({{ pieces }}.source_session, '') = coalesce({{ heads }}.source_session, '')
    {%- endif %}
    and {{ pieces }}.started_at = {{ heads }}.started_at
    and {{ pieces }}.piece = {{ heads }}.piece
{%- endmacro %}
