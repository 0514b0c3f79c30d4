"""A mapping that was wrong and accepted is corrected: after a reload and a night it never was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestration import nightly, reload, served
from tests.e2e.house import Built, House
from tests.e2e.test_increments import differing

# A zone that was read past, a column that was another's, and people who were devices.
WRONG = {
    "app_events": {
        "entity: events\n": "entity: events\ntime_zone: Asia/Shanghai\n"
        'time_formats: ["%Y-%m-%dT%H:%M:%S.%fZ"]\n'
    },
    "web_events": {"  country: country\n": "  country: region\n"},
    "shop_users": {"  city: city\n": "  city: province\n"},
}


@pytest.fixture
def corrected(built: Built, tmp_path: Path) -> Callable[[], None]:
    """A copy of the demo's tenant with wrong feeds, in `tmp_path`; called, they are corrected."""
    tenant = Path(built.house.night().tenant.folder)
    shutil.copytree(tenant, tmp_path / "demo")
    for name, changes in WRONG.items():
        feed = tmp_path / "demo" / "feeds" / f"{name}.yml"
        text = feed.read_text(encoding="utf-8")
        for right, wrong in changes.items():
            assert right in text
            text = text.replace(right, wrong)
        feed.write_text(text, encoding="utf-8")

    def correct() -> None:
        # The next night is another process, which reads the feeds as they are then.
        nightly.code_location.cache_clear()
        for name in WRONG:
            shutil.copyfile(tenant / "feeds" / f"{name}.yml", tmp_path / "demo" / "feeds" / f"{name}.yml")

    return correct


def test_a_reload_and_a_night_end_in_the_tables_of_the_right_mapping(
    built: Built,
    corrected: Callable[[], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    house = House(tmp_path / "data", built.house.landing, tenant=str(tmp_path / "demo"))
    house.data.mkdir()
    assert house.build(date(2026, 6, 28)).success
    assert (house.data / "history.json").exists(), "the next night would add to this one"
    corrected()
    capsys.readouterr()
    with house.lived_in():
        for name in WRONG:
            assert reload.reload(house.night(), name) == 0
    said = capsys.readouterr().out
    assert said.count("the next night builds on them, all of history anew") == len(WRONG)
    assert "other values" in said
    assert house.build().success
    assert differing(served.current(built.house.data), served.current(house.data)) == {}

    with house.lived_in():
        for name in WRONG:
            reload.reload(house.night(), name)
    assert capsys.readouterr().out.count("nothing is to be done") == len(WRONG)
    assert (house.data / "history.json").exists()
