"""Cluster, order, name, and write the rule: frozen until the next fit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml import curves
from ml.frames import FloatArray
from ml.segments import worth
from ml.segments.clustering import Clusters, Labels, Stability, cluster
from ml.segments.migrations import between, relabelled_a_day
from ml.segments.names import ALL, EVERYONE, names
from ml.segments.rows import COLUMNS, matrix, select
from ml.segments.rules import Boxes, grow
from ml.segments.settings import SegmentSettings
from ml.spec import Payload, Trained
from ml.threads import one_thread

#: The measures in a picture's narrow columns, after the share.
_SHORT = ("people", "silent d", "orders", "spend", "tenure d", "active d")
_VALUE = [COLUMNS.index(name) for name in ("revenue_all", "orders_all", "active_days_90")]


@dataclass(frozen=True)
class Fitted:
    """Segments of one day's people: what is kept of them, whose they are, and how well the rule tells."""

    model: Payload
    labels: Labels
    fidelity: float


def train(snapshots: pd.DataFrame, settings: SegmentSettings) -> Trained:
    """Fit the segments; never raises because of the data."""
    rows = select(snapshots, settings)
    newest = rows[rows["as_of"] == rows["as_of"].max()]
    x = matrix(newest)
    card: dict[str, Any] = {
        "population": "everybody in the snapshot of the anchor",
        "measures": list(COLUMNS),
        "training_people": len(newest),
        "anchor": None if newest.empty else newest["as_of"].max().strftime("%Y-%m-%d"),
        "seed": settings.seed,
    }
    if newest.empty:
        return Trained("segments", {}, "none", _metrics([]), card | {"reason": "nobody to group"})
    if len(newest) < settings.min_people or len(np.unique(x, axis=0)) < settings.most + 4:
        reason = f"{len(newest)} people are too few, or too alike, to group"
        return Trained("segments", _everyone(), "rule:everyone", _metrics([]), card | {"reason": reason})
    with one_thread():
        clusters, stability, tried = cluster(x, settings)
        fitted = _fit(x, clusters, settings)
    card["tried"] = [{key: round(float(value), 6) for key, value in asdict(one).items()} for one in tried]
    return _trained(rows, x, fitted, stability, card, settings)


def _trained(
    rows: pd.DataFrame,
    x: FloatArray,
    fitted: Fitted,
    stability: Stability,
    card: dict[str, Any],
    settings: SegmentSettings,
) -> Trained:
    model, labels, fidelity = fitted.model, fitted.labels, fitted.fidelity
    by_rule = model["kind"] == "boxes"
    if by_rule:
        card["reason"] = f"the rule places {fidelity:.1%} as the clustering does: the rule is the segments"
    card["plots"] = [_profiles(x, labels, model["name_en"])]
    measured = [
        ("stability_ari_mean", stability.mean, np.nan),
        ("stability_ari_min", stability.least, np.nan),
        ("rule_fidelity", fidelity, np.nan),
        ("smallest_share", float(np.bincount(labels).min() / len(labels)), np.nan),
        ("segments", float(len(model["id"])), np.nan),
    ]
    if rows["as_of"].nunique() == 2:
        measured += _since(rows, fitted, card, settings)
    return Trained("segments", model, "rule:tree" if by_rule else "kmeans", _metrics(measured), card)


def _since(
    rows: pd.DataFrame, fitted: Fitted, card: dict[str, Any], settings: SegmentSettings
) -> list[tuple[str, float, float]]:
    """What the earlier day tells: later spend, who moved, and whom a refit since then calls otherwise."""
    before, now = (rows[rows["as_of"] == day] for day in sorted(rows["as_of"].unique()))
    card["compared_since"] = before["as_of"].iloc[0].strftime("%Y-%m-%d")
    measured = [("relabelled_a_day", relabelled_a_day(fitted.model, before, now, _place), np.nan)]
    then = matrix(before)
    if len(np.unique(then, axis=0)) >= settings.most + 4:
        with one_thread():
            earlier = _fit(then, cluster(then, settings)[0], settings)
        share, card["migrations"] = between(earlier.model, fitted.model, now, _place)
        measured.append(("relabelled_by_refit", share, np.nan))
    bought, spent = worth.later_spend(rows)
    known = matrix(bought)
    if len(known):
        ours = worth.explained(place(fitted.model, known), spent)
        measured.append(("later_spend_explained", ours, worth.explained(worth.rfm_classes(known), spent)))
    return measured


