"""What a look at the bytes tells is what is there, wherever a block of them ends."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.ingestion import lines
from orchestration.ingestion.lines import Census
from orchestration.ingestion.unpack import Plain

PIECES = st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"\0", b"a", b"b", b"ab", b'"', b"\t", b"x"]))


@example([b"ab"] * 9, 3, 0, b"ab")
@given(PIECES, st.integers(1, 9), st.integers(0, 12), st.sampled_from([b"", b"a", b"ab"]))
def test_a_census_counts_what_is_there(pieces: list[bytes], block: int, start: int, mark: bytes) -> None:
    content = b"".join(pieces)
    start = min(start, len(content))
    body = content[start:]
    bare = body.rstrip(b"\r\n")
    ended = body[len(bare) :].count(b"\n") - (1 if bare else 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        assert lines.census(content, mark, b'"', start) == Census(
            lines=bare.count(b"\n") + (1 if bare else 0),
            blank=max(0, ended),
            delimiters=body.count(mark) if mark else 0,
            quotes=body.count(b'"'),
            has_nul=b"\0" in body,
            lone_returns=body.count(b"\r") - body.count(b"\r\n"),
        )


def test_a_file_can_be_looked_at_after_it_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"a,b\n" * 9)
    with Plain(path, "utf-8").bytes() as content:
        assert isinstance(content, mmap.mmap)
        view = memoryview(content)
    path.unlink()
    assert bytes(view) == b"a,b\n" * 9


@pytest.mark.parametrize(("length", "is_short"), [(9, True), (10, False), (25, False)])
def test_a_line_over_the_limit_is_seen(monkeypatch: pytest.MonkeyPatch, length: int, is_short: bool) -> None:
    monkeypatch.setattr(lines, "LINE_LIMIT", 10)
    for before in range(12):
        assert lines.is_short(b"x\n" * before + b"y" * length + b"\n" + b"z\n" * 9) is is_short
