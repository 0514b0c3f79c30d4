"""`make metric`, as a person types it: the right people are counted, or a line says why they cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import environment, warehouse
from tests.unit.metrics.conftest import ROWS

DAYS = "create table marts.dim_users as select date '2026-01-10' as as_of"
UNHELD = "the published file holds no such country"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data")
    (made / "published").mkdir()
    with warehouse.open_file(made / "published" / "current.duckdb") as connection:
        connection.execute(ROWS + DAYS)
    return made


def _asked(data: Path, *given: str) -> subprocess.CompletedProcess[str]:
    here = Path(sys.executable).parent
    outside = {name: value for name, value in os.environ.items() if not name.startswith(environment.PREFIX)}
    return subprocess.run(
        ["make", "-s", "-o", ".venv/.ready", "metric", f"BIN={here}", f"DATA={data}", *given],
        capture_output=True,
        text=True,
        cwd=environment.PROJECT_ROOT,
        env=outside,
        check=False,
        timeout=120,
    )


# Ann and Cy came by the web, Ann and Bo live in China: Ann's two orders are 130, Cy's one is 10.
@pytest.mark.parametrize(
    ("given", "orders", "revenue"),
    [
        (["WHERE=country=CN"], "2", "130.00"),
        (["WHERE=country=CN,US; platform=web"], "3", "140.00"),
        (["WHERE=country=CN;platform=web"], "2", "130.00"),
        (["WHERE=country=US platform=web"], "1", "10.00"),
        (["WHERE=country=CN", "FROM=2026-01-02"], "1", "50.00"),
        (["WHERE=is_activated=false"], "", ""),
    ],
)
def test_every_filter_counts(data: Path, given: list[str], orders: str, revenue: str) -> None:
    told = _asked(data, "NAME=orders, revenue", *given)
    assert told.returncode == 0, told.stderr
    assert told.stdout == f"orders\trevenue\n{orders}\t{revenue}\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "WHERE=country=CN,platform=ios",
            f"WHERE=country=platform=ios: {UNHELD}; part several filters by `;`: country=CN;platform=ios",
        ),
        (
            "WHERE=country=Atlantis",
            f"WHERE=country=Atlantis: {UNHELD}; it holds CN, US",
        ),
        ("WHERE=country=CN;country=US", "WHERE filters country twice: give country=one,other"),
        ("WHERE=China", "WHERE=China is not dimension=value[,value]; several are parted by `;`"),
        ("WHERE=colour=red", "orders cannot be told apart by colour"),
        ("FROM=2026-01-11", "FROM=2026-01-11 lies after the as-of day 2026-01-10"),
        ("FROM=2026-01-05 TO=2026-01-04", "FROM=2026-01-05 lies after TO=2026-01-04"),
        ("NAME=dau BY=day", "dau by day needs the first day of the period: FROM="),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_line(data: Path, given: str, said: str) -> None:
    asked = [given] if given.startswith("WHERE") else given.split()
    told = _asked(data, "NAME=orders", *asked)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.splitlines()[0] == f"error: {said}"
