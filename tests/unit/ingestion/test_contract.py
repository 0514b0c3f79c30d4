"""The contract in code is the contract as written."""

from __future__ import annotations

import re

import pytest

from orchestration import environment
from orchestration.contract import ENTITIES, SQL_TYPES

WRITTEN = environment.PROJECT_ROOT.parent / "shared" / "design" / "contract.md"


@pytest.mark.skipif(not WRITTEN.is_file(), reason="the written contract is not here")
def test_every_written_column_is_there_and_no_other() -> None:
    rows = [
        line.split("|") for line in WRITTEN.read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    ]
    table = {row[1].strip(): f"{row[2]},{row[3]}" for row in rows if row[1].strip() in ENTITIES}
    assert set(table) == set(ENTITIES)
    for name, text in table.items():
        entity = ENTITIES[name]
        said = re.sub(r"\([^()]*\(JSON\)[^()]*\)|\((?!event_id|touch_id)[^()]*[ ,:][^()]*\)", " ", text)
        words = set(re.findall(r"[a-z][a-z_]*_[a-z_]+", said))
        known = {column.name for column in entity.columns} | {entity.remainder, *entity.key, name}
        assert words - known <= {"order_items"}, name
        for column in entity.columns:
            assert re.search(rf"\b{column.name}\b", text), (name, column.name)


def test_every_key_is_a_column_and_required_or_derived() -> None:
    for entity in ENTITIES.values():
        columns = {column.name: column for column in entity.columns}
        for key in entity.key:
            optional = key == entity.derived_key or (entity.name, key) == ("order_items", "line_number")
            assert columns[key].required is not optional, (entity.name, key)
        assert entity.occurred is None or columns[entity.occurred].type in ("timestamp", "date")
        assert all(column.type in SQL_TYPES for column in entity.columns)
        assert list(entity.raw_columns)[-5:] == ["_file", "_file_sha256", "_line", "_loaded_on", "_feed"]
