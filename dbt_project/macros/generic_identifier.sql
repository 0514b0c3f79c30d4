{# Whether an identifier is what systems write when they know none, so that it says nothing of who it
   is: a known filler, a value the tenant never links, or one digit over and over. A user_id is only
   ever a filler by name, because numbers such as 11111 may be somebody's. #}
{% macro generic_identifier(id_type, id) -%}
    {%- set fillers = [
        '0', '-', '--', 'null', 'none', 'nil', 'nan', 'n/a', 'na', 'undefined', 'unknown', 'anonymous',
        'guest', 'test', 'test@test.com', 'test@example.com', 'noreply@example.com', 'none@none.com',
        'a@a.com', '1234567890', '123456789', '12345678',
    ] -%}
    {%- set digits = regex_remove(id, '[^0-9]') -%}
    (
        lower({{ id }}) in {{ text_list(fillers) }}
        or (
            {{ id_type }} <> 'user_id'
            and {{ regex_match(id, '^[0-9+-]+$') }}
            and length({{ digits }}) >= 5
            and replace({{ digits }}, substring({{ digits }}, 1, 1), '') = ''
        )
        {%- for kind, values in var('identity').never_link.items() %}
        or (
            {{ id_type }} = {{ text_literal(kind) }}
            and lower({{ id }}) in {{ text_list(values | map('lower') | list) }}
        )
        {%- endfor %}
    )
{%- endmacro %}
