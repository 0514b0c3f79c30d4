"""What currencies are worth, from which day on."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.seed_exchange_rates."""
    del night
    return [
        # Critical: without a rate no amount can be told in the base currency.
        rules.rows(at_least=1),
        rules.columns(["valid_from", "currency", "rate"]),
        rules.never(
            "currencies are three letters", "currency is null or not regexp_full_match(currency, '[A-Z]{3}')"
        ),
        # Critical: a rate of zero or less turns revenue into nothing or a loss.
        rules.never("rates above zero", "rate is null or rate <= 0"),
        *rules.not_null("valid_from"),
    ]
