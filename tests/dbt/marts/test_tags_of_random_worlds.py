"""Tags of every kind over random worlds, and the same looked up person by person and day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.tag_plan import plan
from orchestration.tags import TagRules
from tests.dbt.house import House
from tests.dbt.marts import oracle, tag_oracle, tag_world
from tests.dbt.marts.compiled import Tables, compiled

AS_OF = tag_world.AS_OF
RULES = TagRules.model_validate(
    yaml.safe_load(Path(__file__).with_name("tags_of_every_kind.yml").read_text())
)
MODELS = ("fct_lifecycle_spans", "int_users__tag_points", "dim_users", "fct_user_tags", "dim_tags")
KEYS = ["tag", "user_key", "valid_from"]


@pytest.fixture(scope="module")
def tagged(house: House) -> Iterator[Tables]:
    given_ = {"tags": plan(RULES), "tag_history_days": RULES.history_days, "business_time_zone": "UTC"}
    with compiled(
        house, *MODELS, as_of=AS_OF, as_of_end=f"{AS_OF + timedelta(days=1)} 00:00:00", **given_
    ) as t:
        yield t


def intervals(world: tag_world.World, tags: Sequence[Any], history_days: int) -> pd.DataFrame:
    """Every tag of everyone looked up day by day, equal neighbours merged."""
    reader = tag_oracle.Reader(world, tags)
    start = AS_OF - timedelta(days=history_days - 1)
    rows = []
    for tag in tags:
        for person, first in world.known.items():
            if not reader.purposes(tag) <= world.granted[person]:
                continue
            days = [(d, *reader.value(tag, person, d)) for d in oracle.days_between(max(start, first), AS_OF)]
            for value, group in groupby(days, key=lambda found: found[1]):
                held = list(group)
                if value is not None:
                    last = held[-1][0]
                    amount = float(value) if tag.kind == "metric" else None
                    share = None if held[-1][2] is None else float(held[-1][2])
                    rows.append(
                        (person, tag.tag, value, amount, share, held[0][0], None if last == AS_OF else last)
                    )
    return pd.DataFrame(
        rows, columns=["user_key", "tag", "value", "amount", "share", "valid_from", "valid_to"]
    )


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Sorted rows, one type for days, one for numbers and one for texts."""
    rows = frame.sort_values(KEYS).reset_index(drop=True)
    for column in ("valid_from", "valid_to"):
        rows[column] = pd.to_datetime(rows[column]).astype("datetime64[ns]")
    for column in ("amount", "share"):
        rows[column] = pd.to_numeric(rows[column]).astype("float64")
    return rows.astype({"user_key": "object", "tag": "object", "value": "object"})


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_intervals_are_the_values_of_every_day(tagged: Tables, seed: int) -> None:
    world = tag_world.make(seed)
    tagged.run(tag_world.tables(world))
    expected = intervals(world, RULES.tags, RULES.history_days)
    found = tagged.table("marts.fct_user_tags")[list(expected.columns)]
    pd.testing.assert_frame_equal(plain(found), plain(expected), check_exact=False, rtol=0, atol=1e-6)
