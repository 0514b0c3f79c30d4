"""One row per experiment and person who is a unit of it."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COUNTED = "select 1 from intermediate.int_campaigns__exposures where is_counted"
MISCOUNTED = f"""
select 1 as offending
where (select count(*) from {{batch}}) <> (select count(*) from ({COUNTED}) as counted)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_experiment_units."""
    return [
        rules.filled(COUNTED, "exposures"),
        rules.columns(["experiment_id", "user_key", "variant", "exposed_on", "responded", "as_of"]),
        rules.unique("experiment_id", "user_key"),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.no_rows("as many people as are counted", MISCOUNTED),
        rules.never("nobody is exposed after the as-of day", f"exposed_on > {night.as_of_sql}"),
    ]
