{# A relation with one column, as_of: the days people are described on, which are the as-of day, the
   day it is compared with, the churn anchor and the steps of one horizon before it. #}
{% macro snapshot_days() -%}
    select {{ as_of() }} as as_of
    union
    select {{ add_days(as_of(), -var('drift_days')) }} as as_of
    {% for step in range(var('churn_snapshots') + 1) %}
    union
    select
        {{ add_days("cast('" ~ var('churn_anchor') ~ "' as date)", -step * var('churn_horizon_days')) }}
            as as_of
    {% endfor %}
{%- endmacro %}
