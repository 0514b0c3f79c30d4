"""One row per file, night and reason for which records were refused."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_refusals."""
    return [
        rules.filled("select 1 from marts.rpt_loads where quarantined > 0", "refused records"),
        rules.columns(PUBLIC["rpt_refusals"].columns, exact=False),
        rules.as_of(night),
        rules.between("records", 1, None),
        rules.never("no night to come", f"loaded_on > {night.as_of_sql}"),
    ]
