"""The reach model of this night: nearer to what people then did than everybody's habits."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"
ASPECTS = ("channel", "hour")
SHARES = [f"{aspect}_{metric}" for aspect in ASPECTS for metric in ("hit_rate", "ece")]


def expectations(night: Night) -> list[Any]:
    """The rules of the reach model."""
    name = "reach"
    found = [
        # Critical, the row count: a night without a model, or with two, tells times by chance.
        rules.no_rows("the night has one reach model", model_quality.one_version(name, night)),
        rules.columns(model_quality.COLUMNS),
        # Critical: a model nobody measured must not look like one that passed.
        rules.no_rows("a tested model has its metrics", model_quality.untold(name, night)),
        rules.never(
            "shares between 0 and 1",
            model_quality.outside(name, night, SHARES),
        ),
    ]
    for aspect in ASPECTS:
        loss, hits = f"{aspect}_log_loss", f"{aspect}_hit_rate"
        found += [
            # Critical: preferences are published because they beat everybody's on later days.
            rules.no_rows(f"{aspect}: its loss is under the rules'", model_quality.beaten(name, night, loss)),
            rules.no_rows(f"{aspect}: hits no fewer", model_quality.outranked(name, night, hits)),
            # Warning: a chance further off than this misleads whoever multiplies by it.
            rules.never(
                f"{aspect}: ECE at most 0.05",
                model_quality.above(name, night, f"{aspect}_ece", model_quality.MOST_ECE),
                "warning",
            ),
            # Warning, drift: habits that changed this much since the version before are another world.
            rules.no_rows(
                f"{aspect}: hits not 0.05 fewer", model_quality.dropped(name, night, hits), "warning"
            ),
        ]
    return found
