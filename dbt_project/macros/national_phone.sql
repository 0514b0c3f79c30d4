{# A cleaned phone number with the tenant's country code where it has none; a leading zero is how
   numbers are dialled inside the country, not part of them. #}
{% macro national_phone(value) -%}
    {%- set code = var('identity').phone_country_code -%}
    {%- if code -%}
    case
        when {{ value }} not like '+%'
            then '+{{ code }}' || case
                when {{ value }} like '0%' then substring({{ value }}, 2)
                else {{ value }}
            end
        else {{ value }}
    end
    {%- else -%}
    {{ value }}
    {%- endif -%}
{%- endmacro %}
