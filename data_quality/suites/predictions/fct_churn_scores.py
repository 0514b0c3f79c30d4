"""One row per eligible person who lets us profile."""

from __future__ import annotations

from typing import Any

from data_quality import coverage, rules
from data_quality.night import Night

COLUMNS = (
    "user_key",
    "churn_probability",
    "churn_band",
    "horizon_days",
    "lookback_days",
    "method",
    "model_version",
    "reason_1",
    "reason_2",
    "reason_3",
    "as_of",
)
DRIFT = """
select 1 as offending
from (select avg(churn_probability) as expected, count(*) as people from {batch})
cross join (
    select avg(case when is_churned then 1 else 0 end) as happened
    from features.ftr_churn_labels
    where as_of = (select max(as_of) from features.ftr_churn_labels)
)
where people >= 100 and abs(expected - happened) > 0.15
"""
FLAT = """
select 1 as offending
from {batch}
having count(*) >= 100 and count(distinct churn_probability) < 5
"""


def scoreable(night: Night) -> str:
    """People who must have a score."""
    return coverage.missing("churn", night).replace("{batch}", "(select null as user_key)")


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_churn_scores."""
    horizon = night.number("churn.horizon_days", 30)
    return [
        # Critical: who should be scored and is not would silently drop out of every action.
        rules.filled(scoreable(night), "eligible people, and a model to score them"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.unique("user_key"),
        *rules.not_null("churn_probability", "churn_band", "horizon_days", "method", "reason_1"),
        rules.between("churn_probability", 0, 1),
        rules.in_set("churn_band", ["low", "medium", "high"]),
        # Critical: a probability over another horizon than the tenant's means something else.
        rules.never("the horizon is the tenant's", f"horizon_days <> {horizon:.0f}"),
        rules.no_rows("everyone eligible is scored", coverage.missing("churn", night)),
        # Critical: a score without the person's consent to profiling must not exist.
        rules.no_rows("nobody else is scored", coverage.uninvited(night)),
        # Warning, drift: scores far from what lately happened say the world has changed.
        rules.no_rows("mean score near the last known churn rate", DRIFT, "warning"),
        # Warning: one score for all is a rule of thumb, not a ranking.
        rules.no_rows("scores tell people apart", FLAT, "warning"),
    ]
