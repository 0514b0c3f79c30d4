"""The pages' YAML: understood whole, defined in both languages, refused where misspelt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards import specification
from dashboards.specification import FOLDER, PageError, pages

SOUND = (FOLDER / "churn.yml").read_text(encoding="utf-8")


def test_every_page_is_read() -> None:
    assert {page.page for page in pages()} == {path.stem for path in FOLDER.glob("*.yml")}
    assert pages()[0].page == "overview"


def test_every_page_speaks_both_languages() -> None:
    for page in pages():
        texts = [page.title, *(panel.title for panel in page.panels), *(c.title for c in page.choices)]
        texts += [column.label for panel in page.panels for column in panel.columns.values()]
        for text in texts:
            assert text["en"].strip(), page.page
            assert text["zh"].strip(), page.page


def test_every_number_and_chart_has_a_meaning() -> None:
    silent = {
        (page.page, panel.title["en"])
        for page in pages()
        for panel in page.panels
        for language in ("en", "zh")
        if panel.kind != "table" and not panel.meaning(language)
    }
    assert silent == set()


def test_every_column_of_a_table_has_a_meaning_in_both_languages() -> None:
    tables = [
        (page, panel) for page in pages() for panel in page.panels if panel.kind in ("table", "numbers")
    ]
    assert len(tables) > 10
    silent = [
        (page.page, panel.title["en"], name, language)
        for page, panel in tables
        for name, column in panel.columns.items()
        for language, letters in (("en", "[a-z]"), ("zh", "[\u4e00-\u9fff]"))
        if not re.search(letters, column.meaning(language))
    ]
    assert silent == []


def test_a_table_is_in_an_order_of_its_own() -> None:
    # Rows are cut after the first of them: which these are must not depend on the engine.
    for page in pages():
        for panel in page.panels:
            assert panel.kind != "table" or "order by" in panel.sql, (page.page, panel.title)


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("group: value", "group: valu", "valu"),
        ("kind: numbers", "kind: number", "kind"),
        ("horizontal: true", "horizontl: true", "horizontl"),
        ("dim_user_profiles.churn_band]", "dim_user_profiles.no_such]", "no_such"),
        ("    needs: [fct_churn_scores]\n", "", "needs"),
    ],
)
def test_a_misspelt_page_is_refused_by_name(tmp_path: Path, written: str, instead: str, said: str) -> None:
    assert written in SOUND
    (tmp_path / "spoiled.yml").write_text(SOUND.replace(written, instead), encoding="utf-8")
    with pytest.raises(PageError, match=rf"spoiled\.yml.*(?s:.*){said}"):
        specification.pages(tmp_path)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("    span: {en: today, zh: 数据日期当天}\n", ""),
        ("    wide: true\n", "    wide: true\n    span: {en: today, zh: 数据日期当天}\n"),
    ],
)
def test_what_no_period_changes_says_what_it_is_of(tmp_path: Path, written: str, instead: str) -> None:
    sound = (FOLDER / "lifecycle.yml").read_text(encoding="utf-8")
    assert written in sound
    (tmp_path / "spoiled.yml").write_text(sound.replace(written, instead), encoding="utf-8")
    with pytest.raises(PageError, match=r"spoiled\.yml.*(?s:.*)span"):
        specification.pages(tmp_path)


def test_a_view_is_read_of_everyone_and_of_some() -> None:
    text = {"en": "People", "zh": "人数"}
    panel = {"kind": "line", "title": text, "needs": ["dim_users"], "sql": "select n from {told} order by n"}
    view = {"sql": "select 1 as n", "sql_of_some": "select 2 as n where {people}"}
    named = {"page": "people", "group": "people", "order": 1, "title": text}
    page = specification.Page.model_validate({**named, "views": {"told": view}, "panels": [panel]})
    assert page.panels[0].sql == "select n from (select 1 as n) order by n"
    assert page.panels[0].sql_of_some == "select n from (select 2 as n where {people}) order by n"
    assert page.panels[0].follows_people
