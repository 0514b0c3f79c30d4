"""One row per model, night and measure compared with some days ago."""

from __future__ import annotations

from typing import Any

from data_quality import model_quality, rules
from data_quality.night import Night


def comparable(night: Night) -> str:
    """A hundred people with a churn score, as many of whom could have had one on the earlier day."""
    days = night.number("drift.days", 7)
    return f"""
    select 1
    from features.ftr_user_snapshots as people
    inner join predictions.fct_churn_scores as scored on people.user_key = scored.user_key
    where people.as_of = {night.as_of_sql} - {days:.0f} and people.is_eligible
    having count(*) >= 100
    """


# Who is compared, and on how many: ml/stability.py. Of very many those of the smallest keys are.
REACHED = """
select 1
from (select user_key from predictions.fct_reach order by user_key limit 20000) as told
inner join (
    select user_key from features.ftr_reach_counts group by user_key having sum(earlier_times) > 0
) as seen on told.user_key = seen.user_key
having count(*) >= 100
"""
# Whoever had not taken all there was by the earlier day had a list then.
RECOMMENDED = """
with taken as (
    select days.user_key, days.item_id
    from features.ftr_item_days as days
    inner join features.ftr_items as items on days.item_id = items.item_id and items.is_available
    inner join intermediate.int_privacy__consents as consents
        on
            days.user_key = consents.user_key
            and consents.purpose = 'personalisation'
            and consents.status = 'granted'
    where days.day <= {then} and days.actions > 0
    group by days.user_key, days.item_id
)

select 1
from (select distinct user_key from features.ftr_people order by user_key limit 20000) as people
left join (select user_key, count(*) as items from taken group by user_key) as had
    on people.user_key = had.user_key
where
    coalesce(had.items, 0) < (select count(distinct item_id) from taken)
    and (select count(*) from predictions.fct_recommendations where rank = 1) >= 100
having count(*) >= 100
"""
SAID = """
with texts as (
    select said.user_key, said.feedback_day
    from predictions.fct_feedback_texts as told
    inner join intermediate.int_feedback__feedback as said on told.feedback_id = said.feedback_id
),

asked as (
    select feedback.user_key
    from intermediate.int_feedback__feedback as feedback
    inner join intermediate.int_privacy__consents as consents
        on
            feedback.user_key = consents.user_key
            and consents.purpose = 'analytics'
            and consents.status = 'granted'
    where feedback.feedback_day between {then} - 27 and {then}
    group by feedback.user_key
    order by feedback.user_key
    limit 20000
)

select 1
where
    (select count(*) from texts where feedback_day between {now} - 27 and {now}) >= 100
    and (
        select count(*) from texts
        where
            feedback_day between {then} - 27 and {then}
            and (user_key is null or user_key in (select user_key from asked))
    ) >= 100
"""


def of_each(night: Night) -> dict[str, str]:
    """By model, a query that finds a row where what it says can be compared with some days ago."""
    then = f"{night.as_of_sql} - {night.number('drift.days', 7):.0f}"
    return {
        "reach": REACHED,
        "recommendations": RECOMMENDED.format(then=then),
        "feedback": SAID.format(now=night.as_of_sql, then=then),
    }


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.ml_drift."""
    return [
        # Critical: a drift nobody measured looks like none.
        rules.filled(comparable(night), "people to compare"),
        *(
            rules.no_rows(f"the drift of {model} is measured", model_quality.unwatched(model, night, query))
            for model, query in of_each(night).items()
        ),
        rules.columns(["model", "model_version", "measure", "psi", "people_before", "people", "as_of"]),
        rules.unique("model", "measure", "as_of"),
        # Critical: the index is a distance; below nought, or no number, it was computed wrongly.
        rules.never("a distance", "psi is null or isnan(psi) or isinf(psi) or psi < 0"),
        # Warning: a score that moved this far says that the people, or what is known of them, changed.
        rules.no_rows(
            "scores like those of some days ago", model_quality.drifted(night, scores=True), "warning"
        ),
        # Warning: a feature that moved this far may be a source that broke before any score shows it.
        rules.no_rows(
            "features like those of some days ago", model_quality.drifted(night, scores=False), "warning"
        ),
        rules.never("of a hundred people at least", "people < 100 or people_before < 100"),
    ]
