"""A night says everything a build may know, and says the same whatever was built before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from orchestration import environment, night, tenant
from orchestration.night import Night

Tonight = Callable[[date], Night]
DBT = environment.PROJECT_ROOT / "dbt_project"
DAYS = [date(2026, 3, 1) + timedelta(days=n) for n in range(70)]


def _with(folder: Path, data: Path, cadence: str) -> Callable[[date], Night]:
    with (folder / "settings.yml").open("a") as settings:
        settings.write(f"churn: {{retrain: {cadence}}}\n")
    owner = tenant.load(str(folder))
    return lambda day: Night(owner, day, data, data / "landing")


@pytest.mark.parametrize(
    ("cadence", "boundaries"),
    [
        ("nightly", set(DAYS)),
        ("weekly", {day for day in [date(2026, 2, 23), *DAYS] if day.weekday() == 0}),
        ("monthly", {day for day in DAYS if day.day == 1}),
    ],
)
def test_models_learn_at_the_last_boundary(
    cadence: str, boundaries: set[date], folder: Path, data: Path
) -> None:
    tonight = _with(folder, data, cadence)
    for day in DAYS:
        assert tonight(day).anchor("churn") == max(b for b in boundaries if b <= day)
        assert tonight(day).snapshot_anchors == [tonight(day).anchor("churn")]


@pytest.mark.parametrize("cadence", ["nightly", "weekly", "monthly"])
def test_the_day_compared_with_is_learned_from_only_where_it_is_a_cut_off(
    cadence: str, folder: Path, data: Path
) -> None:
    tonight = _with(folder, data, cadence)
    for day in DAYS:
        cut_offs = {tonight(day).anchor("churn") - timedelta(days=30 * step) for step in range(7)}
        week_ago = day - timedelta(days=7)
        assert tonight(day).compared_day == week_ago
        assert set(tonight(day).learned_days("churn")) == cut_offs | {day}
    # The first is a week before the eighth.
    assert (date(2026, 3, 1) in tonight(date(2026, 3, 8)).learned_days("churn")) == (cadence == "monthly")


def test_a_model_may_learn_at_a_pace_of_its_own(folder: Path, data: Path) -> None:
    with (folder / "settings.yml").open("a") as settings:
        settings.write("retrain: {segments: monthly, reach: nightly, recommendations: monthly}\n")
    owner = tenant.load(str(folder))
    # A Wednesday: its Monday is the ninth.
    now = Night(owner, date(2026, 3, 11), data, data / "landing")
    first, monday = date(2026, 3, 1), date(2026, 3, 9)
    assert now.anchor("segments") == now.anchor("recommendations") == first
    assert (now.anchor("churn"), now.anchor("reach")) == (monday, now.as_of)
    # Recommendations and reach learn from no snapshot: of theirs none is made.
    variables = now.dbt_variables()
    assert variables["snapshot_anchors"] == ["2026-03-01", "2026-03-09"]
    assert variables["reach_anchor"] == "2026-03-11"
    assert monday not in now.learned_days("segments")
    assert first not in now.learned_days("churn")


def test_a_feed_edited_between_two_nights_of_a_process_is_read_anew(folder: Path, tonight: Tonight) -> None:
    def sources() -> list[str]:
        return [str(feed.source.path) for feed in tonight(DAYS[0]).feeds]

    assert sources() == ["orders_*.csv"] == sources()
    (file,) = (folder / "feeds").iterdir()
    file.write_text(file.read_text().replace("orders_*", "bought_*"))
    assert sources() == ["bought_*.csv"]
    (folder / "feeds" / "more.yml").write_text(
        file.read_text().replace("shop_orders", "more_orders").replace("bought_*", "more_*")
    )
    assert sources() == ["more_*.csv", "bought_*.csv"]


# Said by a build that adds to a proven night, and how a whole one is cut; nothing of the tenant or the day.
OF_THE_BUILD = {"history_until", "rows_in_a_part"}


def test_every_variable_sql_reads_is_given_by_the_night(tonight: Tonight) -> None:
    given = set(tonight(date(2026, 3, 10)).dbt_variables()) | OF_THE_BUILD
    declared = set(yaml.safe_load((DBT / "dbt_project.yml").read_text())["vars"])
    folders = [DBT / name for name in ("models", "macros", "tests")]
    read = {
        name
        for folder in folders
        for path in folder.rglob("*.sql")
        for name in re.findall(r"\bvar\(\s*['\"](\w+)['\"]", path.read_text())
    }
    assert read <= given
    assert declared <= given


def test_the_defaults_of_settings_and_of_dbt_are_the_same(folder: Path, data: Path) -> None:
    (folder / "settings.yml").write_text("first_day: 2026-01-01\n")
    given = Night(tenant.load(str(folder)), date(2026, 3, 10), data, data).dbt_variables()
    declared = yaml.safe_load((DBT / "dbt_project.yml").read_text())["vars"]
    assert declared.pop("history_until") == "", "a build adds to history only when it is told to"
    assert declared.pop("rows_in_a_part") >= 1_000_000, "parts leave few row groups half full"
    assert {name: given[name] for name in declared} == declared


def test_a_build_describes_the_end_of_its_day_in_utc(tonight: Tonight) -> None:
    given = tonight(date(2026, 3, 10)).dbt_variables()
    assert (given["as_of"], given["as_of_end"]) == ("2026-03-10", "2026-03-10 23:00:00")


def test_a_partition_is_the_night_and_else_the_environment_and_else_the_default(
    folder: Path, data: Path
) -> None:
    environment.write("tenant", folder)
    environment.write("data", data)
    assert night.of(None).as_of == date(2026, 3, 10)
    environment.write("as_of", "2026-03-05")
    assert night.of(None).as_of == date(2026, 3, 5)
    assert night.of("2026-03-07").as_of == date(2026, 3, 7)
    assert night.of(date(2026, 3, 8)).data == data


def test_a_night_knows_which_entities_are_delivered(tonight: Tonight) -> None:
    assert tonight(date(2026, 3, 10)).entities == {"orders"}


def test_no_day_is_read_while_dbt_parses() -> None:
    # The project is parsed once with a stand-in day: what YAML reads would keep it for ever.
    early = re.compile(r"{{[^}]*\b(as_of|as_of_end|snapshot_anchors|reach_anchor)\b")
    assert not [path.name for path in (DBT / "models").rglob("*.yml") if early.search(path.read_text())]
    configured = re.compile(r"config\([^)]*(as_of|snapshot_anchors|reach_anchor)")
    assert not [path.name for path in (DBT / "models").rglob("*.sql") if configured.search(path.read_text())]
