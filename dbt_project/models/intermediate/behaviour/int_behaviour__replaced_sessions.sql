{%- set windows = ref('int_behaviour__windows') %}
-- depends_on: {{ windows }}

{% if adds_to_history() %}
{%- set limits = bounds('select min(from_at), max(to_at) from ' ~ windows) -%}
select
    sessions.session_id,
    sessions.user_key,
    sessions.started_at,
    sessions.ended_at,
    sessions.session_day
from {{ previous('int_behaviour__sessions') }} as sessions
inner join {{ windows }} as windows
    on sessions.stream_key = windows.stream_key
    and sessions.started_at >= windows.from_at
    and sessions.started_at <= windows.to_at
where {{ within('sessions.started_at', limits) }}
{% else %}
select
    session_id,
    user_key,
    occurred_at as started_at,
    occurred_at as ended_at,
    event_day as session_day
from {{ ref('int_behaviour__events') }}
where 1 = 0
{% endif %}
