"""Recommendations of as many items as either method serves: trained, tested and scored."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from bench.model_bars import Row
from ml.recommendations import SPEC, weights

TODAY = date(2026, 6, 30)
#: Items of a taste, and the share of what people take that is of theirs.
OF_A_TASTE, TRUE = 40, 0.9
#: Items, the method that serves so many, and the most gigabytes it may take.
SHELVES = ((8_000, weights.EASE, 6.0), (200_000, weights.COSINE, 6.0))


def world(people: int, items: int, each: int = 20) -> dict[str, pd.DataFrame]:
    """People of one taste, who take ``each`` items, nine in ten of it; a category has four items."""
    random = np.random.default_rng(3)
    person = np.repeat(np.arange(people), each)
    tastes = items // OF_A_TASTE
    own = person % tastes * OF_A_TASTE + (OF_A_TASTE * random.random(len(person)) ** 1.7).astype(np.int64)
    item = np.where(random.random(len(person)) < TRUE, own, random.integers(0, items, len(person)))
    names = np.char.mod("i%06d", np.arange(items)).astype(object)
    keys = np.char.mod("%064x", np.arange(people)).astype(object)
    days = pd.Timestamp(TODAY) - pd.to_timedelta(random.integers(0, 200, len(person)), "D")
    taken = pd.DataFrame({"user_key": keys[person], "item_id": names[item], "day": days, "actions": 1})
    catalogue = pd.DataFrame({"item_id": names, "category": names[np.arange(items) // 4 * 4]})
    return {
        "ftr_item_days": taken,
        "ftr_items": catalogue.assign(is_available=np.arange(items) % 20 != 0),
        "ftr_people": pd.DataFrame({"user_key": keys}),
    }


def of_taste(table: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> float:
    """The share of what the model itself recommends that is of a person's taste."""
    own = table[~table["method"].isin(["popularity", "category_popularity", "default"])]
    taste = own["item_id"].str[1:].astype(int) // OF_A_TASTE
    tastes = len(frames["ftr_items"]) // OF_A_TASTE
    return float((own["user_key"].map(lambda key: int(key, 16) % tastes) == taste).mean())


def violations(table: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> int:
    """Rows that show what a person has, what is delisted or a fourth of a category, and who was left out."""
    shown = table.merge(frames["ftr_items"], on="item_id")
    owned = table.merge(frames["ftr_item_days"][["user_key", "item_id"]].drop_duplicates())
    crowded = shown.groupby(["user_key", "category"]).size() > 3
    left_out = len(frames["ftr_people"]) - table["user_key"].nunique()
    return int((~shown["is_available"]).sum() + len(owned) + crowded.sum() + left_out)


def rows(people: int = 50_000) -> Iterator[Row]:
    """Seconds, memory and what came of it: of 8,000 items by EASE, of 200,000 by similarity."""
    for items, method, gigabytes in SHELVES:
        # In a process of its own, so that its peak is its own.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            trained, scored, peak, true, wrong = alone.submit(_measured, people, items, method).result()
        name = f"{items:,} items"
        yield Row(name, f"{method}: train, test, {people:,} people, s", trained, 300.0, False)
        yield Row(name, f"{method}: score, seconds", scored, 60.0, False)
        yield Row(name, f"{method}: peak memory, GB", peak, gigabytes, False)
        yield Row(name, f"{method}: recommended of their taste", true, 0.8)
        yield Row(name, f"{method}: filter violations", float(wrong), 0.0, False)


def _measured(people: int, items: int, method: str) -> tuple[float, float, float, float, int]:
    frames = world(people, items)
    started = time.monotonic()
    trained = SPEC.train(frames, {"anchor": TODAY})
    fitted = time.monotonic()
    if trained.method != method:
        raise ValueError(f"{items} items are not served by {method} but {trained.method}: {trained.reason}")
    table = SPEC.score(trained, frames, as_of=TODAY)["fct_recommendations"]
    done = time.monotonic()
    peak = _peak()
    return (
        fitted - started,
        done - fitted,
        peak,
        of_taste(table, frames),
        violations(table, frames),
    )


def _peak() -> float:
    """Gigabytes of this process; what getrusage tells would be its parent's as well."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024**2
