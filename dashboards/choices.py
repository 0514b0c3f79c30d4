"""What can be chosen on a page, asked of the file served."""

from __future__ import annotations

from typing import Any

from dashboards.published import Missing, Published
from dashboards.saying import said
from dashboards.specification import Page


def filled(published: Published, page: Page, given: dict[str, Any], language: str) -> dict[str, Any]:
    """What was chosen; a choice made when the file had none of its options yet is the first of them now."""
    found = dict(given)
    for choice in page.choices:
        if choice.sql and not found.get(choice.name):
            options = asked(published, choice.sql, language, choice.words)
            found[choice.name] = options[0]["value"] if options else ""
    return found


def values(published: Published, column: str, language: str) -> list[dict[str, str]]:
    """The values people have in a column, those of most people first, as they are called elsewhere."""
    sql = (
        f"select {column} as value, count(*) as people from marts.dim_user_profiles"
        f" where {column} is not null group by {column} order by people desc, value limit 500"
    )
    found = asked(published, sql, language)
    if column == "segment_name":
        names = asked(
            published, "select name_en as value, name_{lang} as label from marts.dim_segments", language
        )
        called = {name["value"]: name["label"] for name in names}
        return [{**one, "label": called.get(one["value"], one["label"])} for one in found]
    if column == "acquisition_channel":
        return [{**one, "label": said("channels", one["label"], language)} for one in found]
    return found


def asked(published: Published, sql: str, language: str, words: str = "") -> list[dict[str, str]]:
    """The rows of a query as options, said in a vocabulary's words; none where the file cannot answer it."""
    try:
        found = published.frame(sql.replace("{lang}", language))
    except Missing:
        return []
    labels = found["label"] if "label" in found else found["value"]
    return [
        {"label": str(said(words, label, language) if words else label), "value": str(value)}
        for label, value in zip(labels, found["value"], strict=True)
    ]
