"""One row per eligible person and past snapshot whose horizon has passed."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

NOT_ELIGIBLE = """
select 1 as offending
from {batch} as labels
left join features.ftr_user_snapshots as snapshots
    on
        labels.user_key = snapshots.user_key
        and labels.as_of = snapshots.as_of
        and snapshots.is_eligible
where snapshots.user_key is null
"""
ONE_OUTCOME = """
select 1 as offending
from {batch}
having count(*) >= 1000 and count(distinct is_churned) < 2
"""


def past_snapshots(night: Night, horizon: float) -> str:
    """Eligible people on days whose horizon is over."""
    return (
        "select 1 from features.ftr_user_snapshots"
        f" where is_eligible and as_of + {horizon:.0f} <= {night.as_of_sql}"
    )


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_churn_labels."""
    horizon = night.number("churn.horizon_days", 30)
    return [
        rules.filled(past_snapshots(night, horizon), "eligible people whose horizon has passed"),
        rules.columns(["as_of", "user_key", "is_churned"]),
        rules.pseudonymous(),
        # Critical: a label whose horizon is not over is a guess, and the model would learn it.
        rules.never(
            "every label's horizon is over by the as-of",
            f"as_of + {horizon:.0f} > {night.as_of_sql}",
        ),
        # Critical: labels outside the population teach the model about other people.
        rules.no_rows("labels are of eligible people", NOT_ELIGIBLE),
        # Warning: all alike is possible in a young tenant, and nothing can be learned from it.
        rules.no_rows("both outcomes occur", ONE_OUTCOME, "warning"),
    ]
