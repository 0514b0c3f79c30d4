"""One row per user, feed and instant at which the record changed."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = (
    "user_id", "feed", "stated_at", "gender", "country", "region", "city", "language", "occupation",
    "membership_level", "acquisition_channel", "acquisition_campaign_id", "referrer", "platform",
    "attributes",
)  # fmt: skip
UNSAID = """
select 1 as offending
from staging.stg_users as users
left join {batch} as versions on users.user_id = versions.user_id
where versions.user_id is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_user_versions."""
    return [
        rules.filled("select 1 from staging.stg_users", "users"),
        # Critical, and exact: names and addresses have no history here.
        rules.columns(COLUMNS),
        rules.never("no version of tomorrow", f"stated_at >= {night.as_of_end_sql}"),
        # Critical: what stg_users holds was said by somebody at some time.
        rules.no_rows("every user has a version", UNSAID),
    ]
