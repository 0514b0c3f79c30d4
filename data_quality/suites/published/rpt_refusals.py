"""The public table rpt_refusals, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_refusals"
REFUSED = "select 1 from marts.rpt_loads where quarantined > 0"
# Critical: as many as the loads say were refused, each for a reason.
UNTOLD = """
select 1 as offending from {batch}
having coalesce(sum(records), 0) is distinct from (
    select coalesce(sum(quarantined), 0) from marts.rpt_loads
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_refusals in the candidate file."""
    return [
        *published_table("rpt_refusals", night, evidence=(REFUSED, "refused records")),
        rules.no_rows("as many as the loads refused", UNTOLD),
    ]
