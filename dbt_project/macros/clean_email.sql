{# A lower-case e-mail address; null when it cannot be one. #}
{% macro clean_email(value) -%}
    case
        when {{ regex_match(clean_text(value), '^[^@ ]+@[^@ ]+[.][^@ .]+$') }}
            then lower({{ clean_text(value) }})
    end
{%- endmacro %}
