{# A phone number as digits with its leading plus sign (00 counts as one); null when it has fewer
   than 5 or more than the 15 digits of E.164, or a letter. #}
{% macro clean_phone(value) -%}
    {%- set digits = regex_remove(value, '[^0-9]') -%}
    case
        when {{ regex_match(value, '[A-Za-z]') }} then null
        when length({{ digits }}) not between 5 and 15 then null
        when {{ clean_text(value) }} like '+%' then '+' || {{ digits }}
        when {{ digits }} like '00%' then '+' || substring({{ digits }}, 3)
        else {{ digits }}
    end
{%- endmacro %}
