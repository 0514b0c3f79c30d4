"""Queries of offending metrics of a night's model, for the suites of the models."""

from __future__ import annotations

from collections.abc import Iterable

from data_quality.night import Night

COLUMNS = ("model", "model_version", "metric", "value", "baseline_value", "as_of")
#: Over this population stability index a distribution is another one, by the trade's convention.
DRIFTED = 0.25
#: Over this calibration error probabilities mislead whoever multiplies by them.
MOST_ECE = 0.05
#: Features that saw the outcome ranked at .97 and over where an honest cut in time ranked at .71.
TOO_GOOD = 0.96
# Methods that stand for "nothing was learned" leave no metrics.
_TESTED = "method not in ('none', 'rule:everyone') and method not like '%:untested'"


def one_version(model: str, night: Night) -> str:
    """Offends unless the night has one version of the model, and metrics of no other."""
    return f"""
    select 1 as offending
    from (
        select count(*) as versions, min(model_version) as model_version
        from predictions.ml_model_version
        where {_tonight(model, night)}
    ) as tonight
    where
        versions <> 1
        or exists (
            select 1 from {{batch}} as metrics
            where
                {_tonight(model, night)}
                and metrics.model_version is distinct from tonight.model_version
        )
    """


def untold(model: str, night: Night) -> str:
    """Offends when the night's model was tested and left no metric."""
    return f"""
    select 1 as offending from predictions.ml_model_version as versions
    where
        model = '{model}' and as_of = {night.as_of_sql} and {_TESTED}
        and not exists (
            select 1 from {{batch}} as metrics
            where metrics.model = versions.model and metrics.as_of = versions.as_of
        )
    """


def outside(model: str, night: Night, metrics: Iterable[str]) -> str:
    """A metric that is a share and not between 0 and 1."""
    named = ", ".join(f"'{metric}'" for metric in metrics)
    tonight = _tonight(model, night)
    return f"{tonight} and metric in ({named}) and (value is null or value not between 0 and 1)"


def below(model: str, night: Night, metric: str, floor: float) -> str:
    """A metric under its floor."""
    return f"{_tonight(model, night)} and metric = '{metric}' and value < {floor}"


def above(model: str, night: Night, metric: str, ceiling: float) -> str:
    """A metric over its ceiling."""
    return f"{_tonight(model, night)} and metric = '{metric}' and value > {ceiling}"


def foretold(model: str, night: Night, metric: str = "auc") -> str:
    """An AUC nobody reaches who does not know the outcome: some feature does."""
    return above(model, night, metric, TOO_GOOD)


def beaten(model: str, night: Night, error: str, slack: float = 1.0) -> str:
    """A learned model whose error is over the best rule's, times a slack."""
    return _learned(model, night, f"metric = '{error}' and value > {slack} * baseline_value")


def outranked(model: str, night: Night, metric: str) -> str:
    """A learned model whose metric is under the best rule's."""
    return _learned(model, night, f"metric = '{metric}' and value < baseline_value")


def worse(model: str, night: Night, metric: str, floor: float) -> str:
    """A learned model's metric under its floor."""
    return _learned(model, night, f"metric = '{metric}' and value < {floor}")


def barely(model: str, night: Night, metric: str, by: float) -> str:
    """A learned model whose metric is over the best rule's by less than it should be."""
    return _learned(model, night, f"metric = '{metric}' and value < baseline_value + {by}")


def unfinished(model: str, night: Night, horizon: float) -> str:
    """A learned model that was shown outcomes of a day whose horizon was not over."""
    days = "cast(versions.card -> '$.training_days' as varchar[])"
    latest = f"list_max(cast({days} as date[]))"
    return _learned(model, night, f"{latest} + {horizon:.0f} > versions.as_of")


def dropped(model: str, night: Night, metric: str, by: float = 0.05) -> str:
    """A metric well under that of the version before."""
    return f"""
    select 1 as offending
    from (
        select value, as_of, lag(value) over (order by as_of) as before
        from {{batch}}
        where model = '{model}' and metric = '{metric}' and as_of <= {night.as_of_sql}
    )
    where as_of = {night.as_of_sql} and value < before - {by}
    """


def drifted(night: Night, *, scores: bool) -> str:
    """Measures of the night's models, scores or features, far from those of some days ago."""
    is_score = "" if scores else "not "
    return f"""
    select 1 as offending from {{batch}}
    where as_of = {night.as_of_sql} and psi > {DRIFTED} and measure {is_score}like '%score'
    """


def unwatched(model: str, night: Night, comparable: str) -> str:
    """Offends when tonight's drift of a model was not measured, though there is enough to compare.

    Parameters
    ----------
    comparable
        A query that finds a row where there is.
    """
    return f"""
    select 1 as offending
    where
        not exists (select 1 from {{batch}} where {_tonight(model, night)})
        and exists ({comparable})
    """


def _tonight(model: str, night: Night) -> str:
    return f"model = '{model}' and as_of = {night.as_of_sql}"


def _learned(model: str, night: Night, condition: str) -> str:
    return f"""
    select 1 as offending
    from {{batch}} as metrics
    inner join predictions.ml_model_version as versions
        on metrics.model = versions.model and metrics.as_of = versions.as_of
    where
        metrics.model = '{model}'
        and metrics.as_of = {night.as_of_sql}
        and versions.method not like 'rule:%'
        and {condition}
    """
