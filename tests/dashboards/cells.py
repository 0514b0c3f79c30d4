"""Tables as they are shown, beside rows worked by hand."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

ROWS = """title => [...document.querySelectorAll('.table-panel')]
    .filter(p => p.querySelector('h3').innerText === title)
    .flatMap(p => [...p.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.textContent)))"""


def is_written(cell: str, value: Any) -> bool:
    """Whether a cell is a number, as far as it is written out."""
    if value is None or cell == "–":
        return value is None and cell == "–"
    if cell == "<0.001":
        return 0 <= float(value) < 0.001
    written = re.fullmatch(r"(-?[\d,]+(?:\.(\d+))?)(%?)(?: s)?", cell)
    assert written, cell
    scale = 100 if written[3] else 1
    half = 0.5 * 10 ** -len(written[2] or "") / scale
    return abs(float(written[1].replace(",", "")) / scale - float(value)) <= half * 1.001 + 1e-9


def same_rows(
    shown: list[list[str]], keys: tuple[int, ...], values: tuple[int, ...], held: list[tuple[Any, ...]]
) -> None:
    """Every row shown is one of those worked by hand, each of which is shown once."""
    waiting: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for row in held:
        names = tuple("–" if key is None else str(key) for key in row[: len(keys)])
        waiting[names].append(row[len(keys) :])
    for cells in shown:
        left = waiting[tuple(cells[place] for place in keys)]
        told = [cells[place] for place in values]
        found = [row for row in left if all(map(is_written, told, row))]
        assert found, (cells, left[:5])
        left.remove(found[0])
