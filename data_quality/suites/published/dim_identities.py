"""The public table dim_identities, in the file about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

RELATION = "marts.dim_identities"


def expectations(night: Night) -> list[Any]:
    """The rules of marts.dim_identities in the candidate file."""
    public = PUBLIC["dim_identities"]
    return [
        rules.rows(at_least=1),
        rules.columns(public.columns, exact=False),
        rules.unique(*public.key),
        rules.pseudonymous("identifier_key"),
        rules.pseudonymous("user_key", optional=True),
        rules.pseudonymous("linked_identifier_key", optional=True),
        rules.as_of(night),
    ]
