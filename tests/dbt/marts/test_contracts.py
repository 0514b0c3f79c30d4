"""What every public model says of itself: grain, contract, and both languages."""

from __future__ import annotations

import re

import pytest

from data_quality.interface import PUBLIC
from tests.dbt.house import PROJECT, House

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LAYERS = ("marts", "features", "activation")
MADE_HERE = {layer: len(list((PROJECT / "models" / layer).rglob("*.sql"))) for layer in LAYERS}


@pytest.fixture(scope="module")
def models(house: House) -> dict[str, object]:
    """The models of the three layers, by name."""
    return {
        node.name: node
        for node in house.manifest.nodes.values()
        if node.resource_type == "model" and node.fqn[1] in MADE_HERE
    }


def test_the_layers_hold_what_is_expected_of_them(models: dict) -> None:
    found = [node.fqn[1] for node in models.values()]
    assert {layer: found.count(layer) for layer in MADE_HERE} == MADE_HERE


def test_public_tables_are_contracts_with_their_public_columns(models: dict) -> None:
    for name, node in models.items():
        assert node.config.contract.enforced, name
        # Rows are public through the view that shows them with their as-of day.
        if name.endswith("_rows"):
            assert str(node.access) == "protected", name
            assert _view_of(name, models).config.materialized == "view", name
            continue
        assert str(node.access) == ("protected" if node.fqn[1] == "features" else "public"), name
        if name in PUBLIC:
            assert set(PUBLIC[name].columns) <= set(node.columns), name
        assert "as_of" in node.columns, name


def _view_of(rows: str, models: dict) -> object:
    thing = rows.removesuffix("_rows")
    names = (thing, f"{thing}s", thing.rpartition("_")[0])
    return next(models[name] for name in names if name in models)


def test_descriptions_open_with_the_grain_in_two_languages(models: dict) -> None:
    for name, node in models.items():
        assert node.description.startswith("One row per "), name
        assert CHINESE.search(node.config.meta.get("description_zh", "")), name
        for column in node.columns.values():
            assert column.description, f"{name}.{column.name}"
            assert CHINESE.search(column.config.meta.get("description_zh", "")), f"{name}.{column.name}"


def test_every_public_model_has_rows_worked_by_hand(house: House, models: dict) -> None:
    worked = {test.model for test in house.manifest.unit_tests.values()}
    public = {name for name, node in models.items() if str(node.access) == "public"}
    assert public
    assert public - worked == set()
