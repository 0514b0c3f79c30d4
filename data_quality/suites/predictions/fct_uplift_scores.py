"""One row per person who lets us profile, where an experiment taught uplift."""

from __future__ import annotations

from typing import Any

from data_quality import coverage, rules
from data_quality.night import Night

EVERYBODY = "select user_key from features.ftr_user_snapshots where as_of = {day}"
UNEVEN = """
select 1 as offending from {batch} where method = 'rule:average_effect' having count(distinct uplift) > 1
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_uplift_scores."""
    missing = coverage.missing("uplift", night, EVERYBODY.format(day=night.as_of_sql))
    return [
        rules.filled(missing.replace("{batch}", "(select null as user_key)"), "people, and a model"),
        rules.columns(["user_key", "experiment_id", "uplift", "method", "model_version", "as_of"]),
        rules.unique("user_key"),
        rules.pseudonymous(),
        rules.as_of(night),
        *rules.not_null("experiment_id", "uplift"),
        rules.between("uplift", -1, 1),
        rules.in_set("method", ["t_learner", "rule:average_effect"]),
        rules.no_rows("an average effect is everybody's", UNEVEN),
        rules.no_rows("everybody is scored", missing),
        # Critical: nobody is profiled without consent.
        rules.no_rows("only people who let us profile", coverage.uninvited(night)),
    ]
