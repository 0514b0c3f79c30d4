{# The path of a page address, without scheme, host, query and fragment; a bare host is '/'. #}
{% macro url_path(value) -%}
    case
        when {{ value }} is not null
            then coalesce(nullif(regexp_extract(
                {{ value }}, '^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*)', 1
            ), ''), '/')
    end
{%- endmacro %}
