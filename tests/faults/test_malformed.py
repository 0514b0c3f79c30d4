"""Nothing of a file is lost or made up, whatever is wrong with it: the full table is `make faults`."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults import malformed
from tests.faults.row import row


@pytest.mark.parametrize("position", malformed.POSITIONS[:1])
def test_every_kind_of_malformed_line_is_refused_alone_and_kept_as_it_came(position: str) -> None:
    found = row("malformed", malformed.tries(sizes=(9,), positions=(position,)))
    assert (found.tries, found.wrong) == (len(malformed.KINDS), [])


def test_there_are_forty_kinds_and_each_is_another() -> None:
    assert len(malformed.KINDS) >= 40
    assert set(Counter(kind.line for kind in malformed.KINDS).values()) == {1}


def test_random_damage_loses_no_line() -> None:
    found = row("mutations", malformed.mutations(40, seed=1_000))
    assert (found.tries, found.wrong) == (40, [])
