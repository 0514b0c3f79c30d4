"""The ways a country is written, and its code."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.seed_countries."""
    del night
    return [
        rules.rows(at_least=1),
        rules.columns(["alias", "country"]),
        # Critical: ISO 3166-1 has 249 codes, each of them a spelling; fewer is a file that was cut off.
        rules.no_rows(
            "the 249 countries of ISO 3166-1",
            "select 1 as offending from {batch} having count(distinct country) < 249",
        ),
        # Critical: what is looked up is in lower case, so no other spelling is ever found.
        rules.never("aliases in lower case", "alias is null or alias <> lower(trim(alias))"),
        rules.never(
            "countries are two letters", "country is null or not regexp_full_match(country, '[A-Z]{2}')"
        ),
    ]
