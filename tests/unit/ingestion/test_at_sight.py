"""Times and amounts that Arrow reads at sight are those the exact patterns take, and the same."""

from __future__ import annotations

import itertools
from datetime import datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from orchestration.contract import ENTITIES
from orchestration.ingestion import casts, in_memory, times

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


def test_whatever_is_read_at_sight_is_the_amount_that_the_pattern_reads() -> None:
    texts = {
        "".join(marks) for size in range(1, 6) for marks in itertools.product("+-.,/019e_ ", repeat=size)
    }
    texts |= {
        "9" * 14 + ".9999",
        "1" + "0" * 14,
        "-" + "9" * 14,
        "0" * 40 + "1",
        "1" + "." + "0" * 40,
        "1.00001",
    }
    read = {}
    # Those that it takes are few; a text in any company is taken as it is alone.
    for text in sorted(texts):
        if (found := in_memory.as_decimals(pa.chunked_array([[text]]))) is not None:
            read[text] = found[0].as_py()
    assert len(read) > 1000
    assert not any(mark in text for text in read for mark in "e_ ,/")
    amount = ENTITIES["orders"].column("amount")
    with duckdb.connect() as connection:
        connection.register("texts", pa.table({"x_amount": list(read)}))
        (typed,) = casts.typed(amount, [], is_remainder=False)
        said = connection.execute(f"select x_amount, {typed} from texts").fetchall()
    assert dict(said) == read


def test_a_column_of_amounts_is_read_at_sight_whole_or_not_at_all() -> None:
    for sound in ([["1.5", None], ["-.25"]], [["1.5", None, "-.25"]], [["x", "1.5", None, "-.25"]]):
        texts = pa.chunked_array(sound)
        texts = texts.slice(len(texts) - 3)
        found = in_memory.as_decimals(texts)
        assert found is not None
        assert found.to_pylist() == [Decimal("1.5"), None, Decimal("-.25")]
    for odd in ("", "1e3", "1.00001", " 1", "1_0", "twelve", "1" + "0" * 14):
        assert in_memory.as_decimals(pa.chunked_array([["1.5"], [odd]])) is None
