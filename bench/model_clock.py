"""All models on made-up people, on the clock: what a night that trains costs, and one that only scores."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from datetime import date

import pandas as pd

from bench.model_bars import Row
from bench.model_world import given
from ml import catalogue
from ml.spec import Trained
from orchestration.modelling import LEARNED_FROM

TODAY = date(2026, 6, 30)
MODELS = ("churn", "propensity", "reach", "recommendations", "segments", "value")


def rows(people: int, cuts: int) -> Iterator[Row]:
    """Seconds and peak gigabytes of every model, one after the other, then the sums beside their bars.

    The bars are those of 200,000 people with fifty events each; fewer people are held to the same.
    """
    name = f"{people:,} people"
    frames = given(people, cuts)
    settings = {"anchor": TODAY, "as_of": TODAY, "seed": 7}
    whole = alone = 0.0
    for model in MODELS:
        spec = catalogue.specs()[model]
        asked = {table.split(".")[1]: frames[table.split(".")[1]] for table in spec.needs}
        started = time.monotonic()
        trained: Trained = spec.train(asked, settings)
        fitted = time.monotonic()
        told = sum(map(len, spec.score(trained, _today(asked), as_of=TODAY).values()))
        done = time.monotonic()
        whole, alone = whole + done - started, alone + done - fitted
        yield Row(name, f"{model}: train, test, score; {told:,} rows", done - started, 300.0, False)
    yield Row(name, "all: train, test, score, seconds", whole, 300.0, False)
    yield Row(name, "all: score alone, seconds", alone, 60.0, False)
    yield Row(name, "peak memory so far, GB", _peak(), 6.0, False)


def many(people: int) -> Iterator[Row]:
    """Models of people on so many: learned from as many as a night reads, and everybody scored.

    Snapshots of four days to learn from, and everybody's of today.
    """
    name = f"{people:,} people"
    learned = given(min(people, LEARNED_FROM), 3)
    everybody = given(people, 0)
    settings = {"anchor": TODAY, "as_of": TODAY, "seed": 7}
    for model in MODELS:
        spec = catalogue.specs()[model]
        needs = [table.split(".")[1] for table in spec.needs]
        trained = spec.train({table: learned[table] for table in needs}, settings)
        started = time.process_time()
        scored = spec.score(trained, {table: everybody[table] for table in needs}, as_of=TODAY)
        seconds = time.process_time() - started
        told = sum(map(len, scored.values()))
        yield Row(name, f"{model}: {told:,} rows scored, CPU seconds", seconds, 600.0, False)
        yield Row(name, f"{model}: peak memory so far, GB", _peak(), 16.0, False)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _today(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """As a night gives them: of tables with an as_of, that day's rows."""
    return {
        name: frame[frame["as_of"] == pd.Timestamp(TODAY)] if "as_of" in frame else frame
        for name, frame in frames.items()
    }
