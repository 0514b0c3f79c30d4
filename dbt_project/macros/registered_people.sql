{# Everybody known, and the day of the registration where it has come. #}
{% macro registered_people() -%}
    select
        user_key,
        {{ short_key('user_key') }} as person_key,
        case when registered_at < {{ as_of_end() }} then {{ business_day('registered_at') }} end
            as registration_day
    from {{ ref('int_users__people') }}
{%- endmacro %}
