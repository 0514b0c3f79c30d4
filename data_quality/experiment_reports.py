"""What holds of every report of experiments, in the warehouse and in the published file."""

from __future__ import annotations

from typing import Any

from data_quality import rules

# A decision nobody could have taken from these numbers.
UNFOUNDED = (
    "not is_control and (verdict is null or (not is_valid) <> (verdict = 'invalid'))"
    " or is_control and verdict is not null and is_valid"
)
MIXED = """
select 1 as offending from {batch}
group by as_of, experiment_id, variant having count(distinct coalesce(verdict, '')) > 1
"""
CONTROLS = """
select 1 as offending from {batch}
group by as_of, experiment_id, metric having sum(case when is_control then 1 else 0 end) <> 1
"""


def told_right() -> list[Any]:
    """Intervals hold their estimates, p-values are shares, verdicts follow from validity."""
    return [
        rules.in_set("verdict", ["ship", "stop", "wait", "invalid"]),
        *(
            rules.between(name, 0, 1)
            for name in (
                "p_value",
                "p_value_adjusted",
                "p_value_sequential",
                "p_value_unadjusted",
                "srm_p_value",
            )
        ),
        rules.never("the lift lies in its interval", "not lift between ci_low and ci_high"),
        rules.never(
            "the difference lies in its intervals",
            "not (difference between difference_low and difference_high)"
            " or not (difference between sequential_low and sequential_high)",
        ),
        # Critical: looking often costs certainty, never gains it.
        rules.never(
            "always valid is never surer",
            "kind <> 'mean' and kind <> 'revenue' and p_value_sequential < p_value",
        ),
        rules.never("adjusted is never surer", "p_value_adjusted < p_value"),
        rules.never("a control is compared with nothing", "is_control and p_value is not null"),
        rules.no_rows("one control", CONTROLS),
        rules.no_rows("one verdict on a variant", MIXED),
        # Critical: ship on a broken split is the costliest mistake there is.
        rules.never("verdicts follow from validity", UNFOUNDED),
        rules.never(
            "a verdict has its reason", "verdict is not null and (reason is null or reason_zh is null)"
        ),
    ]
