"""One row per experiment and variant anyone saw."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "experiment_id", "variant", "name", "declared_variants", "primary_metric", "started_at", "ended_at",
    "seconds_since_end", "is_declared", "units", "multiple_units", "outside_units", "first_exposed_at",
    "last_exposed_at", "as_of",
]  # fmt: skip
MISCOUNTED = """
select 1 as offending
where (select coalesce(sum(units + outside_units), 0) from {batch})
    <> (select count(*) from intermediate.int_campaigns__exposures)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_experiment_arms."""
    return [
        rules.filled("select 1 from staging.stg_experiments", "experiments"),
        rules.columns(COLUMNS),
        rules.as_of(night),
        rules.never("people are at least those who saw several", "multiple_units > units"),
        # Critical: whoever is lost here tilts the split.
        rules.no_rows("every person exposed is in one arm", MISCOUNTED),
    ]
