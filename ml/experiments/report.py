"""The report of every experiment, metric and variant, from the sums of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import nan, sqrt
from typing import TYPE_CHECKING, Any

from ml.experiments import arms as declared
from ml.experiments.comparison import Comparison, Of, compare, step_up
from ml.experiments.moments import Mean, Sums, adjusted, plain, ratio, slope
from ml.experiments.verdict import Evidence, Verdict, flaws, judge

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from ml.experiments.arms import Experiment

Rules = Mapping[str, Any]
_OF: dict[str, Of] = {"proportion": "share", "retention": "share", "ratio": "ratio"}
ALL = "all"


@dataclass(frozen=True)
class Measured:
    """One metric of one variant, beside its control."""

    metric: Mapping[str, Any]
    variant: str
    mean: Mean
    reported: Comparison
    unadjusted: Comparison
    variance_reduction: float


def measured(
    metric: Mapping[str, Any], sums: Mapping[str, Sums], control: str, rules: Rules
) -> Iterator[Measured]:
    """Every variant of one metric, the control among them with nothing to compare."""
    of = _OF.get(metric["kind"], "mean")
    judged = {"alpha": rules["alpha"], "tau": rules["tau"], "of": of}
    means = {variant: (ratio if of == "ratio" else plain)(one) for variant, one in sums.items()}
    arms = list(sums.values())
    # A ratio's x is its denominator, not its past.
    theta = 0.0 if of == "ratio" else slope(arms)
    people = sum(one.units for one in arms)
    usual = sum(one.x for one in arms) / people if people else 0.0
    told = {v: adjusted(one, theta, usual) if theta else means[v] for v, one in sums.items()}
    for variant in sums:
        if variant == control:
            yield Measured(metric, variant, means[variant], Comparison(), Comparison(), nan)
            continue
        before = means[control].variance + means[variant].variance
        after = told[control].variance + told[variant].variance
        yield Measured(
            metric,
            variant,
            means[variant],
            compare(told[control], told[variant], **judged),
            compare(means[control], means[variant], **judged),
            1 - after / before if before > 0 else nan,
        )


def report(arms: pd.DataFrame, statistics: pd.DataFrame, rules: Rules, as_of: date) -> list[dict[str, Any]]:
    """One row per experiment, metric and variant."""
    everybody = statistics[statistics["segment"] == ALL]
    known = {(row.experiment_id, row.metric, row.variant): row for row in everybody.itertuples()}
    rows: list[dict[str, Any]] = []
    for experiment in declared.experiments(arms, rules["controls"]):
        of = experiment.experiment_id
        found = [
            one
            for metric in rules["metrics"]
            for one in measured(
                metric,
                {v: sums_of(known.get((of, metric["metric"], v))) for v in experiment.variants},
                experiment.control,
                rules,
            )
        ]
        families = step_up([one.reported.p for one in found])
        common = _of_experiment(experiment, rules) | {"as_of": as_of}
        verdicts = _verdicts(experiment, found, rules)
        for one, p_adjusted in zip(found, families, strict=True):
            sums = known.get((of, one.metric["metric"], one.variant))
            verdict = verdicts.get(one.variant)
            rows.append(
                common
                | _of_variant(experiment, one)
                | {
                    "p_value_adjusted": p_adjusted,
                    "cap": sums.cap if sums is not None else nan,
                    "verdict": verdict.word if verdict else None,
                    "reason": verdict.reason_en if verdict else None,
                    "reason_zh": verdict.reason_zh if verdict else None,
                }
            )
    return rows


def sums_of(row: Any) -> Sums:
    """The sums of a row of the statistics; of none, those of nobody."""
    if row is None:
        return Sums(0, 0, 0)
    return Sums(float(row.units), row.sum_y, row.sum_yy, row.sum_x, row.sum_xx, row.sum_xy)


def _primary(experiment: Experiment, rules: Rules) -> Mapping[str, Any] | None:
    named = experiment.facts["primary_metric"]
    return next((metric for metric in rules["metrics"] if metric["metric"] == named), None)


def _window(metric: Mapping[str, Any] | None) -> int:
    """Days after the last exposure until the metric is known of everybody."""
    return int(metric["after_days"] + metric["within_days"]) if metric and metric["within_days"] else 0


def _verdicts(experiment: Experiment, found: list[Measured], rules: Rules) -> dict[str, Verdict]:
    """The verdict on each variant; the control has none but that of an invalid experiment."""
    wrong = flaws(experiment.split(), rules["srm_alpha"], rules["max_multiple_share"])
    primary = _primary(experiment, rules)
    is_over = experiment.is_over(_window(primary))
    deciding = [one for one in found if primary and one.metric["metric"] == primary["metric"]]
    # Several variants are several chances to find something: one family of the primary metric.
    of_primary = dict(
        zip((one.variant for one in deciding), step_up([_p(one, is_over) for one in deciding]), strict=True)
    )
    least = {one.variant: one.mean.units for one in deciding} or dict(experiment.people)
    verdicts = {}
    for variant in experiment.variants:
        if variant == experiment.control and not wrong:
            continue
        decides = next((one for one in deciding if one.variant == variant), None)
        verdicts[variant] = judge(
            wrong,
            _evidence(decides, of_primary[variant]) if decides else None,
            [
                _evidence(one, _p(one, is_over))
                for one in found
                if one.variant == variant and one.metric["guardrail"]
            ],
            fewest=min(least.get(variant, 0.0), least.get(experiment.control, 0.0)),
            min_units=rules["min_units"],
            is_over=is_over,
            alpha=rules["alpha"],
        )
    return verdicts


def _p(one: Measured, is_over: bool) -> float:
    """The p-value a verdict rests on: of too few who did it, none that says anything."""
    if is_over and one.reported.p == one.reported.p and not one.reported.is_enough:
        return 1.0
    return one.reported.p if is_over else one.reported.always_p


def _evidence(one: Measured, p: float) -> Evidence:
    sign = -1 if one.metric["goal"] == "decrease" else 1
    return Evidence(
        one.metric["name_en"],
        one.metric["name_zh"],
        p,
        sign * one.reported.difference,
        one.reported.is_enough,
    )


def _of_experiment(experiment: Experiment, rules: Rules) -> dict[str, Any]:
    facts, split = experiment.facts, experiment.split()
    return {
        "experiment_id": experiment.experiment_id,
        "name": facts["name"],
        "started_at": facts["started_at"],
        "ended_at": facts["ended_at"],
        "control": experiment.control,
        "srm_p_value": split.mismatch_p,
        "multiple_share": split.multiple_share,
        "undeclared_units": experiment.undeclared,
        "outside_units": experiment.outside,
        "is_valid": not flaws(split, rules["srm_alpha"], rules["max_multiple_share"]),
        "is_over": experiment.is_over(_window(_primary(experiment, rules))),
    }


def _of_variant(experiment: Experiment, one: Measured) -> dict[str, Any]:
    metric, told = one.metric, one.reported
    return {
        "metric": metric["metric"],
        "name_en": metric["name_en"],
        "name_zh": metric["name_zh"],
        "kind": metric["kind"],
        "goal": metric["goal"],
        "is_primary": metric["metric"] == experiment.facts["primary_metric"],
        "is_guardrail": metric["guardrail"],
        "variant": one.variant,
        "is_control": one.variant == experiment.control,
        "intended_share": experiment.shares.get(one.variant, nan),
        "units": one.mean.units,
        "mean": one.mean.value,
        "deviation": sqrt(one.mean.spread) if one.mean.spread >= 0 else nan,
        "lift": told.lift,
        "ci_low": told.lift_low,
        "ci_high": told.lift_high,
        "difference": told.difference,
        "difference_low": told.low,
        "difference_high": told.high,
        "p_value": told.p,
        "p_value_sequential": told.always_p,
        "sequential_low": told.always_low,
        "sequential_high": told.always_high,
        "lift_unadjusted": one.unadjusted.lift,
        "p_value_unadjusted": one.unadjusted.p,
        "variance_reduction": one.variance_reduction,
    }
