{# A text without surrounding blanks (tab, line break, no-break and ideographic space included);
   null when nothing is left. #}
{% macro clean_text(value) -%}
    {{ return(adapter.dispatch('clean_text')(value)) }}
{%- endmacro %}

{# Trimming walks every character; most texts need none, and a look at both ends tells: nothing that
   sorts between '!' and the no-break space begins with a blank, and an empty text sorts before. #}
{% macro duckdb__clean_text(value) -%}
    case
        when
            {{ value }} < '!'
            or {{ value }} >= chr(160)
            {%- for code in [32, 9, 10, 13, 160, 12288] %}
            or {{ value }} like '%' || chr({{ code }})
            {%- endfor %}
            then nullif(
                trim({{ value }}, chr(32) || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)), ''
            )
        else {{ value }}
    end
{%- endmacro %}

{% macro spark__clean_text(value) -%}
    nullif(trim(both ' ' || char(9) || char(10) || char(13) || char(160) || '　' from {{ value }}), '')
{%- endmacro %}
