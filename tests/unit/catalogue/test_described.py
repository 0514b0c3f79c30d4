"""What no SQL of dbt makes is described as its contracts are: every table and column, in two languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from catalogue.lineage import MODELS
from ml import catalogue
from orchestration import layers, publishing

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _written(schema: str) -> dict[str, dict[str, Any]]:
    """The tables of a schema as `sources/` describes them, each once."""
    found = [
        table
        for path in sorted((MODELS / "sources").glob("*.yml"))
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        if source["schema"] == schema
        for table in source["tables"]
    ]
    names = [table["name"] for table in found]
    assert len(set(names)) == len(names)
    return dict(zip(names, found, strict=True))


def _chinese(described: dict[str, Any]) -> str:
    return str(described.get("config", {}).get("meta", {}).get("description_zh", ""))


@pytest.mark.parametrize("schema", ["predictions", "marts"])
def test_every_table_and_column_is_described_in_two_languages(schema: str) -> None:
    tables = _written(schema)
    assert tables
    for name, table in tables.items():
        assert table["description"].startswith("One row per "), name
        assert CHINESE.search(_chinese(table)), name
        assert table["columns"], name
        for column in table["columns"]:
            assert column.get("description"), f"{name}.{column['name']}"
            assert CHINESE.search(_chinese(column)), f"{name}.{column['name']}"


def test_the_columns_described_are_those_the_models_write() -> None:
    tables = _written("predictions")
    written = {
        name: list(columns) for spec in catalogue.specs().values() for name, columns in spec.tables.items()
    }
    assert set(layers.PUBLIC_BESIDE_MARTS["predictions"]) <= set(written) <= set(tables)
    described = {name: [column["name"] for column in tables[name]["columns"]] for name in written}
    assert {name: set(columns) for name, columns in described.items()} == {
        name: set(columns) for name, columns in written.items()
    }


def test_what_the_publish_step_writes_is_described() -> None:
    assert set(_written("marts")) == set(publishing.MADE_HERE)
