"""What a panel shows for a choice of period and people: a frame, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboards import notes
from dashboards.published import Missing, Published
from dashboards.saying import said
from dashboards.specification import Panel
from dashboards.wording import say
from metrics import definitions, query

# A filter of the pages and the dimension of people it is about.
PEOPLE = {
    "country": "country",
    "channel": "acquisition_channel",
    "platform": "platform",
    "segment": "segment_name",
}
PERIODS = {"days_7": 7, "days_30": 30, "days_90": 90, "days_365": 365, "all": None}
USUAL_PERIOD = "days_30"
TABLE_ROWS = 200
# Aggregates of which a day without rows has 0, and not nothing.
ADDITIVE = ("sum", "count", "count_distinct")


@dataclass(frozen=True)
class Chosen:
    """What a reader chose on a page; of a page without that filter, no period."""

    period: str | None = None
    people: tuple[tuple[str, tuple[str, ...]], ...] = ()
    own: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Chosen:
        people = tuple(
            (PEOPLE[name], tuple(given[name])) for name in PEOPLE if isinstance(given.get(name), list | tuple)
        )
        known = {*PEOPLE, "period"}
        own = tuple(sorted((name, value) for name, value in given.items() if name not in known))
        period = given.get("period")
        return cls(period if period in PERIODS else None, tuple((n, v) for n, v in people if v), own)


def as_of(published: Published) -> date:
    """The day the served file describes."""
    found = published.frame("select max(as_of) as as_of from marts.dim_users")["as_of"].iloc[0]
    if pd.isna(found):
        raise Missing("dim_users")
    return pd.Timestamp(found).date()


def days(period: str | None, last: date) -> tuple[date | None, date]:
    """The first and last day of a period, or of the usual one; no first means all of history."""
    length = PERIODS[period or USUAL_PERIOD]
    return (None if length is None else last - timedelta(days=length - 1)), last


def answer(published: Published, panel: Panel, chosen: Chosen, language: str) -> pd.DataFrame:
    """A panel's rows; `attrs['why']` says in words why there are none."""
    try:
        lacking = published.has(panel.tables)
        if lacking:
            return _nothing(say("no_table", language, what=", ".join(sorted(lacking))))
        found = (
            _metrics(published, panel, chosen) if panel.metrics else _sql(published, panel, chosen, language)
        )
    except Missing as missing:
        if missing.what == "current.duckdb":
            return _nothing(say("no_file", language))
        return _nothing(say("no_table", language, what=missing.what))
    for name in set(panel.words) & set(found.columns):
        found[name] = [said(panel.words[name], word, language) for word in found[name]]
    if found.empty:
        return _nothing(say("no_rows", language, what=", ".join(sorted(panel.tables))))
    found.attrs["notes"] = notes.of(panel, found, chosen.period, bool(chosen.people), language)
    return found


def _nothing(why: str) -> pd.DataFrame:
    found = pd.DataFrame()
    found.attrs["why"] = why
    return found


def before(first: date | None, last: date) -> tuple[date, date] | None:
    """The days of the period before one, as many as it has; none before all of history."""
    return None if first is None else (first - (last - first) - timedelta(days=1), first - timedelta(days=1))


def question(
    published: Published,
    panel: Panel,
    chosen: Chosen,
    language: str,
    between: tuple[date | None, date] | None = None,
) -> tuple[str, dict[str, Any]]:
    """The query of a panel with sql, and its parameters: of the period chosen, or between two other days."""
    first, last = between or days(chosen.period, as_of(published))
    text = panel.sql_of_some if chosen.people and panel.sql_of_some else panel.sql
    condition, parameters = people_condition(chosen)
    sql = text.replace("{people}", condition).replace("{lang}", language)
    sql = sql.replace("{_zh}", "_zh" if language == "zh" else "")
    return sql, {"first": first or date(1900, 1, 1), "last": last, **parameters, **dict(chosen.own)}


def _sql(published: Published, panel: Panel, chosen: Chosen, language: str) -> pd.DataFrame:
    if panel.kind == "numbers":
        return _cards(published, panel, chosen, language)
    sql, values = question(published, panel, chosen, language)
    if panel.kind != "table":
        return published.frame(sql, values)
    counted = published.frame(f"select count(*) as total from ({sql}) as counted", values)
    found = published.frame(f"{sql}\nlimit {TABLE_ROWS}", values)
    found.attrs["total"] = int(counted["total"].iloc[0])
    return found


