"""One row per file, entity and feed that was pulled."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "feed",
    "entity",
    "file",
    "sha256",
    "physical",
    "accepted",
    "quarantined",
    "duplicate",
    "rows",
    "loaded_at",
]


def expectations(night: Night) -> list[Any]:
    """The rules of raw.loads."""
    return [
        # Critical: not one file was found, so every feed's path is wrong or nothing was landed.
        rules.rows(at_least=1),
        rules.columns(COLUMNS, exact=False),
        *rules.not_null("feed", "entity", "file", "sha256", "physical", "accepted", "loaded_at"),
        # Critical: the conservation law; a difference is a record lost or made up.
        rules.never(
            "physical is accepted, quarantined and duplicate",
            "physical is distinct from accepted + quarantined + duplicate",
        ),
    ]
