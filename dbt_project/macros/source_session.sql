{# The source's own session of an event, where its feed is trusted to know; else null. #}
{% macro source_session(events) -%}
    case
        when {{ events }}.feed in {{ text_list(var('trust_source_sessions')) }}
            then {{ events }}.feed || '|' || {{ events }}.session_id
    end
{%- endmacro %}
