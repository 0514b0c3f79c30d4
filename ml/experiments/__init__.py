"""Experiments: what each variant did to each metric, how sure that is, and what follows.

A person is in the variant seen first, and only what happens after that counts. ``lift`` is the variant's
mean over the control's, less one, with Fieller's 95 % interval, which agrees with the test. Shares and ratios
are tested by z, means by Welch's t, two-sided, after CUPED on the days before the exposure;
``p_value_sequential`` and its interval hold however often one looks (mSPRT), ``p_value_adjusted`` is
Benjamini-Hochberg's over all metrics and variants of the experiment.

The primary metric decides: at the fixed horizon once the experiment is over, by the always-valid test before.
``ship``: better, and no guardrail worse. ``stop``: worse, a guardrail worse, or over without an effect.
``wait``: not sure yet. ``invalid``: the split is not the intended one (p < 0.001), over 1 % saw several
variants or one nobody declared, or no split was declared: no number is to be believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.experiments.tables import TABLES
from ml.spec import Frames, ModelSpec, Picture, Trained

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"rules": settings["experiments"]}


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    return frames["ftr_experiment_arms"].iloc[:0]


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    import pandas as pd

    nothing = pd.DataFrame(columns=["metric", "value", "baseline_value"])
    rules = settings["experiments"]
    card = {"metrics": len(rules["metrics"]), "reason": "experiments are computed, not learned"}
    return Trained("experiments", {"rules": json.dumps(rules, sort_keys=True)}, "none", nothing, card)


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.experiments.report import report
    from ml.experiments.segments import by_segment
    from ml.experiments.tables import framed

    rules = json.loads(trained.model["rules"])
    arms, statistics = frames["ftr_experiment_arms"], frames["ftr_experiment_statistics"]
    rows = report(arms, statistics, rules, as_of)
    return {
        "rpt_experiments": framed("rpt_experiments", rows),
        "rpt_experiment_history": framed("rpt_experiment_history", rows),
        "rpt_experiment_segments": framed(
            "rpt_experiment_segments", by_segment(arms, statistics, rules, as_of)
        ),
    }


def _picture(history: pd.DataFrame) -> str:
    from ml.experiments.picture import lift_over_time

    return lift_over_time(history)


SPEC = ModelSpec(
    name="experiments",
    purpose="analytics",
    needs=("features.ftr_experiment_arms", "features.ftr_experiment_statistics"),
    tables=TABLES,
    kept=frozenset({"rpt_experiment_history"}),
    pictured={"rpt_experiment_history": Picture(_picture)},
    select=_select,
    train=_train,
    score=_score,
    parameters=_parameters,
    revision=2,
    is_anchored=False,
)
