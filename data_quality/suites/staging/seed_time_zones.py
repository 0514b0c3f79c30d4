"""The countries that keep one time zone."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of staging.seed_time_zones."""
    del night
    return [
        # Critical: without it everybody's hours would be those of the business's zone.
        rules.rows(at_least=1),
        rules.columns(["country", "time_zone"]),
        rules.never(
            "countries are two letters", "country is null or not regexp_full_match(country, '[A-Z]{2}')"
        ),
        # Critical: a zone the engine does not know ends the night in the middle of a layer.
        rules.no_rows(
            "zones of the IANA database",
            "select 1 as offending from {batch} as zones "
            "left join pg_timezone_names() as known on zones.time_zone = known.name where known.name is null",
        ),
    ]
