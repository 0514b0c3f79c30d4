"""One row per currency and day: what one unit is worth in the base currency."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_value__exchange_rates."""
    return [
        # Critical: the base currency has a rate of 1 on every day, so there are always rows.
        rules.rows(at_least=1),
        rules.columns(["currency", "day", "exchange_rate"]),
        *rules.not_null("exchange_rate"),
        # Critical: a rate of zero or less turns revenue into nothing or a loss.
        rules.never("rates above zero", "exchange_rate <= 0"),
        # Warning: a seed nobody has extended converts new orders at an old rate.
        rules.no_rows(
            "rates reach the as-of day",
            f"select 1 as offending from {{batch}} having max(day) < {night.as_of_sql}",
            "warning",
        ),
    ]
