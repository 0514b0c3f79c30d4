"""Each page is an exposure in dbt, and depends on the tables it shows and on no others."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from dashboards.specification import pages

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
NAME = re.compile(r"'(\w+)'\)$")


def _known() -> set[str]:
    """What dbt can refer to: models, and the sources that other steps write."""
    found = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    for path in (PROJECT / "models" / "sources").glob("*.yml"):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            found |= {table["name"] for table in source["tables"]}
    return found


def test_each_page_is_an_exposure_of_its_tables() -> None:
    written = yaml.safe_load((PROJECT / "semantic" / "exposures.yml").read_text(encoding="utf-8"))
    exposed = {
        exposure["name"]: {match[1] for name in exposure["depends_on"] if (match := NAME.search(name))}
        for exposure in written["exposures"]
    }
    shown = {
        f"dashboard_{page.page}": {table for panel in page.panels for table in panel.tables} & _known()
        for page in pages()
    }
    assert exposed == shown