def _place(model: Payload, rows: pd.DataFrame) -> Labels:
    return place(model, matrix(rows))


def _fit(x: FloatArray, clusters: Clusters, settings: SegmentSettings) -> Fitted:
    """The segments of a clustering: its own, or its rule's where that places too few alike."""
    clusters, labels = _ordered(clusters, x)
    boxes = grow(x, labels, settings.seed)
    fidelity = float((boxes.assign(x) == labels).mean())
    by_rule = fidelity < settings.min_fidelity
    if by_rule:
        labels, boxes = _compact(boxes, x)
    called = names(x, labels)
    model: Payload = {
        "kind": "boxes" if by_rule else "centroids",
        "mean": clusters.mean,
        "scale": clusters.scale,
        "centroids": clusters.centroids,
        "above": boxes.above,
        "upto": boxes.upto,
        "label": boxes.label,
        "id": [number for number, _ in called],
        "name_en": [name[0] for _, name in called],
        "name_zh": [name[1] for _, name in called],
        "rule": [boxes.text(one) for one in range(len(called))],
        "columns": list(COLUMNS),
    }
    return Fitted(model, labels, fidelity)


def _profiles(x: FloatArray, labels: Labels, called: list[str]) -> curves.Panel:
    """Each segment's share and medians, coloured by how far its mean lies from everybody's."""
    logs = np.log1p(x)
    usual, spread = logs.mean(axis=0), np.maximum(logs.std(axis=0), 1e-9)
    rows = []
    for one, name in enumerate(called):
        inside = labels == one
        far = (logs[inside].mean(axis=0) - usual) / spread
        typical = [f"{value:.0f}" for value in np.median(x[inside], axis=0)]
        share = (f"{inside.mean():.0%}", 0.0)
        rows.append((name, [share, *zip(typical, far.tolist(), strict=True)]))
    return curves.profiles("Segments: share, and medians beside everybody's", _SHORT, rows)


def place(model: Payload, x: FloatArray) -> Labels:
    """Segment of each row of measures, from zero."""
    if model["kind"] == "everyone":
        return np.zeros(len(x), dtype=np.int64)
    if model["kind"] == "boxes":
        return Boxes(model["above"], model["upto"], model["label"]).assign(x)
    return Clusters(model["mean"], model["scale"], model["centroids"]).assign(x)


def _ordered(clusters: Clusters, x: FloatArray) -> tuple[Clusters, Labels]:
    """Most valuable first, then most active: the same clustering has the same ids."""
    keys = np.round(clusters.centroids[:, _VALUE], 9)
    order = sorted(range(len(keys)), key=lambda one: tuple(-keys[one]))
    sorted_ = Clusters(clusters.mean, clusters.scale, clusters.centroids[order])
    labels = sorted_.assign(x)
    kept = np.unique(labels)
    if len(kept) < len(order):
        sorted_ = Clusters(clusters.mean, clusters.scale, sorted_.centroids[kept])
        labels = sorted_.assign(x)
    return sorted_, labels


def _compact(boxes: Boxes, x: FloatArray) -> tuple[Labels, Boxes]:
    """Segments of the rule without those it gives nobody: their boxes go to the first that is left."""
    labels = boxes.assign(x)
    kept = np.unique(labels)
    number = {int(old): new for new, old in enumerate(kept)}
    renamed = np.array([number.get(int(one), 0) for one in boxes.label], dtype=np.int64)
    again = Boxes(boxes.above, boxes.upto, renamed)
    return again.assign(x), again


def _everyone() -> Payload:
    return {
        "kind": "everyone",
        "id": [ALL],
        "name_en": [EVERYONE[0]],
        "name_zh": [EVERYONE[1]],
        "rule": ["everybody"],
        "columns": list(COLUMNS),
    }


def _metrics(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["metric", "value", "baseline_value"])
    return frame.astype({"value": "float64", "baseline_value": "float64"})
