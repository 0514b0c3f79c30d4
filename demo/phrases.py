"""What people write: sentences by theme, sentiment and language, put together at random."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

THEMES = ("delivery", "quality", "price", "app", "service", "packaging")
POSITIVE, NEUTRAL, NEGATIVE = 1, 0, -1
SENTIMENTS = {POSITIVE: "positive", NEUTRAL: "neutral", NEGATIVE: "negative"}


@cache
def _book() -> dict[str, Any]:
    book: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("phrases.yml").read_text(encoding="utf-8"))
    return book


def write(theme: str, sentiment: int, language: str, thing: str, rng: np.random.Generator) -> str:
    """One remark of one or two sentences."""
    feeling = SENTIMENTS[sentiment]
    lines = _book()["themes"][theme][feeling][language]
    ends = _book()["closings"][feeling][language]
    said = str(lines[int(rng.integers(len(lines)))]).format(thing=thing)
    return said + str(ends[int(rng.integers(len(ends)))])
