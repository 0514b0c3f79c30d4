"""The public table rpt_data_quality, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from data_quality.public_tables import published_table

RELATION = "marts.rpt_data_quality"
# An earlier try of the same night may have failed on this very file.
FAILED = "severity = 'critical' and not success and asset not like 'published/%'"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_data_quality in the candidate file."""
    return [
        *published_table("rpt_data_quality", night),
        # Critical: a file is not published over a failed critical gate of an earlier layer.
        rules.never(
            "no critical gate failed",
            "severity = 'critical' and not success and asset not like 'published/%'",
        ),
        rules.in_set("severity", ["critical", "warning"]),
    ]
