{# The Chinese name of a life-cycle state; none is who was not known yet. #}
{% macro lifecycle_state_zh(state) -%}
    case {{ state }}
        when 'registered' then '已注册未活跃'
        when 'new' then '新用户'
        when 'active' then '活跃'
        when 'resurrected' then '回流'
        when 'dormant' then '沉默'
        when 'churned' then '流失'
        when 'none' then '尚未出现'
    end
{%- endmacro %}
