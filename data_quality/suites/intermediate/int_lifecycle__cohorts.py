"""One row per person, with the days a cohort can begin with."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

DAYS = ("first_core_action_day", "registration_day", "first_order_day")


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__cohorts."""
    return [
        rules.filled("select 1 from intermediate.int_users__people", "people"),
        rules.columns(["user_key", *DAYS], exact=False),
        rules.pseudonymous(),
        *(rules.never(f"{day} up to the as-of", f"{day} > {night.as_of_sql}") for day in DAYS),
    ]
