"""Times that Arrow reads at sight are those the exact patterns take, and the same."""

from __future__ import annotations

import itertools
from datetime import datetime

import duckdb
import pyarrow as pa

from orchestration.ingestion import in_memory, times

SOUND, ODD = "2026-05-04T10:20:30Z", "019 -+:.Ttz\té"


def test_whatever_is_read_at_sight_is_the_time_that_the_patterns_read() -> None:
    texts = {
        SOUND,
        "1900-02-29T00:00:00Z",
        "2000-02-29T23:59:59Z",
        "2026-05-04 24:00:00Z",
        "2026-05-04T10:20+01:00",
    }
    for one, two in itertools.combinations(range(len(SOUND)), 2):
        for a, b in itertools.product(ODD, repeat=2):
            texts.add(SOUND[:one] + a + SOUND[one + 1 : two] + b + SOUND[two + 1 :])
    read = {}
    for text in sorted(texts):
        found = in_memory.as_instants(pa.chunked_array([[text]]))
        if found is not None and times.FIRST <= found[0].as_py() < times.LAST:
            read[text] = found[0].as_py()
    assert len(read) > 250
    with duckdb.connect() as connection:
        connection.register("texts", pa.table({"x": list(read)}))
        said = connection.execute(f"select x, {times.instant('x', [])} from texts").fetchall()
    assert dict(said) == read


def test_a_column_is_read_at_sight_whole_or_not_at_all() -> None:
    sound = in_memory.as_instants(pa.chunked_array([[SOUND, None], [SOUND]]))
    at = datetime(2026, 5, 4, 10, 20, 30)
    assert sound is not None
    assert sound.to_pylist() == [at, None, at]
    for odd in ("", "2026-05-04", "2026-05-04T10:20:30", "2026-05-04T10:20+01:00", "2026-13-04T10:20:30Z"):
        assert in_memory.as_instants(pa.chunked_array([[SOUND], [odd]])) is None
    assert in_memory.as_instants(pa.chunked_array([[None, None]], pa.string())) is None