def _cards(published: Published, panel: Panel, chosen: Chosen, language: str) -> pd.DataFrame:
    """The columns of the one row of sql as numbers, beside what they were in the period before."""
    now = published.frame(*question(published, panel, chosen, language))
    earlier = before(*days(chosen.period, as_of(published))) if panel.follows_period else None
    was = published.frame(*question(published, panel, chosen, language, earlier)) if earlier else None
    return pd.DataFrame(
        [
            {
                "metric": name,
                "value": _number(now[name].iloc[0]),
                "was": None if was is None else _number(was[name].iloc[0]),
                "of_everyone": bool(chosen.people) and not panel.follows_people,
                "of_any_period": bool(chosen.period) and not panel.follows_period,
            }
            for name in panel.columns
        ]
    )


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def people_condition(chosen: Chosen) -> tuple[str, dict[str, list[str]]]:
    """A condition on user_key that holds for the people chosen, and its parameters."""
    if not chosen.people:
        return "true", {}
    parts = [f"list_contains($people_{n}, {column})" for n, (column, _) in enumerate(chosen.people)]
    inner = f"select user_key from marts.dim_user_profiles where {' and '.join(parts)}"
    values = {f"people_{n}": list(wanted) for n, (_, wanted) in enumerate(chosen.people)}
    return f"user_key in ({inner})", values


def _metrics(published: Published, panel: Panel, chosen: Chosen) -> pd.DataFrame:
    first, last = days(chosen.period, as_of(published))
    if panel.kind == "numbers":
        return _numbers(published, panel, chosen, first, last)
    if first is None:
        first = last - timedelta(days=729)
    found = _asked(published, panel.metrics, panel.by, first, last, chosen)[0]
    return every_day(found, panel.metrics, last) if panel.by == ["day"] and not found.empty else found


def every_day(found: pd.DataFrame, names: list[str], last: date) -> pd.DataFrame:
    """Rows by day, with a row for each day without one, so that no line runs across it.

    Parameters
    ----------
    found : pandas.DataFrame
        Columns `day` and the metrics' names, in the order of the days; at least one row.
    names : list of str
        The metrics. Those that count or add up are 0 where nothing was; shares and means are missing.
    last : date
        The last day of the period. The first is the first row's, since nothing tells whether there
        were users to be counted before it.
    """
    layer = definitions.load()
    whole = pd.date_range(found["day"].iloc[0], pd.Timestamp(last), name="day")
    filled = found.set_index(pd.DatetimeIndex(found["day"])).drop(columns="day").reindex(whole)
    for name in names:
        measure = layer.metrics[name].measure
        if measure and layer.measures[measure].agg in ADDITIVE:
            filled[name] = filled[name].fillna(0).astype(found[name].dtype)
    filled = filled.reset_index()
    filled.attrs = found.attrs
    return filled


def _numbers(
    published: Published, panel: Panel, chosen: Chosen, first: date | None, last: date
) -> pd.DataFrame:
    """One row per metric: its value, and its value in the period before where there is one."""
    layer = definitions.load()
    earlier = before(first, last)
    now: dict[str, float | None] = {}
    was: dict[str, float | None] = {}
    everyone: set[str] = set()
    timeless = {name for name in panel.metrics if chosen.period and layer.metrics[name].timeless}
    for of_some, names in _told_apart(layer, panel.metrics, chosen):
        now |= _row(published, names, first, last, chosen)
        moving = [name for name in names if not layer.metrics[name].timeless]
        if earlier and moving:
            was |= _row(published, moving, *earlier, chosen)
        everyone |= set() if of_some else set(names)
    return pd.DataFrame(
        [
            {
                "metric": name,
                "value": now[name],
                "was": was.get(name),
                "of_everyone": name in everyone,
                "of_any_period": name in timeless,
            }
            for name in panel.metrics
        ]
    )


def _told_apart(layer: definitions.Layer, names: list[str], chosen: Chosen) -> list[tuple[bool, list[str]]]:
    """The metrics that know the people chosen, and those that do not: one question each."""
    wanted = set(dict(chosen.people))
    known = [name for name in names if wanted <= set(layer.dimensions(name))]
    unknown = [name for name in names if name not in known]
    return [(some, group) for some, group in ((True, known), (False, unknown)) if group]


def _row(
    published: Published, names: list[str], first: date | None, last: date, chosen: Chosen
) -> dict[str, float | None]:
    found = _asked(published, names, [], first, last, chosen)[0]
    return {name: _number(found[name].iloc[0]) for name in names}


def _asked(
    published: Published, names: list[str], by: list[str], first: date | None, last: date, chosen: Chosen
) -> tuple[pd.DataFrame, bool]:
    """The rows, and whether they are of the people chosen."""
    layer = definitions.load()
    told_apart = all(set(dict(chosen.people)) <= set(layer.dimensions(name)) for name in names)
    where = dict(chosen.people) if told_apart else {}
    sql, parameters = query.compiled(query.asked(names, by, first, last, where), layer)
    found = published.frame(sql, parameters)
    if chosen.people and not told_apart:
        found.attrs["of_everyone"] = True
    return found, told_apart
