{# The seven attribution models, in the order they are reported. #}
{% macro attribution_models() -%}
    {{ return(['first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay', 'markov']) }}
{%- endmacro %}
