"""What a picture of a tested model is drawn from: panels of plain numbers, small enough for its card.

A panel is ``lines`` (series of points between 0 and a largest value), ``bars`` (a value per name, a
baseline beside it) or ``profiles`` (a table whose cells are coloured by how unusual they are).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ml import measures
from ml.frames import FloatArray

Panel = dict[str, Any]
_GROUPS, _STEPS = 10, 40


def tested(
    truth: FloatArray, forecasts: Mapping[str, FloatArray], chosen: str, rule: str, outcome: str
) -> list[Panel]:
    """Calibration, lift and ROC of what is published, beside the rule it had to beat.

    Parameters
    ----------
    truth
        What happened on one test day, 0 or 1.
    forecasts
        Probabilities of the same people by candidate.
    outcome
        What a probability is of, in a word or two.
    """
    shown = {name: forecasts[name] for name in dict.fromkeys((chosen, rule)) if name in forecasts}
    shares = np.arange(1, 21) / 20
    limit = [(share, measures.lift_limit(truth, share)) for share in shares]
    return [
        calibrated(
            "Calibration",
            f"foretold chance of {outcome}",
            "share it happened to",
            {name: (truth, p) for name, p in shown.items()},
        ),
        lines(
            "Lift",
            "share of people, likeliest first",
            "times as many as by chance",
            {
                name: [(share, measures.lift(truth, p, share)) for share in shares]
                for name, p in shown.items()
            },
            ideal=limit,
        ),
        lines(
            "ROC",
            "share of others alarmed",
            f"share of {outcome} found",
            {
                f"{name} {measures.auc(truth, p):.3f}": receiver_operating(truth, p)
                for name, p in shown.items()
            },
            ideal=[(0.0, 0.0), (1.0, 1.0)],
        ),
    ]


def amounts(spent: FloatArray, forecasts: Mapping[str, FloatArray]) -> list[Panel]:
    """Forecast beside real spend by tenths of people, and whose spend the first of a ranking are."""
    total = max(float(spent.sum()), 1e-9)
    people = np.arange(0, len(spent) + 1, max(1, len(spent) // _STEPS))

    def gained(order: FloatArray) -> list[tuple[float, float]]:
        sums = np.append(0.0, np.cumsum(spent[np.argsort(-order, kind="stable")]))
        return [(float(n) / max(1, len(spent)), float(sums[n]) / total) for n in people]

    return [
        lines(
            "Calibration, by tenths of people",
            "mean forecast",
            "mean spent",
            {name: calibration(spent, forecast) for name, forecast in forecasts.items()},
            ideal=_diagonal(spent, forecasts),
        ),
        lines(
            "Whose spend it is",
            "share of people, highest forecast first",
            "share of what was spent",
            {name: gained(forecast) for name, forecast in forecasts.items()},
            ideal=gained(spent),
        ),
    ]


def _diagonal(spent: FloatArray, forecasts: Mapping[str, FloatArray]) -> list[tuple[float, float]]:
    tenths = [pair for forecast in forecasts.values() for pair in calibration(spent, forecast)]
    end = min(max(foretold for foretold, _ in tenths), max(came for _, came in tenths)) if tenths else 0.0
    return [(0.0, 0.0), (end, end)]


def calibrated(title: str, x: str, y: str, told: Mapping[str, tuple[FloatArray, FloatArray]]) -> Panel:
    """By candidate what happened and what was foretold, beside the line on which the two are one."""
    series = {name: calibration(truth, p) for name, (truth, p) in told.items()}
    return lines(title, x, y, series, ideal=[(0.0, 0.0), (1.0, 1.0)])


def calibration(truth: FloatArray, p: FloatArray) -> list[tuple[float, float]]:
    """Mean probability and share that happened, of ten groups of equal size."""
    order = np.argsort(p, kind="stable")
    groups = np.array_split(order, min(_GROUPS, len(order)))
    return [(float(p[group].mean()), float(truth[group].mean())) for group in groups]


def receiver_operating(truth: FloatArray, p: FloatArray) -> list[tuple[float, float]]:
    """False and true positive rates, equal scores forming one step, thinned to forty steps."""
    order = np.argsort(-p, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(order) - 1)
    hits = np.cumsum(truth[order])[ends]
    misses = ends + 1 - hits
    x, y = np.append(0.0, misses / max(misses[-1], 1.0)), np.append(0.0, hits / max(hits[-1], 1.0))
    # As many steps along the curve as across: a steep beginning keeps its points.
    kept = np.unique(np.searchsorted(x + y, np.linspace(0.0, 2.0, _STEPS + 1)).clip(max=len(x) - 1))
    return [(float(one), float(other)) for one, other in zip(x[kept], y[kept], strict=True)]


def lines(
    title: str,
    x: str,
    y: str,
    series: Mapping[str, Iterable[tuple[float, float]]],
    ideal: Iterable[tuple[float, float]] = (),
) -> Panel:
    """A panel of series; points that are not numbers are left out, and ``ideal`` is drawn beneath."""
    return {
        "kind": "lines",
        "title": title,
        "x": x,
        "y": y,
        "series": [{"name": name, "points": _points(points)} for name, points in series.items()],
        "ideal": _points(ideal),
    }


def bars(title: str, named: Iterable[tuple[str, float, float | None]]) -> Panel:
    """A panel of values by name, each with a baseline or None."""
    told = [
        [name, _number(value), None if other is None or np.isnan(other) else _number(other)]
        for name, value, other in named
        if np.isfinite(value)
    ]
    return {"kind": "bars", "title": title, "bars": told}


def profiles(
    title: str, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[tuple[str, float]]]]
) -> Panel:
    """A panel with a row per group; a cell is its text and how far from usual it lies, in deviations."""
    return {
        "kind": "profiles",
        "title": title,
        "columns": list(columns),
        "rows": [[name, [[text, _number(far) or 0.0] for text, far in cells]] for name, cells in rows],
    }


def _points(points: Iterable[tuple[float, float]]) -> list[list[float]]:
    return [[round(float(x), 4), round(float(y), 4)] for x, y in points if np.isfinite(x) and np.isfinite(y)]


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
