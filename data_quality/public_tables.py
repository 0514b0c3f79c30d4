"""Rules every public table keeps in the file that is about to be published."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night


def published_table(
    name: str, night: Night, *, evidence: tuple[str, str] | None = None, guests: bool = False
) -> list[Any]:
    """A public table of the candidate file: rows, columns, key, pseudonyms and day.

    dbt tested the tables where they were built and sees neither this file nor the tables copied
    into it, so the keys are tested once more here.

    Parameters
    ----------
    evidence
        A query and its words: the table may be empty where the query finds nothing. Without it
        the table always has rows.
    guests
        Rows may have no person.
    """
    public = PUBLIC[name]
    keyed = [column for column in public.key if column != "user_key"]
    return [
        rules.filled(*evidence) if evidence else rules.rows(at_least=1),
        rules.columns(public.columns, exact=False),
        rules.unique(*public.key),
        *rules.not_null(*keyed),
        *([rules.pseudonymous(optional=guests)] if "user_key" in public.columns else []),
        rules.as_of(night),
    ]
