{# The names of stg_events' columns, in order. #}
{% macro staged_event_columns() -%}
    {{ return([
        'event_id', 'event_name', 'occurred_at', 'user_id', 'anonymous_id', 'session_id', 'channel',
        'platform', 'device_type', 'os', 'app_version', 'country', 'region', 'page_url', 'page_title',
        'screen', 'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term',
        'item_id', 'item_category', 'search_term', 'duration_seconds', 'value', 'currency',
        'properties', 'feed', 'corrected_fields', 'event_key',
    ]) }}
{%- endmacro %}
