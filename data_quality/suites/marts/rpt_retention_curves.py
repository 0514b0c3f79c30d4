"""One row per cohort basis, granularity, kind of retention and number of periods."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

ADDS_UP = """
select 1 as offending
from (
    select
        (select coalesce(sum(retained), 0) from {batch}) as retained,
        (select coalesce(sum(cohorts), 0) from {batch}) as cohorts
)
where
    retained <> (select coalesce(sum(retained), 0) from marts.rpt_retention where is_complete)
    or cohorts <> (select count(*) from marts.rpt_retention where is_complete)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_retention_curves."""
    return [
        rules.filled("select 1 from marts.rpt_retention where is_complete", "complete periods"),
        rules.columns(PUBLIC["rpt_retention_curves"].columns, exact=False),
        rules.as_of(night),
        rules.between("weighted_rate", 0, 1),
        rules.between("simple_rate", 0, 1),
        # Critical: an unfinished period in an average drags every curve down.
        rules.no_rows("the curves hold the complete periods and no others", ADDS_UP),
    ]
