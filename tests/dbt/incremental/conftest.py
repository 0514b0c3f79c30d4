"""A warehouse built night by night by hand: what arrives, then a build that adds to the night before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from orchestration.contract import ENTITIES
from orchestration.ingestion.register import EVENT_SIZED
from orchestration.warehouse import Warehouse
from tests.dbt.house import House, empty

Row = Mapping[str, object]
World = Mapping[str, Sequence[Row]]
RESULTS = (
    "fct_events",
    "fct_sessions",
    "fct_user_days",
    "rpt_paths",
    "rpt_growth_accounting",
    "rpt_retention",
)


@dataclass
class Nights:
    """One warehouse, its raw rows, and the night its tables are those of."""

    house: House
    until: datetime | None = None
    settings: dict[str, object] = field(default_factory=dict)

    def forget(self) -> None:
        """Nothing has arrived and nothing is proven."""
        with Warehouse(self.house.data).open() as connection:
            for name in ENTITIES:
                connection.execute(f"delete from raw.{name}")
        self.until = None

    def night(self, as_of: date, arrived: World, *, build: Sequence[str] = ()) -> None:
        """One night: what arrived is registered, then added to what the last night proved."""
        with Warehouse(self.house.data).open() as connection:
            for name in EVENT_SIZED:
                connection.execute(f"delete from raw.{name}_new")
            for name, rows in arrived.items():
                if not rows:
                    continue
                connection.register("given", pd.DataFrame(rows).astype("object"))
                for table in (name, *(f"{name}_new" for _ in range(name in EVENT_SIZED))):
                    connection.execute(f"insert into raw.{table} by name select * from given")
                connection.unregister("given")
        self.build(as_of, *build)
        self.until = datetime.combine(as_of, datetime.min.time()).replace(hour=16)

    def build(self, as_of: date, *models: str) -> None:
        """Build the tables that add to history, and all that they come from."""
        selected = [f"+{name}" for name in models or RESULTS]
        until = self.until.isoformat(sep=" ") if self.until else ""
        result = self.house.dbt(
            "run", "--select", *selected, as_of=as_of, history_until=until, **self.settings
        )
        broken = [f"{r.node.name}: {r.message}" for r in getattr(result.result, "results", [])]
        assert result.success, [said for said in broken if "Error" in said] or result.exception

    def built_whole(self, as_of: date, aside: Path, *models: str) -> dict[str, pd.DataFrame]:
        """The tables that one full build of all that arrived makes; what was built is put back."""
        warehouse = Warehouse(self.house.data)
        files = [warehouse.path, warehouse.marts_path]
        for file in files:
            shutil.copyfile(file, aside / file.name)
        until, self.until = self.until, None
        self.build(as_of, *models)
        expected = self.tables()
        self.until = until
        for file in files:
            shutil.copyfile(aside / file.name, file)
        return expected

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the three layers, as text and in an order of its own."""
        return self.house.tables("staging", "intermediate", "marts")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, manifest: object) -> Iterator[Nights]:
    """Typed raw tables without rows, and the seeds loaded."""
    with empty(tmp_path_factory.mktemp("nights"), manifest) as made:
        assert made.dbt("seed").success
        yield Nights(made)


@pytest.fixture
def nights(seeded: Nights) -> Nights:
    """Nothing has arrived yet."""
    seeded.forget()
    seeded.settings.clear()
    return seeded
