"""The pictures of paths and of feedback: what is drawn is what was counted, whatever names say."""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd
import pytest

from ml import catalogue
from ml.attribution import picture as attribution
from ml.experiments.picture import lift_over_time
from ml.feedback import picture as feedback

SVG = "{http://www.w3.org/2000/svg}"
# 40 people begin, 30 by mail; of 36 at the mail 9 buy, 6 go on to ads & others, the rest leave.
STEPS = pd.DataFrame(
    [
        ("(start)", "Email", 30),
        ("(start)", "Ads & <b>", 10),
        ("Email", "(conversion)", 9),
        ("Email", "Ads & <b>", 6),
        ("Email", "(null)", 21),
        ("Ads & <b>", "Email", 6),
        ("Ads & <b>", "(null)", 10),
    ],
    columns=["from_state", "to_state", "transitions"],
)
LIFTS = pd.DataFrame(
    columns=["as_of", "experiment_id", "variant", "name_en", "is_primary", "is_control", "started_at", "lift"]
)
COUNTS = pd.DataFrame(
    {
        "topic": ["app", "app", "<i>", None],
        "sentiment_class": ["negative", "positive", "neutral", None],
        "count": [30, 10, 20, 5],
    }
)


def _texts(drawn: str) -> list[str | None]:
    return [text.text for text in ElementTree.fromstring(drawn).findall(f"{SVG}text")]


def test_every_step_is_a_share_of_those_who_were_there() -> None:
    told = _texts(attribution.paths(STEPS))
    heads, rest = told[:4], told[4:]
    assert heads == ["Email", "Ads & <b>", "purchase", "away"], "most arrivals first"
    assert rest == [
        "start · 40", "75.0%", "25.0%",
        "Email · 36", "16.7%", "25.0%", "58.3%",
        "Ads & <b> · 16", "37.5%", "62.5%",
    ]  # fmt: skip


def test_rows_of_steps_come_in_any_order() -> None:
    assert attribution.paths(STEPS.iloc[::-1]) == attribution.paths(STEPS)


def test_bars_are_as_long_as_what_was_said() -> None:
    drawn = feedback.topics(COUNTS)
    assert _texts(drawn)[4:] == ["app", "40", "<i>", "20", "other", "5"]
    bars = ElementTree.fromstring(drawn).findall(f"{SVG}rect")[1 + 4 :]
    wide = [float(bar.get("width", "nan")) for bar in bars]
    assert wide == pytest.approx([345, 115, 230, 57.5]), "460 for the 40 of the longest"
    assert [bar.get("fill") for bar in bars] == ["#cf222e", "#1a7f37", "#8c959f", "#d0d7de"]


def test_without_anything_they_say_so() -> None:
    assert _texts(attribution.paths(STEPS.iloc[:0])) == ["nobody has arrived yet"]
    assert _texts(feedback.topics(COUNTS.iloc[:0])) == ["nobody has said anything yet"]


@pytest.mark.parametrize(
    "drawn",
    [
        attribution.paths(STEPS),
        attribution.paths(STEPS.iloc[:0]),
        feedback.topics(COUNTS),
        lift_over_time(LIFTS),
    ],
)
def test_black_letters_stand_on_white_and_not_on_a_dark_page(drawn: str) -> None:
    sheet = ElementTree.fromstring(drawn)
    ground = sheet[0]
    assert ground.tag == f"{SVG}rect"
    assert ground.get("fill") == "#fff"
    assert (ground.get("width"), ground.get("height")) == (sheet.get("width"), sheet.get("height"))


def test_a_picture_stands_beside_a_table_of_its_model_and_reads_what_the_model_may_read() -> None:
    pictured = {name: spec for name, spec in catalogue.specs().items() if spec.pictured}
    assert {"attribution", "experiments", "feedback"} <= pictured.keys()
    for spec in pictured.values():
        for table, picture in spec.pictured.items():
            assert table in spec.tables
            assert not picture.reads or picture.reads in spec.needs
            assert picture.reads or set(picture.per) <= spec.tables[table].keys()
