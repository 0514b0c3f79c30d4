{# Whether an event is the first of its session that belongs to its view, such as a page and its pings;
   one that names no view is none. #}
{% macro first_of_its_view(events, session_id, position) -%}
    {%- set view_id -%}
        case
            when {{ events }}.event_name in {{ text_list(var('view_events')) }}
                then {{ json_text(events ~ '.properties', var('view_property')) }}
        end
    {%- endset -%}
    {{ view_id }} is not null
    and row_number() over (
        partition by {{ session_id }}, {{ view_id }}
        order by {{ position }} nulls last
    ) = 1
{%- endmacro %}
