{# The users one value of a kind of identifier may join; 1 for a kind that joins nobody. #}
{% macro users_joined_by(id_type) -%}
    case {{ id_type }}
        {%- for kind, rule in var('identity').joins_users.items() %}
        when {{ text_literal(kind) }} then {{ rule.at_most }}
        {%- endfor %}
        else 1
    end
{%- endmacro %}
