"""Every recipe of CONTRIBUTING.md, followed to the letter in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration import served, warehouse

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("orchestration", "dbt_project", "data_quality", "ml", "demo", "pyproject.toml", "CONTRIBUTING.md")
FILE = re.compile(r"^`([^`\s]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINES = re.compile(r"^In `([^`\s]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LAST = date(2026, 3, 10)
# What the code location says of itself, asked in a process of the copy's own.
ASSETS = """
import json
import dagster as dg
from orchestration import environment
found = dg.load_from_defs_folder(path_within_project=environment.PROJECT_ROOT / "orchestration")
graph = found.get_repository_def().asset_graph
print(json.dumps({
    "assets": [key.to_user_string() for key in graph.get_all_asset_keys()],
    "checks": [f"{key.asset_key.to_user_string()}:{key.name}" for key in graph.asset_check_keys],
}))
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the project with every recipe followed, its landing files and its state."""

    root: Path
    written: tuple[str, ...]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        given = {
            "PYTHONPATH": str(self.root),
            "USEROPS_TENANT": "corner_shop",
            "USEROPS_DATA": str(self.root / "state"),
            "USEROPS_LANDING": str(self.root / "landing"),
            "USEROPS_PSEUDONYM_KEY": "a key for tests only",
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("USEROPS_", "DAGSTER_"))}
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=self.root, env=kept | given, capture_output=True, text=True, timeout=500, check=False
        )


def _till() -> dict[str, str]:
    """Sixty days of tickets: forty customers who come ever so often, and one ticket that is no ticket."""
    files = {}
    for back in range(60):
        day = LAST - timedelta(days=back)
        rows = [
            f"T{back:02}-{who:02},C{who:02},{day} 10:{who:02}:00,{5 + who}.50,{'card' if who % 2 else 'cash'}"
            for who in range(40)
            if (back + who) % (3 + who % 17) == 0
        ]
        files[f"till_{day}.csv"] = "\n".join(["ticket,customer,at,total,paid_by", *rows]) + "\n"
    files[f"till_{LAST}.csv"] += f"T-bad,C01,{LAST} 11:00:00,a lot,cash\n"
    return files


def _site() -> dict[str, str]:
    """Ten customers look at a menu; three book within two hours, one later, one without looking."""
    rows = [
        f"C{who:02},page_view,{LAST} 09:{who:02}:00,/menu/{'lunch' if who < 4 else 'tea'}"
        for who in range(10)
    ]
    rows += [f"C{who:02},booking,{LAST} 10:{who:02}:00,/book" for who in (0, 1, 5)]
    rows += [f"C06,booking,{LAST} 11:06:01,/book", f"C30,booking,{LAST} 10:00:00,/book"]
    return {f"site_{LAST}.csv": "\n".join(["customer,what,at,page", *rows]) + "\n"}


def _letters() -> dict[str, str]:
    """Thirty customers get a letter three weeks back, ten are left out on purpose."""
    day = LAST - timedelta(days=21)
    split = '"{""treated"": 0.75, ""holdout"": 0.25}"'
    rows = [
        f"holdout_spring,C{who:02},{'treated' if who % 4 else 'holdout'},{day} 08:00:00" for who in range(40)
    ]
    return {
        f"trials_{LAST}.csv": f"trial,title,begins,split\nholdout_spring,A letter,{day} 08:00:00,{split}\n",
        f"letters_{LAST}.csv": "\n".join(["trial,customer,arm,at", *rows]) + "\n",
    }


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The project as somebody leaves it who has followed every recipe."""
    root = tmp_path_factory.mktemp("copy")
    unwanted = shutil.ignore_patterns("__pycache__", "target", "logs")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=unwanted)
        else:
            shutil.copy(ROOT / name, root / name)
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    files = dict(FILE.findall(text))
    files |= {f"landing/{name}": content for name, content in (_till() | _site() | _letters()).items()}
    for name, content in files.items():
        assert not (root / name).exists(), f"{name} is a file of its own, not an edit"
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    for name, lines in LINES.findall(text):
        suite = (root / name).read_text(encoding="utf-8")
        assert suite.endswith("    ]\n")
        (root / name).write_text(suite.removesuffix("    ]\n") + lines + "    ]\n", encoding="utf-8")
    return Copy(root, tuple(files))


