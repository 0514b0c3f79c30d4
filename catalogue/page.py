"""What every page of the catalogue is put together from: escaped text, grids and their search."""

from __future__ import annotations

from html import escape

from dashboards import dictionary

STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1160px; padding: 24px; }
h1 { font-size: 26px; margin: 8px 0; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 32px 0 4px; }
a { color: #0b57b0; }
nav { display: flex; gap: 16px; }
table { border-collapse: collapse; width: 100%; margin: 12px 0 28px; }
th, td { text-align: start; padding: 6px 10px; border-bottom: 1px solid #d5d7dc; vertical-align: top; }
td { overflow-wrap: break-word; }
th { position: sticky; top: 0; background: #fff; white-space: nowrap; }
td.n, th.n { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
.short { white-space: nowrap; }
code, pre { font: 13px/1.5 monospace; background: #f2f4f7; border-radius: 4px; padding: 1px 5px; }
pre { padding: 12px; overflow: auto; }
a code { color: inherit; }
h1 code { font-size: inherit; background: none; padding: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 12px 0; }
dt { color: #434b57; }
dd { margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; }
td code { overflow-wrap: anywhere; }
td:first-child code { overflow-wrap: normal; }
details p { margin: 4px 0; }
tr:target { background: #fff6d6; }
.zh { color: #434b57; }
.failed { color: #a01c00; font-weight: 600; }
input { font: inherit; padding: 6px 10px; width: 100%; box-sizing: border-box; }
"""
SEARCH = """
document.getElementById('search').addEventListener('input', function (typed) {
  const wanted = typed.target.value.toLowerCase();
  document.querySelectorAll('tbody tr').forEach(function (row) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
});
"""
HOME = '<a href="index.html">Catalogue 数据目录</a>'


def whole(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def both(name: str) -> str:
    """What a table or a column means, in English and Chinese."""
    meant = dictionary.columns().get(name, {"en": "", "zh": ""})
    chinese = f'<div class="zh" lang="zh">{escape(meant["zh"])}</div>' if meant["zh"] != meant["en"] else ""
    return f"{escape(meant['en'])}{chinese}"


def row(*cells: str, numbers: tuple[int, ...] = (), anchor: str = "") -> str:
    """One row of a grid; ``numbers`` are the places of cells that are set to the right."""
    marked = "".join(
        f"<td{' class=n' if place in numbers else ''}>{cell}</td>" for place, cell in enumerate(cells)
    )
    return f'<tr id="{escape(anchor)}">{marked}</tr>' if anchor else f"<tr>{marked}</tr>"


def grid(titles: tuple[str, ...], rows: list[str], numbers: tuple[int, ...] = ()) -> str:
    head = "".join(
        f'<th scope="col"{" class=n" if place in numbers else ""}>{title}</th>'
        for place, title in enumerate(titles)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def searched(content: str) -> str:
    box = '<label for="search">Search 搜索</label><input id="search" type="search">'
    return f"{box}{content}<script>{SEARCH}</script>"


def short(said: str) -> str:
    """What stays on one line."""
    return f'<span class="short">{escape(said)}</span>'


def folded(summary: str, content: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def facts(pairs: dict[str, str]) -> str:
    """Names and what is known of them, a line each."""
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{said}</dd>" for name, said in pairs.items()) + "</dl>"
