"""One row per experiment, metric, variant, segment and its value."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "experiment_id", "metric", "variant", "segment", "segment_value", "units", "sum_y", "sum_yy", "sum_x",
    "sum_xx", "sum_xy", "cap", "as_of",
]  # fmt: skip
OVERCOUNTED = """
select 1 as offending
from {batch} as statistics
inner join features.ftr_experiment_arms as arms
    on statistics.experiment_id = arms.experiment_id and statistics.variant = arms.variant
where statistics.segment = 'all' and statistics.units > arms.units
"""
UNEVEN = """
select 1 as offending from {batch}
group by experiment_id, metric, variant
having count(distinct segment) > 1
    and sum(units) <> count(distinct segment) * sum(case when segment = 'all' then units else 0 end)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_experiment_statistics."""
    wanted = "select 1 from intermediate.int_campaigns__exposures where is_counted"
    return [
        # Without metrics there is nothing to add up.
        rules.filled(wanted if night.experiments.get("metrics") else f"{wanted} and false", "exposures"),
        rules.columns(COLUMNS),
        rules.as_of(night),
        # Critical: people counted twice make every interval too narrow.
        rules.no_rows("no more people than were exposed", OVERCOUNTED),
        rules.no_rows("segments add up to everybody", UNEVEN),
        # Critical: no sum of squares is under the square of the sum over the people (Cauchy-Schwarz).
        rules.never(
            "squares are those of the sums", "units > 0 and sum_yy * units < sum_y * sum_y * (1 - 1e-9)"
        ),
    ]
