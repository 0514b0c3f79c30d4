"""The curves of the models' cards as a public table, and held to people counted one by one."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from ml import catalogue, curves
from orchestration import calibration, modelling

DAY = date(2026, 3, 9)
COLUMNS = "model, model_version, target, method, is_published, bin, foretold, happened, as_of"


def _told(cards: dict[str, object], method: str = "logistic") -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as private; create schema private.predictions; use private")
        connection.execute(modelling.VERSIONS)
        for model, card in cards.items():
            row = [model, "v1", method, json.dumps(card), DAY]
            connection.execute("insert into predictions.ml_model_version values (?, ?, ?, ?, ?)", row)
        connection.execute(
            "insert into predictions.ml_model_version select * replace (date '2026-03-08' as as_of)"
            " from predictions.ml_model_version; use memory; create schema marts"
        )
        calibration.write(connection, DAY)
        return connection.execute(f"select {COLUMNS} from marts.rpt_model_calibration").fetchall()


def _curve(title: str, series: list[tuple[str, list[list[float]]]]) -> dict[str, object]:
    told = [{"name": name, "points": points} for name, points in series]
    return {"kind": "lines", "title": title, "series": told, "ideal": [[0, 0], [1, 1]]}


def test_each_tenth_of_each_forecast_is_a_row() -> None:
    churn = [
        _curve("Calibration", [("rule:recency", [[0.5, 0.5]]), ("logistic", [[0.1, 0.0], [0.9, 1.0]])]),
        _curve("Lift", [("logistic", [[0.05, 2.0]])]),
        {"kind": "bars", "title": "What it rests on", "bars": []},
    ]
    spent = [_curve("Calibration, by tenths of people", [("hurdle", [[80.0, 70.0]])])]
    found = _told({"churn": {"plots": churn}, "value": {"plots": spent}, "reach": {}})
    assert found == [
        ("churn", "v1", "churn", "logistic", True, 1, 0.1, 0.0, DAY),
        ("churn", "v1", "churn", "logistic", True, 2, 0.9, 1.0, DAY),
        ("churn", "v1", "churn", "rule:recency", False, 1, 0.5, 0.5, DAY),
    ]


def test_a_model_of_several_goals_publishes_a_method_of_each() -> None:
    plots = [
        _curve("first purchase: Calibration", [("rule:recency", [[0.1, 0.2]]), ("learners", [[0.3, 0.4]])]),
        _curve("next purchase: Calibration", [("learners", [[0.25, 0.2]]), ("rule:recency", [[0.5, 0.6]])]),
    ]
    method = "first_purchase rule:recency, next_purchase learners"
    found = _told({"propensity": {"plots": plots}}, method)
    assert [(row[2], row[3], row[4], row[6]) for row in found] == [
        ("first_purchase", "rule:recency", True, 0.1),
        ("first_purchase", "learners", False, 0.3),
        ("next_purchase", "learners", True, 0.25),
        ("next_purchase", "rule:recency", False, 0.5),
    ]


def test_a_method_of_all_goals_is_published_of_each() -> None:
    plots = [
        _curve(f"{goal}: Calibration", [("dirichlet", [[0.3, 0.4]]), ("rule:own", [[0.9, 0.6]])])
        for goal in ("channel", "hour")
    ]
    assert [row[2:5] for row in _told({"reach": {"plots": plots}}, "dirichlet")] == [
        ("channel", "dirichlet", True),
        ("channel", "rule:own", False),
        ("hour", "dirichlet", True),
        ("hour", "rule:own", False),
    ]


def test_reach_and_feedback_publish_the_curves_they_draw() -> None:
    """As they are trained: both aspects by one method, and sentiment that is too poor to speak."""
    rng = np.random.default_rng(5)
    counts = [
        {"user_key": f"{who:03d}", "aspect": aspect, "choice": choice, "learn_times": learn, "test_times": 3}
        for who in range(100)
        for aspect, choices in (("channel", ("app", "web")), ("hour", ("9", "18")))
        for choice, learn in zip(choices, rng.permutation([9, 2]).tolist(), strict=True)
    ]
    reach = catalogue.specs()["reach"].train({"ftr_reach_counts": pd.DataFrame(counts)}, {})
    assert "," not in reach.method
    said = pd.DataFrame({"feedback_id": [f"{one:04d}" for one in range(1500)]}).assign(
        user_key=None, kind="review", language="en", text=rng.choice(["good", "bad"], 1500)
    )
    said["feedback_day"] = pd.Timestamp("2025-06-01") + pd.to_timedelta(said.index // 10, "D")
    said["score_100"] = rng.choice([0.0, 100.0], 1500)
    feedback = catalogue.specs()["feedback"].train({"int_feedback__feedback": said}, {"anchor": DAY})
    assert feedback.method == "rule:rating"
    for model, trained, targets in (
        ("reach", reach, ["channel", "hour"]),
        ("feedback", feedback, ["feedback"]),
    ):
        rows = _told({model: trained.card}, trained.method)
        assert sorted({row[2] for row in rows}) == targets
        assert {row[3] for row in rows if row[4]} == ({reach.method} if model == "reach" else set())
        assert all(0 <= row[6] <= 1 and 0 <= row[7] <= 1 for row in rows)
        assert {row[5] for row in rows} == set(range(1, 11))


def test_the_curve_of_a_tested_model_counts_its_people() -> None:
    rng = np.random.default_rng(7)
    foretold = rng.permutation(np.linspace(0.0005, 0.9995, 1000))
    truth = (rng.random(1000) < foretold).astype(float)
    panels = curves.tested(truth, {"logistic": foretold}, "logistic", "logistic", "churn")
    found = _told({"churn": {"plots": panels}})
    assert [row[5] for row in found] == list(range(1, 11))
    for _, _, _, _, _, tenth, mean, share, _ in found:
        of_it = [happened for p, happened in zip(foretold, truth, strict=True) if int(p * 10) == tenth - 1]
        assert len(of_it) == 100
        assert share == sum(of_it) / 100
        assert abs(mean - (tenth - 0.5) / 10) < 1e-4
