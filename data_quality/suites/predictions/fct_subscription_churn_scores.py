"""One row per person with a running subscription who lets us profile."""

from __future__ import annotations

from typing import Any

from data_quality import coverage, rules
from data_quality.night import Night

COLUMNS = (
    "user_key",
    "churn_probability",
    "churn_band",
    "monthly_amount",
    "horizon_days",
    "method",
    "model_version",
    "reason_1",
    "reason_2",
    "reason_3",
    "as_of",
)
EVERYBODY = "select user_key from features.ftr_subscription_snapshots where as_of = {day}"
STRANGERS = """
select 1 as offending
from {{batch}} as predicted
left join features.ftr_subscription_snapshots as people
    on predicted.user_key = people.user_key and people.as_of = {day}
where people.user_key is null
"""
UNEVEN = """
select 1 as offending from {batch} where method like 'rule:rate%' having count(distinct churn_probability) > 1
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_subscription_churn_scores."""
    horizon = night.number("churn.horizon_days", 30)
    missing = coverage.missing("subscription_churn", night, EVERYBODY.format(day=night.as_of_sql))
    return [
        # Critical: who pays and is not scored would silently drop out of every action.
        rules.filled(missing.replace("{batch}", "(select null as user_key)"), "subscribers, and a model"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.unique("user_key"),
        *rules.not_null("churn_probability", "churn_band", "monthly_amount", "horizon_days", "method"),
        rules.between("churn_probability", 0, 1),
        rules.in_set("churn_band", ["low", "medium", "high"]),
        # Critical: a probability over another horizon than the tenant's means something else.
        rules.never("the horizon is the tenant's", f"horizon_days <> {horizon:.0f}"),
        rules.no_rows("every subscriber is scored", missing),
        # Critical: who does not subscribe has nothing to leave.
        rules.no_rows("nobody else is scored", STRANGERS.format(day=night.as_of_sql)),
        # Critical: a score without the person's consent to profiling must not exist.
        rules.no_rows("only people who let us profile", coverage.uninvited(night)),
        rules.no_rows("the usual share is everybody's", UNEVEN),
    ]
