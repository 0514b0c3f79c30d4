{# An identifier as one text, also the person id it gives its owner: u: for a user_id, a: for an
   anonymous_id, else its own type. #}
{% macro identifier_node(id_type, id) -%}
    case {{ id_type }}
        when 'user_id' then 'u:'
        when 'anonymous_id' then 'a:'
        else {{ id_type }} || ':'
    end || {{ id }}
{%- endmacro %}
