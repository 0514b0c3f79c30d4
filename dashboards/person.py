"""One person: portrait, state, value, risk and why, what to do, consents, and what happened when."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from dash import html

from dashboards import dictionary, timeline
from dashboards import format as formats
from dashboards.numbers import explained
from dashboards.parts import Plain
from dashboards.published import Missing, Published
from dashboards.saying import said
from dashboards.wording import say, told

MONEY = {"clv"}
SHARES = {"churn_probability"}
# Of the tables; a tag's value is a number or a word.
HOW = {"expected_value": "money", "value": "amount", "score": "decimal"}
# Of these the profile holds an id or an English name: the table that has both names.
NAMES = {
    "segment_name": ("dim_segments", "select name_{lang} from marts.dim_segments where name_en = $value"),
    "next_action": (
        "fct_next_actions",
        "select name_{lang} from marts.fct_next_actions where action = $value limit 1",
    ),
    "acquisition_campaign_id": (
        "rpt_campaigns",
        "select coalesce(name, campaign_id) from marts.rpt_campaigns where campaign_id = $value",
    ),
}
ACTIONS = """
select rank, name_{lang} as action, channel, send_hour, expected_value, reason
from marts.fct_next_actions where user_key = $user_key order by rank
"""
RECOMMENDED = """
select r.rank, coalesce(p.name, r.item_id) as item_id, r.score, r.method
from marts.fct_recommendations as r left join marts.rpt_products as p on r.item_id = p.product_id
where r.user_key = $user_key order by r.rank
"""
TAGS = """
select dim_tags.name_{lang} as tag, held.value, held.amount, held.valid_from
from marts.fct_user_tags as held inner join marts.dim_tags on held.tag = dim_tags.tag
where held.user_key = $user_key and held.valid_to is null order by 1, held.value
"""
CONSENTS = """
select purpose, status, changed_at, is_default from marts.fct_consents
where user_key = $user_key order by purpose
"""
TABLES = {"next_actions": ACTIONS, "recommended": RECOMMENDED, "tags": TAGS, "consents": CONSENTS}
# Where the columns of each are defined.
DEFINED = {
    "next_actions": "fct_next_actions",
    "recommended": "fct_recommendations",
    "tags": "fct_user_tags",
    "consents": "fct_consents",
}


def view(published: Published, user_key: str, language: str, can_find: bool) -> list[Any]:
    """All that the published file holds on a person, or how to find one."""
    form = _form(user_key, language, can_find)
    if not user_key:
        return [form]
    try:
        found = published.frame(
            "select * from marts.dim_user_profiles where user_key = $user_key", {"user_key": user_key}
        )
        if found.empty:
            return [form, _why(say("no_person", language))]
        return [form, *map(Plain, _all(published, found.iloc[0], user_key, language))]
    except Missing as missing:
        word = "no_file" if missing.what == "current.duckdb" else "no_table"
        return [form, _why(say(word, language, what=missing.what))]


def _all(published: Published, person: pd.Series, user_key: str, language: str) -> list[Any]:
    named = _named(published, person, language)
    parts = [_facts(named, language), _risk(published, user_key, language)]
    # A reason names the segment in English.
    segment = {"en": person.get("segment_name"), "said": named.get("segment_name")}
    parts += [_rows(published, word, sql, user_key, language, segment) for word, sql in TABLES.items()]
    return [*parts, _timeline(published, user_key, language)]


def _form(user_key: str, language: str, can_find: bool) -> html.Form:
    label = say("find_any" if can_find else "find_person", language)
    return html.Form(
        [
            html.Label(label, htmlFor="who"),
            html.Div(
                [
                    _Input(id="who", name="who", value=user_key, language=language),
                    html.Button(say("find", language), type="submit"),
                ],
                className="find-row",
            ),
        ],
        action="/find-person",
        method="POST",
        className="find",
    )


def _Input(id: str, name: str, value: str, language: str) -> html.Div:  # noqa: A002, N802
    from dash import dcc

    return html.Div(
        [
            dcc.Input(id=id, name=name, value=value, type="text", autoComplete="off", debounce=True),
            dcc.Input(name="language", value=language, type="hidden"),
        ]
    )


def _named(published: Published, person: pd.Series, language: str) -> pd.Series:
    """The person with what has a name in both languages called by it."""
    found = person.copy()
    for column, (table, sql) in NAMES.items():
        if pd.notna(person.get(column)) and published.columns(table):
            names = published.frame(sql.replace("{lang}", language), {"value": person[column]})
            found[column] = names.iloc[0, 0] if len(names) else person[column]
    return found


def _facts(person: pd.Series, language: str) -> html.Div:
    facts = []
    for name, value in person.items():
        column = str(name)
        if column.endswith("_zh") or column == "as_of":
            continue
        if language == "zh" and f"{column}_zh" in person:
            value = person[f"{column}_zh"]
        how = "money" if column in MONEY else "percent" if column in SHARES else ""
        meaning = dictionary.columns().get(f"dim_user_profiles.{column}", {}).get(language, column)
        label = said("facts", column, language)
        if label == column:
            label = column.replace("_", " ") if language == "en" else re.split("[；，：（。]", meaning)[0]
        facts.append(
            html.Div(
                [
                    html.Dt([label, explained(label, meaning, language, f"person-{column}")]),
                    html.Dd(
                        formats.number(told(column, value, language), how, language),
                        **{"data-fact": column},
                    ),
                ]
            )
        )
    return html.Div([html.H3(say("portrait", language), className="figure-title"), html.Dl(facts)])


def _risk(published: Published, user_key: str, language: str) -> html.Div:
    title = html.H3(say("risk", language), className="figure-title")
    try:
        found = published.frame(
            "select * from marts.fct_churn_scores where user_key = $user_key", {"user_key": user_key}
        )
    except Missing as missing:
        return html.Div([title, _why(say("no_table", language, what=missing.what))])
    if found.empty:
        return html.Div([title, _why(say("no_score", language))])
    row = found.iloc[0]
    named = [row[name] for name in ("reason_1", "reason_2", "reason_3") if pd.notna(row[name])]
    reasons = [str(told("reason_code", reason, language)) for reason in named]
    sentence = say(
        "risk_said",
        language,
        probability=formats.number(row["churn_probability"], "percent", language),
        band=told("churn_band", row["churn_band"], language),
        days=int(row["horizon_days"]),
        reasons=("、" if language == "zh" else ", ").join(reasons),
    )
    meaning = dictionary.definition("fct_churn_scores.churn_probability", language)
    sign = explained(say("risk", language), meaning, language, "person-risk")
    return html.Div([title, html.P([sentence, sign], className="risk-said")])


def _rows(
    published: Published, word: str, sql: str, user_key: str, language: str, segment: dict[str, Any]
) -> html.Div:
    title = html.H3(say(word, language), className="figure-title")
    try:
        found = published.frame(sql.replace("{lang}", language), {"user_key": user_key})
    except Missing as missing:
        return html.Div([title, _why(say("no_table", language, what=missing.what))])
    if found.empty:
        return html.Div([title, _why(say(f"no_{word}", language))])
    if "reason" in found and pd.notna(segment.get("en")):
        found["reason"] = found["reason"].str.replace(segment["en"], segment["said"], regex=False)
    if "amount" in found:
        # Of a tag that is a number the value is the same once more, as text.
        found["value"] = found["amount"].astype(object).where(found["amount"].notna(), found["value"])
        found = found.drop(columns="amount")
    return html.Div([title, _plain(found, say(word, language), language, word)])


def _timeline(published: Published, user_key: str, language: str) -> html.Div:
    title = html.H3(say("timeline", language), className="figure-title")
    found = timeline.rows(published, user_key, language)
    if found is None:
        return html.Div([title, _why(say("no_table", language, what="fct_events"))])
    if found.empty:
        return html.Div([title, _why(say("no_timeline", language))])
    return html.Div([title, _plain(found, say("timeline", language), language)])


def _head(name: str, word: str, language: str) -> html.Th:
    """A column's title, with its meaning where the table has one table of the file behind it."""
    label = say(f"column_{name}", language)
    if word not in DEFINED:
        return html.Th(label, scope="col")
    meaning = dictionary.definition(f"{DEFINED[word]}.{name}", language)
    sign = explained(label, meaning, language, f"person-{word}-{name}")
    return html.Th(html.Span([label, sign], className="together"), scope="col")


def _plain(found: pd.DataFrame, title: str, language: str, word: str = "") -> html.Div:
    head = [_head(str(name), word, language) for name in found.columns]
    body = [
        html.Tr(
            [
                html.Td(
                    formats.number(told(str(name), value, language), HOW.get(str(name), ""), language),
                    className="long" if name == "reason" else None,
                )
                for name, value in row.items()
            ]
        )
        for row in found.to_dict("records")
    ]
    return html.Div(
        html.Table([html.Thead(html.Tr(head)), html.Tbody(body)], className="rows"),
        className="scroll short",
        tabIndex=0,
        role="region",
        **{"aria-label": title},
    )


def _why(text: str) -> html.Div:
    return html.Div(text, className="empty-state small", role="status")
