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


REFUSED_WHOLE = "status = 'refused'"


def limit(night: Night) -> str:
    """The limit of a load's feed as it is tonight; of a feed that is gone, as it was."""
    said = "".join(f" when '{feed}' then {share!r}" for feed, share in sorted(night.limits.items()))
    return f"case feed{said} else max_quarantine_share end" if said else "max_quarantine_share"


def over_limit(night: Night) -> str:
    """The condition of a load of which too much was refused."""
    return f"refused > {limit(night)} * physical"


def blocking(night: Night) -> str:
    """The loads that stop a night, by name: of `raw.loads`, as its rules find them."""
    found = unmended(
        f"{REFUSED_WHOLE} or {over_limit(night)}",
        f"feed, entity, file, status, refused, physical, reasons, {limit(night)} as allowed",
    )
    return f"{found.format(batch='raw.loads')} order by feed, file, entity"


def unmended(condition: str, chosen: str = "1 as offending") -> str:
    """Loads that meet the condition and that no sound delivery of the same file has replaced."""
    return f"""
    select {chosen}
    from (select *, {condition} as is_bad from {{batch}}) as bad
    where
        bad.is_bad
        and not exists (
            select 1 from (select *, {condition} as is_bad from {{batch}}) as later
            where
                later.feed = bad.feed
                and later.entity = bad.entity
                and later.file = bad.file
                and later.sha256 <> bad.sha256
                and later.loaded_on >= bad.loaded_on
                and not later.is_bad
        )
    """


def expectations(night: Night) -> list[Any]:
    """The rules of raw.loads."""
    return [
        # Critical: not one file was found, so every feed's path is wrong or nothing was landed.
        rules.rows(at_least=1),
        rules.columns(COLUMNS, exact=False),
        *rules.not_null("feed", "entity", "file", "sha256", "physical", "accepted", "loaded_at"),
        # Critical: such a file was not loaded at all; the feed must be corrected and replayed.
        rules.no_rows("no file refused whole", unmended(REFUSED_WHOLE)),
        # Critical: so many wrong records are a changed source or a wrong mapping, not stray errors.
        rules.no_rows(
            "refused share within each feed's limit",
            unmended(over_limit(night)),
        ),
        # Warning: what the mapping reads and a file lacks is NULL in its rows.
        rules.never("no mapped column missing", "json_array_length(missing_columns) > 0", "warning"),
        # Critical: the conservation law; a difference is a record lost or made up.
        rules.never(
            "physical is accepted, quarantined and duplicate",
            "physical is distinct from accepted + quarantined + duplicate",
        ),
    ]
