"""One row per snapshot day and person with a running subscription."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = (
    "as_of",
    "user_key",
    "subscription_days",
    "plan_days",
    "monthly_amount",
    "amount_change",
    "plans_before",
    "runs_before",
    "is_churned",
)


def running(night: Night) -> str:
    """Subscriptions that run on the as-of day."""
    return f"""
    select 1 from intermediate.int_value__subscriptions
    where
        not is_void and user_key is not null and started_day <= {night.as_of_sql}
        and coalesce(ended_day > {night.as_of_sql}, true)
    """


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_subscription_snapshots."""
    days = night.number("churn.horizon_days", 30) + night.number("subscriptions.grace_days", 7)
    early = f"is_churned is not null and as_of + {days:.0f} > {night.as_of_sql}"
    return [
        rules.filled(running(night), "subscriptions that run"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.unique("as_of", "user_key"),
        *(rules.between(name, 0, None) for name in ("subscription_days", "plan_days", "plans_before")),
        rules.never("a plan is no older than its run", "plan_days > subscription_days"),
        # Critical: a label whose horizon or grace is not over is a guess, and the model would learn it.
        rules.never("every label's horizon and grace are over", early),
    ]
