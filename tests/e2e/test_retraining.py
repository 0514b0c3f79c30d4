"""Models of different paces in a whole night: some learn again, the others score as they had learned."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from orchestration import served, warehouse
from tests.e2e.house import LAST, House

NEXT = LAST + timedelta(days=1)
#: The first of July is a Wednesday: what learns weekly has learned on Monday, the 29th of June.
PACES = "retrain:\n  segments: monthly\n  recommendations: nightly\n"
MONDAY = date(2026, 6, 29)
#: Where those are published that learn of people at a pace: the others are computed every night.
SCORES = {
    "churn": "fct_churn_scores",
    "propensity": "fct_propensities",
    "reach": "fct_reach",
    "recommendations": "fct_recommendations",
    "segments": "fct_user_segments",
    "value": "fct_value_forecasts",
}
LEARN = {"recommendations", "segments"}


def versions(house: House, night: date) -> dict[str, tuple[str, dict[str, object]]]:
    """The version that a night scored with, and its card, by model."""
    with warehouse.open_file(house.data / "warehouse.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select model, model_version, card from predictions.ml_model_version where as_of = ?", [night]
        ).fetchall()
    return {model: (version, json.loads(card)) for model, version, card in rows}


def test_on_one_night_some_models_learn_and_the_others_score(copy_of: House, tmp_path: Path) -> None:
    tenant = tmp_path / "demo"
    shutil.copytree(copy_of.night().tenant.folder, tenant)
    with (tenant / "settings.yml").open("a") as settings:
        settings.write(PACES)
    house = replace(copy_of, tenant=str(tenant))
    assert house.build(NEXT).success
    before, after = versions(house, LAST), versions(house, NEXT)
    assert before.keys() == after.keys()
    assert {model for model in SCORES if before[model][0] != after[model][0]} == LEARN
    anchors = {model: after[model][1]["anchor"] for model in ("churn", "recommendations", "value")}
    assert anchors == {
        "churn": MONDAY.isoformat(),
        "recommendations": NEXT.isoformat(),
        "value": MONDAY.isoformat(),
    }
    with warehouse.open_file(served.current(house.data), read_only=True) as connection:
        for model, table in SCORES.items():
            told = connection.execute(
                f"select distinct model_version, as_of from marts.{table} where model_version is not null"
            ).fetchall()
            assert told == [(after[model][0], NEXT)], f"{model} scored everybody tonight, with one version"
    with warehouse.open_file(house.data / "warehouse.duckdb", read_only=True) as connection:
        days = connection.execute("select distinct as_of from features.ftr_user_snapshots").fetchall()
    churn = house.night().tenant.settings.churn
    cut_offs = {
        anchor - timedelta(days=churn.horizon_days * step)
        for anchor in (MONDAY, NEXT)
        for step in range(churn.snapshots + 1)
    }
    assert {day for (day,) in days} == cut_offs | {NEXT - timedelta(days=7)}, "and the day that is compared"
