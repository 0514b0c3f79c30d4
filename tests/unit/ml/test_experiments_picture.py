"""The picture of lifts over the nights: every night a point with its interval, whatever names say."""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd

from ml.experiments.picture import lift_over_time

SVG = "{http://www.w3.org/2000/svg}"
NIGHTS = pd.DataFrame(
    {
        "as_of": pd.to_datetime(["2026-06-29", "2026-06-28", "2026-06-30", "2026-06-30", "2026-06-30"]),
        "experiment_id": ["<b>&'", "<b>&'", "<b>&'", "<b>&'", "late"],
        "variant": ["new", "new", "new", "control", "new"],
        "name_en": ["Bought"] * 5,
        "is_primary": True,
        "is_control": [False, False, False, True, False],
        "started_at": pd.to_datetime(["2026-06-01"] * 4 + ["2026-06-30"]),
        "lift": [0.2, 0.4, 0.1, None, 0.3],
        "ci_low": [0.0, -0.2, 0.05, None, None],
        "ci_high": [0.4, 1.0, 0.15, None, None],
        "verdict": ["wait", "wait", "ship", None, "wait"],
    }
)


def test_every_night_is_a_point_with_its_interval() -> None:
    drawn = ElementTree.fromstring(lift_over_time(NIGHTS))
    late, many = drawn.findall(f"{SVG}g")
    assert (len(late.findall(f"{SVG}circle")), len(many.findall(f"{SVG}circle"))) == (1, 3)
    assert [title.text for title in many.findall(f"{SVG}text")][:2] == ["<b>&' · new · ship", "Bought +10.0%"]
    across = [float(point.get("cx", "nan")) for point in many.findall(f"{SVG}circle")]
    down = [float(point.get("cy", "nan")) for point in many.findall(f"{SVG}circle")]
    assert across == sorted(across), "nights run from left to right, whatever the order of the rows"
    assert down == sorted(down), "0.4, 0.2, 0.1: a smaller lift is drawn lower"


def test_without_experiments_it_says_so() -> None:
    drawn = ElementTree.fromstring(lift_over_time(NIGHTS.iloc[:0]))
    assert [text.text for text in drawn.findall(f"{SVG}text")] == ["no experiment has a lift yet"]