@pytest.fixture(scope="module")
def location(followed: Copy) -> dict[str, list[str]]:
    """Assets and checks of the copy."""
    done = followed.run("-c", ASSETS)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, list[str]] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def published(followed: Copy) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file of a night of the copy."""
    done = followed.run("-m", "orchestration.nightly", "--tenant", "corner_shop")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with warehouse.open_file(served.current(followed.root / "state"), read_only=True) as connection:
        yield connection


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(query).fetchall()


def test_what_was_added_is_found_by_its_place(location: dict[str, list[str]]) -> None:
    wanted = {
        "feeds/till",
        "feeds/site",
        "marts/rpt_payment_methods",
        "published/rpt_payment_methods",
        "models/spending",
        "predictions/fct_spending",
    }
    assert wanted <= set(location["assets"])
    assert {f"{key}:gate" for key in wanted if not key.startswith("feeds/")} <= set(location["checks"])


def test_the_feed_loads_and_its_bad_ticket_is_kept_apart(published: duckdb.DuckDBPyConnection) -> None:
    query = "select sum(physical) - sum(accepted), sum(quarantined) from marts.rpt_loads where feed = 'till'"
    assert _rows(published, query) == [(1, 1)]
    assert _rows(published, "select count(*) > 100 from marts.fct_orders") == [(True,)]


@pytest.mark.usefixtures("published")
def test_the_bad_ticket_is_listed_shown_and_replayed(followed: Copy) -> None:
    said = {
        do: followed.run("-m", "orchestration.quarantine", "--tenant", "corner_shop", *do.split()).stdout
        for do in ("list", "show --feed till --reason bad_type --limit 5", "replay --feed till")
    }
    assert [text.splitlines()[-1].split(";")[0] for text in said.values()] == [
        "1 refused records",
        f"    T-bad,C01,{LAST} 11:00:00,a lot,cash",
        "0 files changed",
    ]


def test_the_action_is_offered(published: duckdb.DuckDBPyConnection) -> None:
    query = "select distinct action, channel from marts.fct_next_actions"
    assert _rows(published, query) == [("thank_you", "email")]


def test_the_funnel_counts_its_steps(published: duckdb.DuckDBPyConnection) -> None:
    query = """
        select breakdown_value, step_name, people, median_seconds from marts.rpt_funnels
        where funnel = 'menu_to_booking' and breakdown in ('all', 'event.page') order by 1, step_number
    """
    assert _rows(published, query) == [
        ("/menu/lunch", "menu", 4, 0),
        ("/menu/lunch", "booking", 2, 3600),
        ("/menu/tea", "menu", 6, 0),
        ("/menu/tea", "booking", 1, 3600),
        ("all", "menu", 10, 0),
        ("all", "booking", 3, 3600),
    ]


def test_the_metrics_are_measured_on_the_hold_out(published: duckdb.DuckDBPyConnection) -> None:
    query = "select metric, variant, units, verdict, is_valid from marts.rpt_experiments order by 1, 2"
    found = _rows(published, query)
    people = {
        ("tickets", "treated"): 30,
        ("tickets", "holdout"): 10,
        ("came", "treated"): 30,
        ("came", "holdout"): 10,
    }
    assert {(row[0], row[1]): row[2] for row in found} == people
    assert {row[3:] for row in found if row[1] == "treated"} == {("wait", True)}
    (hold_out,) = _rows(
        published,
        "select treated_people, held_out_people, incremental_revenue is not null from marts.rpt_campaigns"
        " where campaign_id = 'spring'",
    )
    assert hold_out == (30, 10, True)


def test_the_tags_say_who_came_how_often(published: duckdb.DuckDBPyConnection) -> None:
    # Ticket numbers say who came when: the till wrote one a customer and day.
    visits = f"""
        select count(*) from marts.fct_orders as orders
        where orders.user_key = tags.user_key and order_day > date '{LAST}' - 30
    """
    now = "marts.fct_user_tags as tags where tag = 'visits_30' and valid_to is null"
    query = f"select amount = ({visits}) from {now}"
    assert set(_rows(published, query)) == {(True,)}
    people = dict(_rows(published, "select tag, people from marts.dim_tags"))
    counted = f"select count(*) from marts.dim_users as tags where ({visits}) >= 4"
    assert _rows(published, counted) == [(people["regular"],)]
    assert 0 < people["regular"] < people["visits_30"] <= 40


def test_the_mart_is_published_and_adds_up(published: duckdb.DuckDBPyConnection) -> None:
    assert _rows(published, "select payment_method from marts.rpt_payment_methods order by 1") == [
        ("card",),
        ("cash",),
    ]
    total = "select sum(revenue) from marts.{}"
    assert _rows(published, total.format("rpt_payment_methods")) == _rows(
        published, total.format("fct_orders")
    )


def test_the_expectation_is_evaluated(published: duckdb.DuckDBPyConnection) -> None:
    query = """
        select asset, severity, success from marts.rpt_data_quality
        where expectation = 'no discount over the amount'
    """
    assert _rows(published, query) == [("marts/fct_orders", "warning", True)]


def test_the_model_is_measured_beside_its_baseline(
    followed: Copy, published: duckdb.DuckDBPyConnection
) -> None:
    query = "select metric, value <= baseline_value from marts.rpt_model_quality where model = 'spending'"
    assert _rows(published, query) == [("mean_error", True)]
    with warehouse.open_file(followed.root / "state" / "warehouse.duckdb", read_only=True) as private:
        levels = _rows(private, "select distinct spends_more from predictions.fct_spending order by 1")
    assert levels == [(False,), (True,)]


def test_the_recipes_are_written_in_the_house_style(followed: Copy) -> None:
    written = [name for name in followed.written if name.endswith(".py")]
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [*ruff, *command, *written], cwd=followed.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
