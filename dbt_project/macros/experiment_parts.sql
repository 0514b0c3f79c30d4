{# What is summed per person of an experiment: y of every metric, and x beside it, which is a ratio's
   denominator and else the same as y in the days before the exposure. #}
{% macro experiment_parts(metrics) -%}
    {%- set source_of = {
        'events': 'events', 'core_events': 'events', 'event_value': 'events',
        'sessions': 'sessions', 'orders': 'orders', 'revenue': 'orders',
    } -%}
    {%- set parts = [] -%}
    {%- for metric in metrics -%}
        {%- if metric.within_days -%}
            {%- set from = 'units.exposed_at + interval ' ~ metric.after_days ~ ' day' -%}
            {%- set until = 'units.exposed_at + interval ' ~ (metric.after_days + metric.within_days) ~ ' day' -%}
        {%- else -%}
            {%- set from, until = 'units.exposed_at', 'units.counted_until' -%}
        {%- endif -%}
        {%- set after = 'happened_at >= ' ~ from ~ ' and happened_at < ' ~ until -%}
        {%- set before = 'happened_at < units.exposed_at' -%}
        {%- for side, counted, window in [
            ('y', metric.of, after), ('x', metric.per or metric.of, after if metric.per else before),
        ] -%}
            {%- do parts.append({
                'name': side ~ '_' ~ (metrics.index(metric) + 1),
                'source': source_of[counted.measure],
                'counted': counted,
                'window': window,
                'is_flag': metric.kind in ('proportion', 'retention'),
                'ends': until if metric.within_days else none,
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}
