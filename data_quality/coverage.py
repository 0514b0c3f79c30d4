"""Who must be in a table of predictions, and who must not."""

from __future__ import annotations

from data_quality.night import Night

_CONSENT = """
inner join intermediate.int_privacy__consents as consents
    on
        people.user_key = consents.user_key
        and consents.purpose = 'profiling'
        and consents.status = 'granted'
"""


def missing(model: str, night: Night, eligible: str | None = None) -> str:
    """Eligible people who let us profile and have no row, when there is a model to give them one.

    Parameters
    ----------
    eligible
        A query of the user_key of those who need a row; the snapshots' own word by default.
    """
    of_today = (
        f"select user_key from features.ftr_user_snapshots where as_of = {night.as_of_sql} and is_eligible"
    )
    return f"""
    select 1 as offending
    from ({eligible or of_today}) as people
    {_CONSENT}
    left join {{batch}} as predicted on people.user_key = predicted.user_key
    where
        predicted.user_key is null
        and exists (
            select 1 from predictions.ml_model_version
            where model = '{model}' and as_of = {night.as_of_sql} and method <> 'none'
        )
    """


def uninvited(night: Night) -> str:
    """Rows of people who are not known on the as-of day or have not granted profiling."""
    return f"""
    select 1 as offending
    from {{batch}} as predicted
    left join (
        select people.user_key
        from features.ftr_user_snapshots as people
        {_CONSENT}
        where people.as_of = {night.as_of_sql}
    ) as invited on predicted.user_key = invited.user_key
    where invited.user_key is null
    """
