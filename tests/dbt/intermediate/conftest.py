"""A warehouse whose raw tables a test fills by hand, built through staging and intermediate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pytest

from orchestration.contract import ENTITIES
from orchestration.warehouse import Warehouse
from tests.dbt.house import House, empty, ordered

Row = Mapping[str, object]


@dataclass(frozen=True)
class Source:
    """The raw layer of a house, and what is built of it."""

    house: House

    def build(self, raw: Mapping[str, Sequence[Row]], **variables: object) -> None:
        """Replace all raw rows and build staging and intermediate, with their data tests."""
        self.fill(raw)
        self.house.build("staging", "intermediate", **variables)

    def fill(self, raw: Mapping[str, Sequence[Row]]) -> None:
        """Replace all raw rows."""
        with Warehouse(self.house.data).open() as connection:
            for name in ENTITIES:
                connection.execute(f"delete from raw.{name}")
                rows = raw.get(name, ())
                if rows:
                    connection.register("given", pd.DataFrame(rows).astype("object"))
                    connection.execute(f"insert into raw.{name} by name select * from given")
                    connection.unregister("given")

    def table(self, name: str) -> pd.DataFrame:
        """All rows of a table as text, in an order of their own."""
        return ordered(self.house.table(name))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of both layers."""
        return self.house.tables("staging", "intermediate")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory, manifest: object) -> Iterator[Source]:
    """Typed raw tables without rows, and the seeds loaded."""
    with empty(tmp_path_factory.mktemp("raw"), manifest) as made:
        assert made.dbt("seed").success
        yield Source(made)
