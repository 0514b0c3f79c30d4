"""What is published: the best candidate if it beats the rules out of time, else the best rule."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from ml import measures
from ml.churn.backtest import Tested, is_rule
from ml.churn.settings import ChurnSettings
from ml.promotion import MARGIN, MOST_ECE, Contest, contest

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

    Of candidates about as near, those whose calibration holds come first: a little ranking is not worth
    probabilities that may not be multiplied by anything.

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
    near = near[near["ece"] <= MOST_ECE] if (near["ece"] <= MOST_ECE).any() else near
    best = str(near.sort_values(["auc", "brier"], ascending=[False, True], kind="stable").index[0])
    reason = _unproven(results, means, best, settings)
    return (rule, reason) if reason else (best, "")


def _unproven(results: pd.DataFrame, means: pd.DataFrame, name: str, settings: ChurnSettings) -> str:
    """Why a candidate is no better than the rules on these test days; empty when it is."""
    rules = means.loc[[name for name in means.index if is_rule(name)]]
    rival = str(rules["auc"].idxmax())
    own = results[results["candidate"] == name]
    gain = float(own[f"gain_{rival}"].mean())
    error = math.sqrt(float(own[f"variance_{rival}"].sum())) / len(own)
    told = f"AUC {gain:+.4f} ± {_Z * error:.4f} against {rival}"
    if not (gain >= settings.min_gain and gain > _Z * error):
        return f"{name} did not beat the rules out of time: {told}"
    if float(means["brier"][name]) > float(rules["brier"].min()):
        return f"{name} did not beat the rules out of time: {told}, but a worse Brier score"
    return ""


@dataclass(frozen=True)
class Decision:
    """What is published, why not the full model, and how it came to replace what was published."""

    chosen: str
    reason: str
    told: str
    contest: Contest | None = None

    def card(self) -> dict[str, Any]:
        """For the model's card: the decision, and the figures of the contest where there was one."""
        return {"decision": self.told, "contest": None if self.contest is None else asdict(self.contest)}

    def metrics(self) -> list[tuple[str, float, float]]:
        """For the table of metrics: the gain on the champion and its lower end, beside the margin."""
        if self.contest is None:
            return []
        return [
            ("champion_auc_gain", self.contest.gain, MARGIN),
            ("champion_auc_gain_low", self.contest.low, MARGIN),
        ]


def decide(tested: Tested, settings: ChurnSettings) -> Decision:
    """What all test days speak for, if it may replace what the older ones spoke for.

    A champion that no longer beats the plain rules has lost without a contest, and a rule that was not
    beaten needs none to be published.
    """
    results = tested.results
    chosen, reason = choose(results, settings)
    older = results[results["test_day"] < results["test_day"].max()]
    if older.empty:
        return Decision(chosen, reason, f"{chosen} is the first: there is one test day only")
    champion, _ = choose(older, settings)
    if champion == chosen:
        return Decision(chosen, reason, f"{chosen} kept: the newest outcomes speak for it too")
    if is_rule(chosen):
        return Decision(chosen, reason, f"{chosen} published, {champion} no longer beats it")
    if champion not in tested.forecasts:
        return Decision(chosen, reason, f"{chosen} published, {champion} can no longer be fitted")
    if not is_rule(champion) and _unproven(results, means_of(results), champion, settings):
        return Decision(chosen, reason, f"{chosen} promoted: {champion} no longer beats the rules")
    pair = [(name, tested.forecasts[name]) for name in (chosen, champion)]
    found = contest(tested.truth, pair[0], pair[1], settings.seed)
    if found.is_won:
        return Decision(chosen, reason, found.told, found)
    kept = "the rule stays until a model has earned its place" if is_rule(champion) else ""
    return Decision(champion, kept, found.told, found)


def best_rule(results: pd.DataFrame) -> str:
    """The rule that ranks best, to be shown beside what is published."""
    means = means_of(results)
    return str(means.loc[[name for name in means.index if is_rule(name)], "auc"].idxmax())


def metrics(results: pd.DataFrame, decision: Decision) -> pd.DataFrame:
    """Means over the test days, each beside the best any rule reached; then those of the decision."""
    means = means_of(results)
    rules = means.loc[[name for name in means.index if is_rule(name)]]
    rows = []
    for name in _METRICS:
        best = rules[name].min() if name in measures.ERRORS else rules[name].max()
        rows.append((name, float(means[name][decision.chosen]), float(best)))
    rows += decision.metrics()
    return pd.DataFrame(rows, columns=["metric", "value", "baseline_value"])
