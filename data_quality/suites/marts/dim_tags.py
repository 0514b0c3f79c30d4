"""One row per tag."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

KINDS = ("property", "metric", "first_last", "preference", "band", "rfm", "rule", "imported")
SEVERITIES: tuple[rules.Severity, ...] = ("warning", "critical")
RECOUNTED = """
select 1 as offending
from {batch} as tags
left join (
    select tag, count(distinct user_key) as people
    from marts.fct_user_tags where valid_to is null group by tag
) as counted on tags.tag = counted.tag
where tags.people <> coalesce(counted.people, 0)
"""
# What the owners declared beside their tags, each with the severity they chose.
LIMITS = (
    ("coverage as high as declared", "coverage < min_coverage"),
    ("coverage as low as declared", "coverage > max_coverage"),
    ("churn as low as declared", "churn > max_churn"),
    (
        "changed as lately as declared",
        "freshness is null and max_days_unchanged is not null or as_of - freshness > max_days_unchanged",
    ),
)


def expectations(night: Night) -> list[Any]:
    """The rules of marts.dim_tags."""
    return [
        rules.filled("select 1 from marts.fct_user_tags", "tags of people"),
        rules.rows(at_least=len(night.tags), at_most=len(night.tags)),
        rules.columns(PUBLIC["dim_tags"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("kind", KINDS),
        rules.between("coverage", 0, 1),
        rules.between("churn", 0, 1),
        rules.no_rows("people are those with a value now", RECOUNTED),
        *[
            rules.never(f"{said} ({severity})", f"limit_severity = '{severity}' and ({breach})", severity)
            for said, breach in LIMITS
            for severity in SEVERITIES
        ],
    ]
