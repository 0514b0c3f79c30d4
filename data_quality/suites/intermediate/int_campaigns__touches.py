"""One row per touch."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from orchestration.contract import TOUCH_ACTIONS

COLUMNS = ["touch_id", "campaign_id", "user_key", "action", "occurred_at", "touch_day", "channel"]
CHANGED = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from staging.stg_touches)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__touches."""
    return [
        rules.filled("select 1 from staging.stg_touches", "staged touches"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        rules.in_set("action", TOUCH_ACTIONS),
        *rules.happened(night, "occurred_at"),
        rules.no_rows("as many touches as staging has", CHANGED),
    ]
