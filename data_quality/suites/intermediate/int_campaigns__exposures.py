"""One row per experiment and person."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "experiment_id", "user_key", "variant", "exposed_at", "saw_several", "is_counted", "counted_until",
]  # fmt: skip
LOST = """
select 1 as offending
from (select distinct experiment_id from staging.stg_exposures) as staged
left join {batch} as exposures on staged.experiment_id = exposures.experiment_id
where exposures.experiment_id is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__exposures."""
    return [
        rules.filled("select 1 from staging.stg_exposures", "staged exposures"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        *rules.not_null("variant", "saw_several", "is_counted"),
        *rules.happened(night, "exposed_at"),
        # Critical: what is counted after the as-of day is not known yet.
        rules.never("nothing is counted past the as-of day", f"counted_until > {night.as_of_end_sql}"),
        # Warning: an experiment none of whose units is anybody known cannot be judged.
        rules.no_rows("every experiment has people", LOST, "warning"),
    ]
