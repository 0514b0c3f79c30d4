"""An event the rules name and nobody ever did is told as a warning, which never stops a night."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from data_quality.night import Night
from data_quality.validate import run_suite
from orchestration import tenant


def test_the_events_of_all_rules_are_found_and_the_defaults_are_not(folder: Path) -> None:
    assert tenant.load(str(folder)).event_names() == {}
    with (folder / "settings.yml").open("a") as settings:
        settings.write("core_actions: [purchse]\nclick_events: [tap]\nactivation: {events: [join]}\n")
    (folder / "funnels.yml").write_text(
        "funnels:\n  - {name: buy, name_en: B, name_zh: B, steps: [{event: tap}, {event: [pay, purchse]}]}\n"
    )
    assert tenant.load(str(folder)).event_names() == {
        "purchse": "settings.yml and funnels.yml",
        "tap": "settings.yml and funnels.yml",
        "join": "settings.yml",
        "pay": "funnels.yml",
    }


def test_a_name_no_event_has_is_a_warning() -> None:
    night = Night(date(2026, 3, 10), datetime.fromisoformat("2026-03-10 16:00"), frozenset({"events"}))
    names = {"tap": "funnels.yml", "it's {odd} :x": "tags.yml", "purchse": "settings.yml"}
    with duckdb.connect() as connection:
        connection.execute(
            "create schema marts; create table marts.fct_events as"
            " select * from (values ('tap'), ('it''s {odd} :x')) as seen(event_name)"
        )
        results = run_suite(connection, ("marts", "fct_events"), replace(night, event_names=names))
    told = {
        one.expectation: (one.success, one.severity) for one in results if "an event of" in one.expectation
    }
    assert told == {
        "tap, an event of funnels.yml, is in the data": (True, "warning"),
        "it's {odd} :x, an event of tags.yml, is in the data": (True, "warning"),
        "purchse, an event of settings.yml, is in the data": (False, "warning"),
    }
