{# Three scores as what an rfm tag shows: the class in English or Chinese, or the scores themselves. #}
{% macro rfm_value(r_score, f_score, m_score, show) -%}
{%- set classes = [
    ('> 3', '> 3', '> 3', 'champions', '重要价值'),
    ('> 3', '<= 3', '> 3', 'important development', '重要发展'),
    ('<= 3', '> 3', '> 3', 'important retention', '重要保持'),
    ('<= 3', '<= 3', '> 3', 'important win-back', '重要挽留'),
    ('> 3', '> 3', '<= 3', 'general value', '一般价值'),
    ('> 3', '<= 3', '<= 3', 'general development', '一般发展'),
    ('<= 3', '> 3', '<= 3', 'general retention', '一般保持'),
    ('<= 3', '<= 3', '<= 3', 'general win-back', '一般挽留'),
] -%}
{%- if show == 'scores' -%}
    cast({{ r_score }} as {{ dbt.type_string() }})
    || '-' || cast({{ f_score }} as {{ dbt.type_string() }})
    || '-' || cast({{ m_score }} as {{ dbt.type_string() }})
{%- else -%}
    case
        {%- for r, f, m, name_en, name_zh in classes %}
        when {{ r_score }} {{ r }} and {{ f_score }} {{ f }} and {{ m_score }} {{ m }}
            then '{{ name_zh if show == 'class_zh' else name_en }}'
        {%- endfor %}
    end
{%- endif -%}
{%- endmacro %}
