"""The segment model of this night: stable enough to be named."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night

RELATION = "predictions.ml_metric"
SHARES = ("rule_fidelity", "smallest_share", "relabelled_by_refit")


def expectations(night: Night) -> list[Any]:
    """The rules of the segment model."""
    return [
        # Critical, the row count: a night without a model, or with two, groups by chance.
        rules.no_rows("the night has one segment model", model_quality.one_version("segments", night)),
        rules.columns(model_quality.COLUMNS),
        # Critical: a model nobody measured must not look like one that passed.
        rules.no_rows("a tested model has its metrics", model_quality.untold("segments", night)),
        rules.never("shares between 0 and 1", model_quality.outside("segments", night, SHARES)),
        # Warning: groups that change with the sample are not worth a campaign of their own.
        rules.never(
            "stable over samples",
            model_quality.below("segments", night, "stability_ari_mean", 0.85),
            "warning",
        ),
        rules.never(
            "stable over every sample",
            model_quality.below("segments", night, "stability_ari_min", 0.6),
            "warning",
        ),
        # Warning: the published rule should place people as the segments do, where it is not them.
        rules.no_rows(
            "the rule tells the segments",
            model_quality.worse("segments", night, "rule_fidelity", 0.9),
            "warning",
        ),
        # Warning: a segment of a handful invites a look at individuals.
        rules.never(
            "no segment under 3 %",
            model_quality.below("segments", night, "smallest_share", 0.03),
            "warning",
        ),
        # Warning: classes anyone works out in a spreadsheet would do as well.
        rules.no_rows(
            "tells later spend no worse than the RFM classes",
            model_quality.outranked("segments", night, "later_spend_explained"),
            "warning",
        ),
        # Warning: what people are called must not change overnight while they do as before, ...
        rules.never(
            "at most 3 % of people are relabelled a day",
            model_quality.above("segments", night, "relabelled_a_day", 0.03),
            "warning",
        ),
        # ... and a refit that calls a fifth of them otherwise is news to whoever addresses them by name.
        rules.never(
            "a refit relabels at most 20 % of people",
            model_quality.above("segments", night, "relabelled_by_refit", 0.2),
            "warning",
        ),
        # Warning, drift: segments that lost this much stability describe another world.
        rules.no_rows(
            "stability not 0.1 lower",
            model_quality.dropped("segments", night, "stability_ari_mean", 0.1),
            "warning",
        ),
    ]
