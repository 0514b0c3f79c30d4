"""On public histories people's leaving and their segments are told as well as was promised, out of time.

The histories are cut as `make bench-models` cuts them; what is promised is written here once more, so that
no change of the bench loosens it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench import model_bars

DATA = Path(__file__).parents[3].parent / "shared" / "data"
#: Area, Brier score and calibration error of churn, and the area the better rule is known to reach.
CHURN = {"cdnow": (0.825, 0.081, 0.03, 0.81), "uci_online_retail": (0.745, 0.168, 0.055, 0.735)}
GAIN = 0.005


def visits(folder: str) -> pd.DataFrame:
    if not (DATA / folder).exists():
        pytest.skip(f"../shared/data/{folder} is not here")
    return model_bars.READERS[folder](DATA / folder)


@pytest.mark.parametrize("folder", sorted(CHURN))
def test_who_leaves_is_told_well_honestly_and_better_than_by_the_rules(folder: str) -> None:
    found = model_bars.people(visits(folder), model_bars.PROTOCOLS[folder], is_shop=False)
    rows = {row.figure: row for row in found}
    auc, brier, ece, rule = CHURN[folder]
    assert rows["churn auc"].value >= auc
    assert rows["churn brier"].value <= brier
    assert rows["churn ece"].value <= ece
    # A rule fitted badly would be easy to beat.
    assert rows["churn auc"].rule >= rule
    assert rows["churn auc"].value - rows["churn auc"].rule >= GAIN
    assert rows["churn brier"].value <= rows["churn brier"].rule


@pytest.mark.parametrize("folder", sorted(CHURN))
def test_segments_outlive_a_resample_and_a_night_and_a_short_rule_tells_them(folder: str) -> None:
    bought = visits(folder)
    protocol = model_bars.PROTOCOLS[folder]
    end = bought["day"].max()
    dates = [end, end - pd.Timedelta(days=protocol.horizon)]
    found = {row.figure: row.value for row in model_bars.grouped(bought, dates, protocol)}
    assert found["segments ARI mean"] >= 0.85
    assert found["segments ARI min"] >= 0.60
    assert found["segments tree fidelity"] >= 0.90
    # Some do move: that nobody does would say that the two days were one.
    assert 0 < found["segments relabelled next day"] <= 0.03
