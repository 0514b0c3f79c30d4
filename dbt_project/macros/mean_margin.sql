{# Half the 95 % interval of a mean, by Student's t, from the sum, the sum of squares and the number; null
   of fewer than two. #}
{% macro mean_margin(total, squares, number) -%}
    case when {{ number }} > 1 then
        {{ student_t('(' ~ number ~ ' - 1)') }}
        * sqrt(greatest({{ squares }} - {{ total }} * {{ total }} / nullif({{ number }}, 0), 0) / nullif({{ number }} - 1, 0) / nullif({{ number }}, 0))
    end
{%- endmacro %}
