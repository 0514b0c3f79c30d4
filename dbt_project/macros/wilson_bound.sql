{# The lower (side -1) or upper (side 1) end of Wilson's 95 % interval of a share; null of nothing. Rounding
   must not put an end on the wrong side of the share itself. #}
{% macro wilson_bound(hits, trials, side) -%}
    {%- set end -%}
        (
            {{ hits }} + 1.9207294103470627
            {{ '+' if side > 0 else '-' }} 1.959963984540054 * sqrt(
                {{ hits }} * (1 - cast({{ hits }} as double) / nullif({{ trials }}, 0)) + 0.9603647051735314
            )
        ) / nullif({{ trials }} + 3.8414588206941254, 0)
    {%- endset -%}
    case when {{ trials }} > 0 then
        {% if side > 0 -%}
        least(1, greatest({{ end }}, cast({{ hits }} as double) / nullif({{ trials }}, 0)))
        {%- else -%}
        greatest(0, least({{ end }}, cast({{ hits }} as double) / nullif({{ trials }}, 0)))
        {%- endif %}
    end
{%- endmacro %}
