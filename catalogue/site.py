"""The catalogue's pages: plain files that open from disk and ask no host for anything."""

from __future__ import annotations

from html import escape
from pathlib import Path

from catalogue import lineage, page, table_page
from catalogue.facts import Gate, Table
from catalogue.lineage import Columns
from metrics import definitions


def write(tables: list[Table], models: list[Gate], columns: Columns, out: Path, owner: str) -> list[Path]:
    """Write the site; returns its files.

    Parameters
    ----------
    tables : list of Table
        The public tables and the private ones, each with a page.
    models : list of Gate
        The gates of the models, which stand before any table.
    columns : Columns
        Their lineage.
    owner : str
        Who is asked about them.
    """
    out.mkdir(parents=True, exist_ok=True)
    shown = {table.name for table in tables}
    files = {"index.html": _index(tables, models, owner), "metrics.html": _metrics()}
    files["models.html"] = page.whole(
        "Models",
        f"<nav>{page.HOME}</nav><h1>Gates of the models 模型质量门</h1>{table_page.gates_of(models)}",
    )
    files |= {f"{table.name}.html": table_page.text(table, columns, shown, owner) for table in tables}
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    for stale in set(out.glob("*.html")) - {out / name for name in files}:
        stale.unlink()
    return [out / name for name in files]


def _index(tables: list[Table], models: list[Gate], owner: str) -> str:
    as_of = max((table.as_of for table in tables if table.as_of != "–"), default="–")
    public = [
        page.row(
            _linked(table),
            page.both(table.name),
            f"{table.rows:,}",
            page.short(table.as_of),
            table_page.outcome(table),
            numbers=(2,),
        )
        for table in tables
        if table.is_public
    ]
    private = [
        page.row(_linked(table), lineage.layer(table.name), page.both(table.name), table_page.outcome(table))
        for table in tables
        if not table.is_public
    ]
    content = page.grid(("Table", "One row per", "Rows", "Fresh to", "Gates"), public, numbers=(2,))
    if private:
        content += "<h2>Inside the warehouse, not published 仓库内部表（不发布）</h2>" + page.grid(
            ("Table", "Layer", "One row per", "Gates"), private
        )
    return page.whole(
        "Catalogue",
        '<nav><a href="metrics.html">Metrics 指标</a><a href="models.html">Models 模型</a></nav>'
        "<h1>Catalogue 数据目录</h1>"
        + page.facts(
            {"Published as of 数据日期": escape(as_of), "Owner 负责人": escape(owner)}
            | _failed(tables, models)
        )
        + page.searched(content),
    )


def _linked(table: Table) -> str:
    return f'<a href="{escape(table.name)}.html"><code>{escape(table.name)}</code></a>'


def _failed(tables: list[Table], models: list[Gate]) -> dict[str, str]:
    """The gates that did not hold, before anything else is looked at."""
    gates = sum(len(table.gates) for table in tables) + len(models)
    failed = [_linked(table) for table in tables if any(not gate.held for gate in table.gates)]
    if any(not gate.held for gate in models):
        failed.append('<a href="models.html">models</a>')
    if not failed:
        return {"Gates 质量门": f"all {gates:,} rules held"}
    return {"Gates 质量门": f'<span class="failed">rules failed</span> in {", ".join(failed)}'}


def _metrics() -> str:
    layer = definitions.load()
    rows = [
        page.row(
            f"<code>{name}</code><br>{escape(metric.label['en'])} {escape(metric.label['zh'])}",
            f"{escape(metric.description['en'])}"
            f'<div class="zh" lang="zh">{escape(metric.description["zh"])}</div>',
            page.folded(f"{len(by)} ways", escape(", ".join(by))) if (by := layer.dimensions(name)) else "–",
        )
        for name, metric in sorted(layer.metrics.items())
    ]
    return page.whole(
        "Metrics",
        f"<nav>{page.HOME}</nav><h1>Metrics 指标</h1>"
        "<p>Asked by <code>make metric NAME=</code>, grouped by <code>BY=</code>.</p>"
        f"{page.searched(page.grid(('Metric', 'Meaning', 'By 维度'), rows))}",
    )
