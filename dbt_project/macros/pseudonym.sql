{# Keyed HMAC-SHA256 of an identifier, 64 hex digits. SQL only ever holds the two padded halves of
   the key, as session variables, so the key is in no compiled file and no log. #}
{% macro pseudonym(identifier) -%}
    {{ return(adapter.dispatch('pseudonym')(identifier)) }}
{%- endmacro %}

{% macro duckdb__pseudonym(identifier) -%}
    sha256(
        cast(getvariable('pseudonym_outer') as blob)
        || unhex(sha256(cast(getvariable('pseudonym_inner') as blob) || encode({{ identifier }})))
    )
{%- endmacro %}

{% macro spark__pseudonym(identifier) -%}
    sha2(
        session.pseudonym_outer
        || unhex(sha2(session.pseudonym_inner || encode({{ identifier }}, 'UTF-8'), 256)),
        256
    )
{%- endmacro %}
