{# What decides between deliveries of one event at one time: the content as staged. Deliveries that
   agree in it are one. #}
{% macro event_digest() -%}
    {%- set content = staged_event_columns() | reject('in', ['event_id', 'occurred_at', 'event_key']) -%}
    {{ row_digest(content | list) }}
{%- endmacro %}
