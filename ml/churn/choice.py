"""What is published: the best candidate if it beats the rules out of time, else the best rule."""

from __future__ import annotations

import math

import pandas as pd

from ml import measures
from ml.churn.backtest import is_rule
from ml.churn.settings import ChurnSettings

_METRICS = ("auc", "brier", "ece", "pr_auc_rarer", "lift_10", "lift_10_limit")
#: Brier scores nearer than this are the same; ranking decides between them.
_NEAR = 1.01
#: One-sided 95 %: a gain that chance gives one time in twenty is none.
_Z = 1.645


def means_of(results: pd.DataFrame) -> pd.DataFrame:
    """Mean of every measure over the test days, by candidate and rule."""
    return results.drop(columns="test_day").groupby("candidate", sort=True).mean()


def choose(results: pd.DataFrame, settings: ChurnSettings) -> tuple[str, str]:
    """The candidate of least Brier score and best ranking or, if not better, a rule; and why not.

    Better means on the same test days: an AUC above the best rule's by ``min_gain`` and by more
    than chance, and a Brier score no worse than the best rule's.
    """
    means = means_of(results)
    rules = means.loc[[name for name in means.index if is_rule(name)]]
    candidates = means.loc[[name for name in means.index if not is_rule(name)]]
    rule = str(rules["brier"].idxmin())
    if candidates.empty:
        return rule, "no feature varies"
    near = candidates[candidates["brier"] <= candidates["brier"].min() * _NEAR]
    best = str(near.sort_values(["auc", "brier"], ascending=[False, True], kind="stable").index[0])
    rival = str(rules["auc"].idxmax())
    own = results[results["candidate"] == best]
    gain = float(own[f"gain_{rival}"].mean())
    error = math.sqrt(float(own[f"variance_{rival}"].sum())) / len(own)
    told = f"AUC {gain:+.4f} ± {_Z * error:.4f} against {rival}"
    if not (gain >= settings.min_gain and gain > _Z * error):
        return rule, f"{best} did not beat the rules out of time: {told}"
    if float(candidates["brier"][best]) > float(rules["brier"].min()):
        return rule, f"{best} did not beat the rules out of time: {told}, but a worse Brier score"
    return best, ""


def best_rule(results: pd.DataFrame) -> str:
    """The rule that ranks best, to be shown beside what is published."""
    means = means_of(results)
    return str(means.loc[[name for name in means.index if is_rule(name)], "auc"].idxmax())


def metrics(results: pd.DataFrame, chosen: str) -> pd.DataFrame:
    """Means over the test days, each beside the best any rule reached."""
    means = means_of(results)
    rules = means.loc[[name for name in means.index if is_rule(name)]]
    rows = []
    for name in _METRICS:
        best = rules[name].min() if name in measures.ERRORS else rules[name].max()
        rows.append((name, float(means[name][chosen]), float(best)))
    return pd.DataFrame(rows, columns=["metric", "value", "baseline_value"])
