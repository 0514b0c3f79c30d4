"""What is asked of the models, and what they reach on public data: one row per bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bench import reviews, snapshots
from ml import bgnbd
from ml.churn import SPEC as CHURN
from ml.propensity import SPEC as PROPENSITY
from ml.recommendations import SPEC as RECOMMENDATIONS
from ml.segments import SPEC as SEGMENTS
from ml.spec import Trained
from ml.value import SPEC as VALUE

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Row:
    """A figure, the bar it is held to, and what the plain rule reaches where there is one."""

    data: str
    figure: str
    value: float
    bar: float
    at_least: bool = True
    rule: float = float("nan")

    @property
    def is_short(self) -> bool:
        """Whether the bar is missed; what could not be measured misses it."""
        reached = self.value >= self.bar if self.at_least else self.value <= self.bar
        return not reached


@dataclass(frozen=True)
class Protocol:
    """One history, cut the same way every time: horizon, lookback, past days, test days, churn's bars."""

    name: str
    horizon: int
    lookback: int
    cuts: int
    folds: int
    auc: float
    brier: float
    ece: float


# The whole history counts as lookback where the published comparisons on these data have it so.
PROTOCOLS = {
    "cdnow": Protocol("CDNOW H60", 60, 545, 6, 3, 0.825, 0.081, 0.03),
    "uci_online_retail": Protocol("Online Retail H30", 30, 374, 11, 5, 0.745, 0.168, 0.055),
    "git_history_events": Protocol("git commits H90", 90, 365, 8, 3, 0.0, 1.0, 0.05),
}
READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "cdnow": snapshots.cdnow,
    "uci_online_retail": snapshots.online_retail,
    "git_history_events": snapshots.commits,
}


def rows(data: Path) -> Iterator[Row]:
    """Every bar whose data is in the folder."""
    for folder, protocol in PROTOCOLS.items():
        if (data / folder).exists():
            visits = READERS[folder](data / folder)
            yield from people(visits, protocol, is_shop=folder != "git_history_events")
    if (data / "cdnow").exists():
        yield from published_cdnow(data / "cdnow")
    if (data / "uci_online_retail").exists():
        yield from recommended(snapshots.online_retail_items(data / "uci_online_retail"))
    for folder, (measure, bar) in reviews.BARS.items():
        if (data / folder).exists():
            test = reviews.held_out(folder)
            yield Row(folder, f"sentiment {measure}", getattr(test, measure), bar)


def people(visits: pd.DataFrame, protocol: Protocol, *, is_shop: bool) -> Iterator[Row]:
    """Churn of a history; of a shop's also what people will be worth, buy, and which segment they are in."""
    end = visits["day"].max()
    dates = [end - pd.Timedelta(days=protocol.horizon * step) for step in range(protocol.cuts + 1)]
    frame, labels = snapshots.build(visits, dates, protocol.horizon, protocol.lookback)
    settings = {
        "horizon_days": protocol.horizon,
        "lookback_days": protocol.lookback,
        "folds": protocol.folds,
    }
    given = {"ftr_user_snapshots": frame, "ftr_churn_labels": labels}
    figures = CHURN.train(given, settings).metrics.set_index("metric")
    for name, bar, at_least in (
        ("auc", protocol.auc, True),
        ("brier", protocol.brier, False),
        ("ece", protocol.ece, False),
    ):
        value, rule = figures.loc[name, ["value", "baseline_value"]]
        if bar not in (0.0, 1.0):
            yield Row(protocol.name, f"churn {name}", value, bar, at_least, rule)
    gain = float(figures.loc["auc", "value"] - figures.loc["auc", "baseline_value"])
    yield Row(protocol.name, "churn AUC over the best rule's", gain, 0.005)
    if is_shop:
        yield from worth(visits, protocol)
        yield from bought(frame, labels, protocol)
        yield from grouped(visits, dates, protocol)


def worth(visits: pd.DataFrame, protocol: Protocol) -> Iterator[Row]:
    """Value of the coming 90 days, against BG/NBD and Gamma-Gamma."""
    days = visits.assign(orders=1, known_day=visits["day"])
    trained = VALUE.train({"ftr_purchase_days": days}, {"clv_horizon_days": 90, "folds": 3})
    figures = trained.metrics.set_index("metric")
    gini, rmse = (figures.loc[name, ["value", "baseline_value"]] for name in ("gini", "rmse"))
    yield Row(protocol.name, "value Gini over BG x GG", gini["value"] / gini["baseline_value"], 1.0)
    yield Row(protocol.name, "value RMSE over BG x GG", rmse["value"] / rmse["baseline_value"], 1.02, False)


def bought(frame: pd.DataFrame, labels: pd.DataFrame, protocol: Protocol) -> Iterator[Row]:
    """The next purchase within the horizon, against recency and BG/NBD."""
    outcome = labels[["as_of", "user_key"]].assign(has_bought=~labels["is_churned"].astype(bool))
    given = {"ftr_user_snapshots": frame, "ftr_purchase_labels": outcome}
    figures = PROPENSITY.train(given, {"horizon_days": protocol.horizon}).metrics.set_index("metric")
    for name, at_least in (("auc", True), ("brier", False)):
        value, rule = figures.loc[f"next_purchase_{name}", ["value", "baseline_value"]]
        yield Row(protocol.name, f"next purchase {name}", value, rule, at_least, rule)


