"""One row per model, night and measure compared with some days ago."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night


def comparable(night: Night) -> str:
    """A hundred people with a churn score, as many of whom could have had one on the earlier day."""
    days = night.number("drift.days", 7)
    return f"""
    select 1
    from features.ftr_user_snapshots as people
    inner join predictions.fct_churn_scores as scored on people.user_key = scored.user_key
    where people.as_of = {night.as_of_sql} - {days:.0f} and people.is_eligible
    having count(*) >= 100
    """


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.ml_drift."""
    return [
        # Critical: a drift nobody measured looks like none.
        rules.filled(comparable(night), "people to compare"),
        rules.columns(["model", "model_version", "measure", "psi", "people_before", "people", "as_of"]),
        rules.unique("model", "measure", "as_of"),
        # Critical: the index is a distance; below nought, or no number, it was computed wrongly.
        rules.never("a distance", "psi is null or isnan(psi) or isinf(psi) or psi < 0"),
        # Warning: a score that moved this far says that the people, or what is known of them, changed.
        rules.no_rows(
            "scores like those of some days ago", model_quality.drifted(night, scores=True), "warning"
        ),
        # Warning: a feature that moved this far may be a source that broke before any score shows it.
        rules.no_rows(
            "features like those of some days ago", model_quality.drifted(night, scores=False), "warning"
        ),
        rules.never("of a hundred people at least", "people < 100 or people_before < 100"),
    ]
