"""What a model's picture says is what its test said, and a picture is drawn from a card alone."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from ml import curves
from ml.churn import SPEC as CHURN
from ml.picture import drawn
from ml.segments import SPEC as SEGMENTS
from ml.segments.rows import COLUMNS, people
from tests.unit.ml.conftest import Frames
from tests.unit.ml.given import given

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def foretold() -> tuple[np.ndarray, np.ndarray]:
    """Outcomes drawn with their own probabilities, which are rounded so that many are equal."""
    random = np.random.default_rng(5)
    p = random.beta(0.7, 1.5, 4_000).round(2)
    return (random.random(len(p)) < p).astype("float64"), p


def test_the_curve_runs_through_points_of_an_independent_one(foretold):
    truth, p = foretold
    found = np.array(curves.receiver_operating(truth, p))
    x, y, _ = roc_curve(truth, p, drop_intermediate=False)
    known = set(zip(x.round(9), y.round(9), strict=True))
    assert {(round(a, 9), round(b, 9)) for a, b in found} <= known
    assert found[0].tolist() == [0.0, 0.0]
    assert found[-1].tolist() == [1.0, 1.0]
    area = float(np.trapezoid(found[:, 1], found[:, 0]))
    assert area == pytest.approx(float(roc_auc_score(truth, p)), abs=0.003)


def test_honest_probabilities_lie_on_the_diagonal_and_doubled_ones_below_it(foretold):
    truth, p = foretold
    honest = np.array(curves.calibration(truth, p))
    assert np.abs(honest[:, 0] - honest[:, 1]).max() < 0.06
    boasting = np.array(curves.calibration(truth, np.minimum(2 * p, 1.0)))
    assert (boasting[4:, 0] - boasting[4:, 1]).min() > 0.1


def test_a_tested_model_shows_calibration_lift_curve_and_what_it_rests_on(frames: Frames):
    trained = CHURN.train(given(*frames), {})
    panels = {panel["title"]: panel for panel in trained.card["plots"]}
    assert list(panels) == ["Calibration", "Lift", "ROC", "What it rests on"]
    by_day = [row for row in trained.card["backtest_by_day"] if row["candidate"] == trained.method]
    newest = max(by_day, key=lambda row: row["test_day"])
    ours, rule = panels["ROC"]["series"]
    assert ours["name"] == f"{trained.method} {newest['auc']:.3f}"
    assert rule["name"].startswith("rule:")
    lifts = dict(panels["Lift"]["series"][0]["points"])
    assert lifts[0.1] == pytest.approx(newest["lift_10"], abs=1e-4)
    assert lifts[1.0] == pytest.approx(1.0)
    moved = [value for _, value, _ in panels["What it rests on"]["bars"]]
    assert moved == sorted(moved, reverse=True)
    assert moved[0] > 0


def test_a_segments_profile_is_what_its_people_are(frames: Frames):
    trained = SEGMENTS.train(given(frames[0]), {})
    (panel,) = trained.card["plots"]
    day = frames[0]["as_of"].max()
    scored = SEGMENTS.score(trained, given(frames[0]), as_of=day.date())["fct_user_segments"]
    snapshot = people(frames[0])
    joined = snapshot[snapshot["as_of"] == day].merge(scored[["user_key", "segment_name"]], on="user_key")
    medians = joined.groupby("segment_name")[list(COLUMNS)].median()
    for name, cells in panel["rows"]:
        share, *typical = (text for text, _ in cells)
        assert share == f"{(joined['segment_name'] == name).mean():.0%}"
        assert typical == [f"{value:.0f}" for value in medians.loc[name]]


def test_a_picture_is_drawn_from_what_a_card_file_holds():
    points = [(0, 0.5), (30, 2.0), (np.nan, 1)]
    panels = [
        curves.lines("<lines>", "x & y", "'y'", {"a<b": points}, ideal=[(0, 0), (9, 9)]),
        curves.bars("bars", [("<one>", 0.4, 0.2), ("unknown", np.nan, None), ("none", 0.1, None)]),
        curves.profiles("table", ["<c>"], [("row & row", [("12", 3.0)]), ("other", [("1", np.nan)])]),
    ]
    read = json.loads(json.dumps(panels))
    assert drawn(read) == drawn(panels)
    picture = ElementTree.fromstring(drawn(read))
    assert (picture.get("width"), picture.get("height")) == ("1280", "250")
    lines, bars, table = picture.findall(f"{SVG}g")
    assert len(lines.findall(f"{SVG}circle")) == 2, "what is no number is no point"
    # The frame is the panel's own: 320 by 250, whatever the values.
    assert all(0 <= float(one.get("cx", "nan")) <= 320 for one in lines.findall(f"{SVG}circle"))
    assert all(0 <= float(one.get("cy", "nan")) <= 250 for one in lines.findall(f"{SVG}circle"))
    assert [text.text for text in bars.findall(f"{SVG}text")][:2] == ["bars", "<one>"]
    assert len(table.findall(f"{SVG}rect")) == 2


def test_nothing_known_is_still_a_picture():
    empty = [curves.lines("l", "", "", {"none": []}), curves.bars("b", []), curves.profiles("p", [], [])]
    assert len(ElementTree.fromstring(drawn(empty)).findall(f"{SVG}g")) == 3
