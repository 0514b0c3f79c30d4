"""One row per person who lets us profile, with the goal they are asked about."""

from __future__ import annotations

from typing import Any

from data_quality import coverage, rules
from data_quality.night import Night

COLUMNS = (
    "user_key",
    "goal",
    "probability",
    "horizon_days",
    "method",
    "model_version",
    "reason_1",
    "reason_2",
    "reason_3",
    "as_of",
)
# Who has a goal nothing could be learned of has no row, so only goals that are there are asked for.
UNASKED = """
select 1 as offending
from features.ftr_user_snapshots as people
inner join intermediate.int_privacy__consents as consents
    on
        people.user_key = consents.user_key
        and consents.purpose = 'profiling'
        and consents.status = 'granted'
inner join (select goal from {batch} group by goal) as goals
    on goals.goal = case when people.orders_all > 0 then 'next_purchase' else 'first_purchase' end
left join {batch} as predicted on people.user_key = predicted.user_key and goals.goal = predicted.goal
where people.as_of = {day} and predicted.user_key is null
"""
DRIFT = """
select 1 as offending
from (
    select goal, avg(probability) as expected from {batch} group by goal having count(*) >= 100
) as now
inner join (
    select
        case when people.orders_all > 0 then 'next_purchase' else 'first_purchase' end as goal,
        avg(case when labels.has_bought then 1 else 0 end) as happened
    from features.ftr_purchase_labels as labels
    inner join features.ftr_user_snapshots as people
        on labels.as_of = people.as_of and labels.user_key = people.user_key
    where labels.as_of = (select max(as_of) from features.ftr_purchase_labels)
    group by 1
) as lately on now.goal = lately.goal
where abs(expected - happened) > 0.15
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_propensities."""
    horizon = night.number("churn.horizon_days", 30)
    learned = (
        "select 1 from predictions.ml_model_version as models"
        f" where model = 'propensity' and as_of = {night.as_of_sql}"
        " and method not like '%none%'"
    )
    return [
        # Critical: who should have a probability and has none would silently drop out of every action.
        rules.filled(learned, "models of both goals"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.unique("user_key"),
        *rules.not_null("goal", "probability", "horizon_days", "method", "reason_1"),
        rules.between("probability", 0, 1),
        rules.in_set("goal", ["first_purchase", "next_purchase"]),
        # Critical: a probability over another horizon than the tenant's means something else.
        rules.never("the horizon is the tenant's", f"horizon_days <> {horizon:.0f}"),
        rules.no_rows("everyone with the goal is told", UNASKED.replace("{day}", night.as_of_sql)),
        # Critical: a probability without the person's consent to profiling must not exist.
        rules.no_rows("nobody else is told", coverage.uninvited(night)),
        # Warning, drift: probabilities far from what lately happened say the world has changed.
        rules.no_rows("means near what lately happened", DRIFT, "warning"),
    ]
