"""The page of one table: its columns with what each is made of, a query to start from, and its gates."""

from __future__ import annotations

from functools import cache
from html import escape

import yaml

from catalogue import lineage, page
from catalogue.columns import Column
from catalogue.facts import Gate, Table
from catalogue.lineage import Columns

# As many of the columns one is made of are seen at once.
SHOWN = 3
WRITERS = {
    "raw": "the feeds",
    "predictions": "a model in Python (ml/)",
    "marts": "the publish step",
    "staging": "a list in git (dbt_project/seeds/)",
}


def text(table: Table, columns: Columns, shown: set[str], owner: str) -> str:
    """The whole page; names in ``shown`` have pages to link to."""
    listed = [
        page.row(
            f"<code>{escape(name)}</code>",
            *([page.short(kind)] if table.is_public else []),
            page.both(f"{table.name}.{name}"),
            _lineage((table.name, name), columns, shown),
            anchor=name,
        )
        for name, kind in table.columns
    ]
    parts = [
        f"<nav>{page.HOME}</nav><h1><code>{escape(table.name)}</code></h1><p>{page.both(table.name)}</p>",
        page.facts(_known(table, owner)),
        "<h2>Columns 字段</h2>",
        page.grid(("Column", *(["Type"] if table.is_public else []), "Meaning", "Lineage 血缘"), listed),
        "<h2>Lineage of the table 表级血缘</h2>",
        page.facts(_tables(table.name, shown)),
    ]
    if table.is_public:
        parts += ["<h2>Sample query 示例查询</h2>", f"<pre>{escape(sample(table))}</pre>"]
    parts += ["<h2>Gates of the last night 质量门</h2>", gates_of(table.gates)]
    return page.whole(table.name, "".join(parts))


def gates_of(gates: list[Gate]) -> str:
    """How each rule fared, those that failed first."""
    rows = [
        page.row(
            escape(gate.asset),
            escape(gate.expectation),
            escape(gate.severity),
            "held" if gate.held else '<span class="failed">failed</span>',
            escape(gate.observed),
        )
        for gate in sorted(gates, key=lambda gate: gate.held)
    ]
    return page.grid(("Table", "Rule", "Severity", "Outcome", "Observed"), rows) if rows else "<p>None.</p>"


def sample(table: Table) -> str:
    """A query to start from: the first columns, in their own order."""
    names = [name for name, _ in table.columns if name != "as_of"][:6]
    return f"select {', '.join(names)}\nfrom marts.{table.name}\norder by {names[0]} nulls last\nlimit 10"


def outcome(table: Table) -> str:
    """How the rules of a table's gates fared in the last night."""
    failed = sum(not gate.held for gate in table.gates)
    held = page.short(f"{len(table.gates) - failed} of {len(table.gates)} rules held")
    return f'<span class="failed">{held}</span>' if failed else held


def _known(table: Table, owner: str) -> dict[str, str]:
    known = {}
    if table.rows is not None:
        known["Rows 行数"] = f"{table.rows:,}"
        known["Fresh to 数据日期"] = escape(table.as_of)
    layer = lineage.layer(table.name)
    known["Layer 分层"] = layer if table.is_public else f"{layer}, not published"
    known["Made by 产出"] = _writer(table.name, layer)
    known["Owner 负责人"] = escape(owner)
    known["Gates 质量门"] = outcome(table)
    if pages := _dashboards().get(table.name):
        known["Shown on 看板页面"] = escape(", ".join(pages))
    return known


def _writer(name: str, layer: str) -> str:
    path = lineage.written_by().get(name)
    models = lineage.learned().get(name, [])
    if path or len(models) == 1:
        return f"<code>{escape(path.as_posix() if path else f'ml/{models[0].name}')}</code>"
    return "every model in Python (ml/)" if models else WRITERS[layer]


@cache
def _dashboards() -> dict[str, list[str]]:
    """Each table to the pages of the dashboards that show it."""
    exposures = yaml.safe_load((lineage.DBT / "semantic" / "exposures.yml").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for exposure in exposures["exposures"]:
        for _, name in (lineage.REFERENCE.findall(one)[0][::-1] for one in exposure["depends_on"]):
            found.setdefault(name, []).append(exposure["label"])
    return found


def _tables(name: str, shown: set[str]) -> dict[str, str]:
    told = {
        "Selects from 直接来源": lineage.parents().get(name, ()),
        "Feeds 下游": lineage.children().get(name, ()),
    }
    listed = {what: " ".join(_table(one, shown) for one in names) or "–" for what, names in told.items()}
    if upstream := lineage.origins(name):
        links = " ".join(_table(one, shown) for one in upstream)
        listed["All upstream 全部上游"] = page.folded(f"{len(upstream)} tables", links)
    return listed


def _table(name: str, shown: set[str]) -> str:
    shape = f"<code>{escape(name)}</code>"
    return f'<a href="{escape(name)}.html">{shape}</a>' if name in shown else shape


def _lineage(column: Column, columns: Columns, shown: set[str]) -> str:
    """What a column is made of and, folded up, what else it goes back to and what is made of it."""
    made = columns.of(*column)
    feeds = sorted(columns.feeds.get(column, ()))
    if made is None or made.untold:
        first = f"cannot be told: {escape(_why(column[0], columns, made.untold if made else ''))}"
        of: list[Column] = []
    else:
        of = sorted(made.of)
        first = f"from {_columns(of[:SHOWN], shown)}" if of else "a constant or a count of rows"
    ends = [one for one in columns.recorded(*column) if one not in of]
    folded = {
        f"{len(of) - SHOWN} more 其余来源": of[SHOWN:],
        f"recorded as {_count(ends)} 原始来源": ends,
        f"feeds {_count(feeds)} 下游": feeds,
    }
    return first + "".join(
        page.folded(name, _columns(these, shown)) for name, these in folded.items() if these
    )


def _why(table: str, columns: Columns, reason: str) -> str:
    if reason:
        return reason
    if table not in lineage.written_by():
        return f"written by {WRITERS[lineage.layer(table)]}"
    return "its SQL was not understood" if table in columns.made else "the last build left no SQL here"


def _count(found: list[Column]) -> str:
    return f"{len(found)} column{'s' * (len(found) != 1)}"


def _columns(found: list[Column], shown: set[str]) -> str:
    return ", ".join(_column(one, shown) for one in found)


def _column(column: Column, shown: set[str]) -> str:
    table, name = column
    # A raw table is called like the entity, which other tables may be too.
    layer = "raw." if lineage.layer(table) == "raw" else ""
    shape = f"<code>{layer}{escape(table)}.{escape(name)}</code>"
    return f'<a href="{escape(table)}.html#{escape(name)}">{shape}</a>' if table in shown else shape
