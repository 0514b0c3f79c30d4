{# An amount at a rate of exchange, as money. What is in the base currency already is not multiplied:
   digits of an amount and of a rate together are more than eight bytes hold, which is ten times the work. #}
{% macro converted(amount, rate) -%}
    case when {{ rate }} = 1 then {{ money(amount) }} else {{ money('(' ~ amount ~ ') * ' ~ rate) }} end
{%- endmacro %}
