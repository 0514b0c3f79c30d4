"""Ship, stop, wait or invalid, and why, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

Word = Literal["ship", "stop", "wait", "invalid"]


@dataclass(frozen=True)
class Split:
    """Whether an experiment was run as intended.

    Attributes
    ----------
    is_declared, has_control
        Whether experiments say that it exists, and of two or more variants with their shares.
    mismatch_p
        See :func:`ml.experiments.comparison.ratio_mismatch_p`.
    multiple_share, undeclared_share
        Of its people, those who saw several variants, and those in a variant nobody declared.
    """

    is_declared: bool
    has_control: bool
    mismatch_p: float
    multiple_share: float
    undeclared_share: float


@dataclass(frozen=True)
class Evidence:
    """One metric of one variant, as far as a decision needs it.

    Attributes
    ----------
    name_en, name_zh
        The metric.
    p
        Fixed-horizon p-value once it is over, always-valid before; NaN when it cannot be tested.
    gain
        The difference, turned so that more is better; NaN when unknown.
    is_enough
        See :func:`ml.experiments.comparison.is_enough`; its p is 1 otherwise.
    """

    name_en: str
    name_zh: str
    p: float
    gain: float
    is_enough: bool

    def is_better(self, alpha: float) -> bool:
        return self.p < alpha and self.gain > 0

    def is_worse(self, alpha: float) -> bool:
        return self.p < alpha and self.gain < 0


@dataclass(frozen=True)
class Verdict:
    word: Word
    reason_en: str
    reason_zh: str


def flaws(split: Split, srm_alpha: float, max_multiple: float) -> list[tuple[str, str]]:
    """Why no number of the experiment may be believed; empty when it is valid."""
    found = []
    if not split.is_declared:
        found.append(("the experiment is not declared", "实验未声明"))
    elif not split.has_control:
        found.append(("fewer than two variants are declared with a share", "声明了占比的分组不足两个"))
    if split.mismatch_p < srm_alpha:
        found.append(
            (
                f"the split is not the intended one (sample ratio mismatch, p = {split.mismatch_p:.2g})",
                f"分流比例与设定不符（SRM，p = {split.mismatch_p:.2g}）",
            )
        )
    if split.multiple_share > max_multiple:
        found.append(
            (
                f"{split.multiple_share:.1%} of the people saw several variants",
                f"{split.multiple_share:.1%} 的人见过多个分组",
            )
        )
    if split.undeclared_share > max_multiple:
        found.append(
            (
                f"{split.undeclared_share:.1%} of the people saw a variant that is not declared",
                f"{split.undeclared_share:.1%} 的人见到未声明的分组",
            )
        )
    return found


def judge(
    wrong: Sequence[tuple[str, str]],
    primary: Evidence | None,
    guardrails: Sequence[Evidence],
    *,
    fewest: float,
    min_units: int,
    is_over: bool,
    alpha: float,
) -> Verdict:
    """The verdict on one variant.

    Parameters
    ----------
    wrong
        See :func:`flaws`.
    primary
        The metric that decides; None when the experiment names none of the tenant's metrics.
    fewest
        People in the smaller of the variant and its control.
    """
    if wrong:
        return Verdict("invalid", *("; ".join(side) for side in zip(*wrong, strict=True)))
    harmed = [one for one in guardrails if one.is_worse(alpha)]
    late = "" if is_over else ", however often one looked"
    late_zh = "" if is_over else "（随时查看均有效）"
    if primary is None:
        said = "the experiment names no metric of experiments.yml to decide it"
        return Verdict("wait", said, "实验未指定 experiments.yml 中的决策指标")
    if fewest < min_units:
        word: Word = "stop" if is_over else "wait"
        said = f"{fewest:.0f} people in a variant, {min_units} are needed"
        return Verdict(
            word,
            said + (" and it is over" if is_over else ""),
            f"某分组仅 {fewest:.0f} 人，至少需 {min_units} 人",
        )
    if harmed:
        return Verdict(
            "stop",
            f"it harms {', '.join(one.name_en for one in harmed)}{late}",
            f"护栏指标受损：{'、'.join(one.name_zh for one in harmed)}{late_zh}",
        )
    if isnan(primary.p):
        word = "stop" if is_over else "wait"
        return Verdict(word, f"{primary.name_en} does not vary", f"{primary.name_zh}没有差异可检验")
    if not primary.is_enough:
        word = "stop" if is_over else "wait"
        said = f"too few people for a test of {primary.name_en}"
        return Verdict(word, said, f"{primary.name_zh}的人数过少，无法检验")
    told, told_zh = f"p = {primary.p:.2g}{late}", f"p = {primary.p:.2g}{late_zh}"
    if primary.is_better(alpha):
        return Verdict("ship", f"{primary.name_en} is better, {told}", f"{primary.name_zh}更好，{told_zh}")
    if primary.is_worse(alpha):
        return Verdict("stop", f"{primary.name_en} is worse, {told}", f"{primary.name_zh}更差，{told_zh}")
    if is_over:
        said = f"it is over without an effect on {primary.name_en}, {told}"
        return Verdict("stop", said, f"实验已结束，{primary.name_zh}无显著变化，{told_zh}")
    said = f"no effect on {primary.name_en} is sure yet, {told}"
    return Verdict("wait", said, f"{primary.name_zh}尚无定论，{told_zh}")
