-- active(t) = active(t-1) + new + resurrected - churned, in every granularity.
with periods as (
    select
        *,
        coalesce(
            lag(active) over (partition by granularity order by period_start), 0
        ) as active_before
    from {{ ref('rpt_growth_accounting') }}
)

select
    granularity,
    period_start,
    active_before,
    active
from periods
where active <> active_before + new + resurrected - churned
