"""One row per file and entity that was loaded."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night


def expectations(night: Night) -> list[Any]:
    """The rules of marts.rpt_loads."""
    return [
        # Critical: a world without a single file is a landing folder nobody found.
        rules.rows(at_least=1),
        rules.columns(PUBLIC["rpt_loads"].columns, exact=False),
        rules.as_of(night),
        # Critical: a count below zero balances another that is too high.
        *(rules.between(name, 0, None) for name in ("accepted", "quarantined", "duplicate")),
        rules.never("sha256 is a digest", "not regexp_full_match(sha256, '[0-9a-f]{64}')"),
    ]
