{# A gender in one of the words the project uses, else as stated in lower case. #}
{% macro clean_gender(value) -%}
    {%- set stated = 'lower(' ~ clean_text(value) ~ ')' -%}
    case
        when {{ stated }} in ('f', 'female', 'woman', 'w', '女', '女性') then 'female'
        when {{ stated }} in ('m', 'male', 'man', '男', '男性') then 'male'
        else {{ stated }}
    end
{%- endmacro %}
