"""The report cut by what people were before: exploratory, since among many cuts some differ by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml.experiments import arms as declared
from ml.experiments.report import ALL, Rules, measured, sums_of

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd


def by_segment(
    arms: pd.DataFrame, statistics: pd.DataFrame, rules: Rules, as_of: date
) -> list[dict[str, Any]]:
    """One row per experiment, metric, segment, its value, and variant other than the control."""
    known: dict[tuple[str, str], dict[tuple[str, str], dict[str, Any]]] = {}
    for row in statistics[statistics["segment"] != ALL].itertuples():
        cut = known.setdefault((str(row.experiment_id), str(row.metric)), {})
        cut.setdefault((str(row.segment), str(row.segment_value)), {})[str(row.variant)] = row
    rows = []
    for experiment in declared.experiments(arms, rules["controls"]):
        for metric in rules["metrics"]:
            cuts = known.get((experiment.experiment_id, metric["metric"]), {})
            for (segment, value), found in sorted(cuts.items()):
                sums = {v: sums_of(found.get(v)) for v in experiment.variants}
                rows += [
                    {
                        "experiment_id": experiment.experiment_id,
                        "metric": metric["metric"],
                        "segment": segment,
                        "segment_value": value,
                        "variant": one.variant,
                        "units": one.mean.units,
                        "control_units": sums[experiment.control].units,
                        "mean": one.mean.value,
                        "lift": one.reported.lift,
                        "ci_low": one.reported.lift_low,
                        "ci_high": one.reported.lift_high,
                        "difference": one.reported.difference,
                        "p_value": one.reported.p,
                        "is_exploratory": True,
                        "as_of": as_of,
                    }
                    for one in measured(metric, sums, experiment.control, rules)
                    if one.variant != experiment.control
                ]
    return rows
