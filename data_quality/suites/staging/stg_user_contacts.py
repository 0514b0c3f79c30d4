"""One row per user and address or number an account ever gave."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ["user_id", "id_type", "id", "stated_at", "times", "is_usable", "feed"]


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_user_contacts."""
    return [
        rules.filled(
            "select 1 from staging.stg_users where email is not null or phone is not null",
            "users with an address",
        ),
        rules.columns(COLUMNS),
        rules.in_set("id_type", ["email", "phone"]),
        *rules.happened(night, "stated_at"),
    ]
