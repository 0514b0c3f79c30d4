"""Ask a metric: `python -m metrics NAME [--by day,country] [--from] [--to] [--where "country=CN; ..."]`."""

from __future__ import annotations

import argparse
import sys
from datetime import date

import duckdb

from metrics import definitions, filters, query
from orchestration import served, warehouse
from orchestration.errors import Unusable


def main(argv: list[str] | None = None) -> int:
    parser = served.arguments("Ask metrics of the published file.")
    parser.add_argument("names", nargs="*", help="metrics; none lists them")
    parser.add_argument("--by", default="", help="dimensions or day, week, month, quarter, year")
    parser.add_argument("--from", dest="first", default="", help="first day, YYYY-MM-DD")
    parser.add_argument("--to", dest="last", default="", help="last day; default the as-of day")
    parser.add_argument(
        "--where", action="append", default=[], help="dimension=value[,value]; more parted by `;`"
    )
    parser.add_argument("--sql", action="store_true", help="print the SQL instead of its answer")
    options = parser.parse_args(argv)
    try:
        return _told(options) if options.names else _listed()
    except Unusable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _listed() -> int:
    layer = definitions.load()
    for name, metric in sorted(layer.metrics.items()):
        by = ", ".join(layer.dimensions(name))
        print(f"{name}\n    {metric.description['en']}\n    {metric.description['zh']}\n    by {by}")
    return 0


def _told(options: argparse.Namespace) -> int:
    path = served.found(served.data_of(options))
    with warehouse.open_file(path, read_only=True) as connection:
        try:
            (as_of,) = connection.execute("select max(as_of) from marts.dim_users").fetchone() or (None,)
            question = _question(options, as_of)
            sql, parameters = query.compiled(question)
            if options.sql:
                print(sql)
                return 0
            filters.check(connection, question)
            found = connection.execute(sql, parameters)
        except duckdb.Error as error:
            raise definitions.MetricError(f"this file cannot answer: {str(error).splitlines()[0]}") from error
        print("\t".join(column[0] for column in found.description or []))
        for row in found.fetchall():
            print("\t".join("" if value is None else str(value) for value in row))
    return 0


def _question(options: argparse.Namespace, as_of: date | None) -> query.Question:
    names, by = (_names_in(text) for text in (",".join(options.names), options.by))
    first, last = _day(options.first), _day(options.last) or as_of
    if first and last and first > last:
        ends = f"TO={last}" if options.last else f"the as-of day {last}"
        raise definitions.MetricError(f"FROM={first} lies after {ends}")
    layer, grains = definitions.load(), [name for name in by if name in query.GRAINS]
    windowed = [name for name in names if any(part.window_days for part in layer.base(name))]
    if windowed and grains and not first:
        raise definitions.MetricError(
            f"{windowed[0]} by {grains[0]} needs the first day of the period: FROM="
        )
    return query.asked(names, by, first, last, filters.read(options.where))


def _names_in(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise definitions.MetricError(f"{text} is not a day such as 2026-06-30") from error


if __name__ == "__main__":
    raise SystemExit(main())
