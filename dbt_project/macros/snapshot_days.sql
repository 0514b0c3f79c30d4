{# A relation with one column, as_of: the days people are described on, which are the as-of day, the
   day it is compared with, the days models learn back from and the steps of one horizon before each. #}
{% macro snapshot_days() -%}
    select {{ as_of() }} as as_of
    union
    select {{ add_days(as_of(), -var('drift_days')) }} as as_of
    {% for anchor in var('snapshot_anchors') %}
    {% for step in range(var('churn_snapshots') + 1) %}
    union
    select
        {{ add_days("cast('" ~ anchor ~ "' as date)", -step * var('churn_horizon_days')) }}
            as as_of
    {% endfor %}
    {% endfor %}
{%- endmacro %}
