-- A wider window holds at least what a narrower one does, and all history at least the widest.
{% set measures = ['active_days', 'events', 'sessions', 'orders'] %}

select
    as_of,
    user_key
from {{ ref('ftr_user_snapshots') }}
where
    active_days_365 > active_days_all
    or orders_365 > orders_all
    {% for measure in measures %}
    or {{ measure }}_7 > {{ measure }}_14
    or {{ measure }}_14 > {{ measure }}_28
    or {{ measure }}_28 > {{ measure }}_56
    or {{ measure }}_56 > {{ measure }}_90
    or {{ measure }}_90 > {{ measure }}_180
    or {{ measure }}_180 > {{ measure }}_365
    {% endfor %}
