{# Whether a link counts on a business day: nothing speaks against it, it was seen by the day's end
   and not withdrawn by then. #}
{% macro live_on(day, link) -%}
    {{ link }}.exclusion is null
    and ({{ link }}.linked_day is null or {{ link }}.linked_day <= {{ day }})
    and ({{ link }}.withdrawn_day is null or {{ link }}.withdrawn_day > {{ day }})
{%- endmacro %}
