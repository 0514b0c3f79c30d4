"""One row per snapshot day and person known on it whose horizon has passed."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_purchase_labels."""
    horizon = f"{night.number('churn.horizon_days', 30):.0f}"
    return [
        rules.filled(
            f"select 1 from features.ftr_user_snapshots where as_of + {horizon} <= {night.as_of_sql}",
            "people whose horizon has passed",
        ),
        rules.columns(["as_of", "user_key", "has_bought"]),
        rules.pseudonymous(),
        # Critical: a label whose horizon is not over is a guess, and the model would learn it.
        rules.never("every label's horizon is over by the as-of", f"as_of + {horizon} > {night.as_of_sql}"),
    ]
