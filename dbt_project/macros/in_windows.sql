{# The rows of a model of event streams that lie in the windows tonight touches, or all of its rows
   when it is built whole. #}
{% macro in_windows(relation, placed_by) -%}
    {%- set windows = ref('int_behaviour__windows') -%}
    {%- if adds_to_history() -%}
    {%- set limits = bounds('select min(from_at), max(to_at) from ' ~ windows) -%}
    select held.*
    from {{ relation }} as held
    inner join {{ windows }} as windows
        on held.stream_key = windows.stream_key
        and held.{{ placed_by }} >= windows.from_at
        and held.{{ placed_by }} <= windows.to_at
    where {{ within('held.' ~ placed_by, limits) }}
    {%- else -%}
    select * from {{ relation }}
    {%- endif -%}
{%- endmacro %}
