{# The numbers of the metrics that are winsorised. #}
{% macro experiment_capped(metrics) -%}
    {%- set numbers = [] -%}
    {%- for metric in metrics if metric.cap_quantile < 1 -%}
        {%- do numbers.append(metrics.index(metric) + 1) -%}
    {%- endfor -%}
    {{ return(numbers) }}
{%- endmacro %}
