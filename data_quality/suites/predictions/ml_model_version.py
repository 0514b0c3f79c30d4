"""One row per model and night."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def of_tonight(night: Night) -> str:
    """Offends when the night left no version."""
    return f"select 1 as offending where not exists (select 1 from {{batch}} where as_of = {night.as_of_sql})"


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.ml_model_version."""
    return [
        # Critical: without it nobody can say which model a score came from. The table keeps every
        # night's rows, so its plain row count would tell how many nights there were.
        rules.no_rows("the night has one version at least", of_tonight(night)),
        rules.columns(["model", "model_version", "method", "card", "as_of"]),
        rules.unique("model", "as_of"),
        rules.never(
            "model, method, card and as_of are never null",
            "model is null or method is null or card is null or as_of is null",
        ),
        # Warning: what a model warns of is seldom in its figures, and misleads who acts on its scores.
        rules.never(
            "no model warns of its predictions",
            f"as_of = {night.as_of_sql} and (card ->> '$.warning') is not null",
            "warning",
        ),
    ]
