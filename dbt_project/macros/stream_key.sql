{# Eight bytes for a stream of events that is cut into sessions: a person's, or a trusted source
   session of a person. #}
{% macro stream_key(person_key, user_key, source_session) -%}
    case
        when {{ source_session }} is null then {{ person_key }}
        else {{ short_key(user_key ~ " || '|' || " ~ source_session) }}
    end
{%- endmacro %}
