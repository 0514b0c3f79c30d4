"""One row per month, subject and breakdown with answers."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

SCORED = "kind in ('csat', 'ces', 'rating', 'review') and score_100 is not null"
LOST = f"""
select 1 as offending
where (
    select coalesce(sum(csat_n + ces_n + rating_n), 0) from {{batch}}
    where subject_type = 'all' and breakdown = 'BREAKDOWN'
) <> (select count(*) from activation.fct_feedback where {SCORED})
"""


def _inside(name: str) -> str:
    return f"{name} not between {name}_low and {name}_high"


def expectations(night: Night) -> list[Any]:
    """The rules of activation.rpt_satisfaction."""
    return [
        rules.filled(f"select 1 from activation.fct_feedback where {SCORED}", "scored answers"),
        rules.columns(PUBLIC["rpt_satisfaction"].columns, exact=False),
        rules.as_of(night),
        rules.between("nps_low", -100, 100),
        rules.between("nps_high", -100, 100),
        rules.between("csat_low", 0, 1),
        rules.between("csat_high", 0, 1),
        rules.between("ces", 1, 7),
        rules.between("rating", 1, 5),
        rules.never("the parts are the whole", "n <> nps_n + csat_n + ces_n + rating_n or n < 1"),
        rules.never(
            "a number lies in its interval", " or ".join(map(_inside, ("nps", "csat", "ces", "rating")))
        ),
        # Critical: every answer of a month is in it once, and in one channel and one segment of it.
        *(
            rules.no_rows(f"no answer is lost by {breakdown}", LOST.replace("BREAKDOWN", breakdown))
            for breakdown in ("all", "channel", "segment")
        ),
    ]