def grouped(visits: pd.DataFrame, dates: list[pd.Timestamp], protocol: Protocol) -> Iterator[Row]:
    """Segments: how stable, how readable, and how many change overnight under the frozen model."""
    yesterday = dates[0] - pd.Timedelta(days=1)
    frame, _ = snapshots.build(visits, [dates[0], yesterday, *dates[1:]], protocol.horizon, protocol.lookback)
    given = {"ftr_user_snapshots": frame}
    trained = SEGMENTS.train(given, {"anchor": yesterday.date()})
    figures = trained.metrics.set_index("metric")["value"]
    yield Row(protocol.name, "segments ARI mean", figures["stability_ari_mean"], 0.85)
    yield Row(protocol.name, "segments ARI min", figures["stability_ari_min"], 0.60)
    yield Row(protocol.name, "segments tree fidelity", figures["rule_fidelity"], 0.90)
    before, after = (
        SEGMENTS.score(trained, {"ftr_user_snapshots": frame[frame["as_of"] == day]}, as_of=day.date())[
            "fct_user_segments"
        ].set_index("user_key")["segment_id"]
        for day in (yesterday, dates[0])
    )
    both = before.index.intersection(after.index)
    changed = float((before[both] != after[both]).mean())
    yield Row(protocol.name, "segments relabelled next day", changed, 0.03, at_least=False)


def published_cdnow(folder: Path) -> Iterator[Row]:
    """BG/NBD on CDNOW's published sample, weeks 1 to 39, then what came in weeks 40 to 78."""
    known = snapshots.cdnow_published(folder)
    columns = [known[name].to_numpy(dtype="float64") for name in ("frequency", "recency", "T")]
    model = bgnbd.fit(*columns)
    if model is None:
        return
    name = "CDNOW published"
    for parameter, published in (("r", 0.243), ("alpha", 4.414), ("a", 0.793), ("b", 2.426)):
        distance = abs(getattr(model, parameter) - published)
        yield Row(name, f"BG/NBD {parameter}, distance from {published}", distance, 0.01, False)
    distance = abs(model.log_likelihood + 9582.4)
    yield Row(name, "BG/NBD log-likelihood, distance from -9582.4", distance, 0.1, False)
    correlation = float(np.corrcoef(model.expected(*columns, 39.0), known["later"])[0, 1])
    yield Row(name, "BG/NBD hold-out correlation", correlation, 0.62)


def recommended(taken: pd.DataFrame) -> Iterator[Row]:
    """New items of the last 30 days, of all cuts together, and what the filters let through."""
    name = "Online Retail, new items"
    trained = RECOMMENDATIONS.train({"ftr_item_days": taken}, {})
    figures = newest_cut(trained)
    for metric, bar in (("recall_20", 0.145), ("ndcg_20", 0.12), ("coverage", 0.20)):
        value, rule = figures.loc[metric]
        yield Row(name, f"recommendations {metric}", value, bar, True, rule)
    value, rule = trained.metrics.set_index("metric").loc["ndcg_20", ["value", "baseline_value"]]
    cuts = trained.card["cuts"]
    yield Row(name, f"recommendations ndcg_20, mean of {cuts} cuts", value, 1.1 * rule, True, rule)
    yield Row(name, "recommendations filter violations", float(violations(taken)), 0.0, at_least=False)


def newest_cut(trained: Trained) -> pd.DataFrame:
    """Of the last days alone, as published comparisons have it: a row per measure, the rule's beside it."""
    rows = pd.DataFrame(trained.card["backtest_by_cut"])
    return rows[rows["cut"] == 1].set_index("candidate").drop(columns=["cut", "test_day"]).T


def violations(taken: pd.DataFrame) -> int:
    """Offending rows of lists made with every twentieth item delisted and every tenth person refusing."""
    everybody = sorted(taken["user_key"].unique())
    refused = set(everybody[::10])
    items = sorted(taken["item_id"].unique())
    catalogue = pd.DataFrame({"item_id": items, "category": [item[:2] for item in items]})
    catalogue["is_available"] = catalogue.index % 20 != 0
    frames = {
        "ftr_item_days": taken[~taken["user_key"].isin(refused)],
        "ftr_items": catalogue,
        "ftr_people": pd.DataFrame({"user_key": everybody}),
    }
    trained = RECOMMENDATIONS.train(frames, {"folds": 1})
    as_of = taken["day"].max().date()
    table = RECOMMENDATIONS.score(trained, frames, as_of=as_of)["fct_recommendations"]
    gone = set(catalogue.loc[~catalogue["is_available"], "item_id"])
    personal = table[~table["user_key"].isin(refused)]
    owned = personal.merge(taken[["user_key", "item_id"]].drop_duplicates(), on=["user_key", "item_id"])
    kinds = table.merge(catalogue, on="item_id").groupby(["user_key", "category"]).size()
    lists = table[table["user_key"].isin(refused)].groupby("rank")["item_id"].nunique()
    left_out = len(set(everybody) - set(table["user_key"]))
    delisted = int(table["item_id"].isin(gone).sum())
    return delisted + len(owned) + int((kinds > 3).sum()) + int((lists > 1).sum()) + left_out


def printed(found: Iterator[Row]) -> int:
    """Print the table as it comes; returns how many bars are missed."""
    print(f"{'data':<26} {'figure':<46} {'value':>9} {'bar':>10} {'rule':>8}")
    short = 0
    for row in found:
        sign = ">=" if row.at_least else "<="
        rule = "-" if np.isnan(row.rule) else f"{row.rule:.4f}"
        word = "BELOW" if row.is_short else ""
        short += row.is_short
        line = f"{row.data:<26} {row.figure:<46} {row.value:>9.4f} {sign} {row.bar:>7.3f} {rule:>8} {word}"
        print(line.rstrip(), flush=True)
    return short
