"""Deduplicated and corrected users."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.contracted import staging_table
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.stg_users."""
    known = f"coalesce(registered_at, updated_at, timestamp '1970-01-01') < {night.as_of_end_sql}"
    return [
        *staging_table("users", night, known=known),
        *rules.happened(night, "updated_at", "deleted_at"),
        # Critical: corrected in staging, so anything else is a correction that stopped working.
        rules.never("e-mail is an address", "email not like '%_@_%._%'"),
        rules.never(
            "birth_date can be true", f"birth_date not between date '1900-01-01' and {night.as_of_sql}"
        ),
    ]
