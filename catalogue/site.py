"""The catalogue's pages: plain files that open from disk and ask no host for anything."""

from __future__ import annotations

from html import escape
from pathlib import Path

from catalogue import lineage
from catalogue.facts import Table
from dashboards import dictionary
from metrics import definitions

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1080px; padding: 24px; }
table { border-collapse: collapse; width: 100%; margin: 12px 0 28px; }
th, td { text-align: start; padding: 6px 10px; border-bottom: 1px solid #d5d7dc; vertical-align: top; }
td.n { text-align: end; font-variant-numeric: tabular-nums; }
code, pre { font: 13px/1.5 monospace; background: #f2f4f7; border-radius: 4px; padding: 1px 5px; }
pre { padding: 12px; overflow: auto; }
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


def write(tables: list[Table], out: Path, as_of: str) -> list[Path]:
    """Write the site; returns its files."""
    out.mkdir(parents=True, exist_ok=True)
    there = {table.name for table in tables}
    files = {"index.html": _index(tables, as_of), "metrics.html": _metrics()}
    files |= {f"{table.name}.html": _table(table, there) for table in tables}
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / name for name in files]


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def _both(name: str) -> str:
    meant = dictionary.columns().get(name, {"en": "", "zh": ""})
    chinese = f'<div class="zh" lang="zh">{escape(meant["zh"])}</div>' if meant["zh"] != meant["en"] else ""
    return f"{escape(meant['en'])}{chinese}"


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _grid(titles: tuple[str, ...], rows: list[str]) -> str:
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _searched(grid: str) -> str:
    box = '<label for="search">Search 搜索</label><input id="search" type="search">'
    return f"{box}{grid}<script>{SEARCH}</script>"


def _index(tables: list[Table], as_of: str) -> str:
    rows = [
        _row(
            f'<a href="{table.name}.html"><code>{table.name}</code></a>',
            _both(table.name),
            f"{table.rows:,}",
            escape(table.as_of),
            _outcome(table),
        )
        for table in tables
    ]
    grid = _grid(("Table", "One row per", "Rows", "Fresh to", "Gates"), rows)
    return _page(
        "Catalogue",
        f"<h1>Catalogue 数据目录</h1><p>Published file as of {escape(as_of)}. "
        f'<a href="metrics.html">Metrics 指标</a></p>{_searched(grid)}',
    )


def _outcome(table: Table) -> str:
    failed = sum(not gate.held for gate in table.gates)
    held = f"{len(table.gates) - failed} of {len(table.gates)} rules held"
    return f'<span class="failed">{held}</span>' if failed else held


def _table(table: Table, there: set[str]) -> str:
    columns = [
        _row(f"<code>{escape(name)}</code>", escape(kind), _both(f"{table.name}.{name}"))
        for name, kind in table.columns
    ]
    gates = [
        _row(
            escape(gate.asset),
            escape(gate.expectation),
            escape(gate.severity),
            "held" if gate.held else '<span class="failed">failed</span>',
            escape(gate.observed),
        )
        for gate in table.gates
    ]
    upstream = (
        ("Selects from", lineage.parents().get(table.name, ())),
        ("Feeds", lineage.children().get(table.name, ())),
        ("All upstream", lineage.origins(table.name)),
    )
    lines = [
        f"<p>{what}: {' '.join(_link(name, there) for name in names) or '–'}</p>" for what, names in upstream
    ]
    return _page(
        table.name,
        f'<p><a href="index.html">Catalogue 数据目录</a></p><h1><code>{table.name}</code></h1>'
        f"<p>{_both(table.name)}</p><p>{table.rows:,} rows, fresh to {escape(table.as_of)}.</p>"
        f"<h2>Columns 字段</h2>{_grid(('Column', 'Type', 'Meaning'), columns)}"
        f"<h2>Lineage 血缘</h2>{''.join(lines)}"
        f"<h2>Sample query 示例查询</h2><pre>{escape(sample(table))}</pre>"
        f"<h2>Gates of the last night 质量门</h2>"
        f"{_grid(('Table', 'Rule', 'Severity', 'Outcome', 'Observed'), gates)}",
    )


def _link(name: str, there: set[str]) -> str:
    shown = f"<code>{escape(name)}</code>"
    return f'<a href="{name}.html">{shown}</a>' if name in there else shown


def sample(table: Table) -> str:
    """A query to start from: the first columns, in their own order."""
    names = [name for name, _ in table.columns if name != "as_of"][:6]
    return f"select {', '.join(names)}\nfrom marts.{table.name}\norder by {names[0]} nulls last\nlimit 10"


def _metrics() -> str:
    layer = definitions.load()
    rows = [
        _row(
            f"<code>{name}</code><br>{escape(metric.label['en'])} {escape(metric.label['zh'])}",
            f"{escape(metric.description['en'])}"
            f'<div class="zh" lang="zh">{escape(metric.description["zh"])}</div>',
            f"<code>make metric NAME={name}</code>",
            escape(", ".join(layer.dimensions(name))),
        )
        for name, metric in sorted(layer.metrics.items())
    ]
    return _page(
        "Metrics",
        f'<p><a href="index.html">Catalogue 数据目录</a></p><h1>Metrics 指标</h1>'
        f"{_searched(_grid(('Metric', 'Meaning', 'Asked by', 'By'), rows))}",
    )
