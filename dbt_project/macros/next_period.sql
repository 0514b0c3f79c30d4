{# The first day of the period after the one that begins on a day. #}
{% macro next_period(granularity, period_start) -%}
    case {{ granularity }}
        when 'day' then {{ add_days(period_start, 1) }}
        when 'week' then {{ add_days(period_start, 7) }}
        else cast({{ period_start }} + interval 1 month as date)
    end
{%- endmacro %}
