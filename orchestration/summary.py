"""What a night came to, as text a person can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg

from orchestration import failures, home, publishing, served
from orchestration.ingestion import ledger
from orchestration.invocation import make
from orchestration.night import Night


def text(now: Night, result: dg.ExecuteInProcessResult, nights: Sequence[home.Ended] = ()) -> str:
    """The summary: feeds, gates, models, times, the last nights, the published file, what to run next."""
    title = f"Night of {now.as_of} · {now.tenant.settings.name}"
    failed = failures.told(result.all_events)
    parts = [
        f"\n{title}\n{'=' * len(title)}",
        _feeds(now, _told(result, "new files")),
        _gates(now),
        _models(now) if _did(result, "train_models") else "",
        _times(result),
        _failures(failed),
        _last_nights(nights),
        _published(now, _told(result, "generation"), failures.next_steps(now, failed)),
    ]
    return "\n\n".join(part for part in parts if part)


def _did(result: dg.ExecuteInProcessResult, step: str) -> bool:
    """Whether a step of this try succeeded; an earlier try of the same night left its own results."""
    return any(event.is_step_success and event.step_key == step for event in result.all_events)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    cells = [list(head)] + [[_shown(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    numeric = [all(not isinstance(row[i], str) for row in rows) and bool(rows) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join("  " + line for line in lines)


def _shown(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.3f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _told(result: dg.ExecuteInProcessResult, label: str) -> dict[str, object]:
    """A value this run's assets were told with, by the last part of their keys."""
    return {
        event.asset_key.path[-1]: event.materialization.metadata[label].value
        for event in result.get_asset_materialization_events()
        if event.asset_key and label in event.materialization.metadata
    }


def _feeds(now: Night, new: Mapping[str, object]) -> str:
    counted: dict[tuple[str, str], list[int]] = {}
    for load in ledger.loads(now.data):
        key = (load.feed, load.entity)
        sums = counted.setdefault(key, [0, 0, 0, 0])
        sums[0] += 1
        for place, value in enumerate((load.accepted, load.quarantined, load.duplicate), 1):
            sums[place] += value
    # Of this run, not of the day: a second try of it, or a backfill, has files of its own.
    rows = [[*key, *sums, new.get(key[0], 0)] for key, sums in sorted(counted.items())]
    head = ("feed", "entity", "files", "accepted", "quarantined", "duplicate", "files tonight")
    return "Feeds (all nights)\n" + _table(head, rows)


def _gates(now: Night) -> str:
    if not now.warehouse.path.exists():
        return ""
    with now.warehouse.open_layer("quality") as connection:
        known = connection.execute(
            "select count(*) from duckdb_tables() where schema_name = 'quality'"
        ).fetchone()
        if not known or not known[0]:
            return "Gates\n  none was reached"
        rows = connection.execute(
            """
            select split_part(asset, '/', 1) as layer, count(distinct asset), count(*),
                count(*) filter (not success and severity = 'critical'),
                count(*) filter (not success and severity <> 'critical')
            from quality.gate_results where as_of = ? group by 1 order by 1
            """,
            [now.as_of],
        ).fetchall()
        missed = connection.execute(
            """
            select severity || ': ' || asset || ': ' || expectation || ': ' || observed
            from quality.gate_results where as_of = ? and not success order by 1
            """,
            [now.as_of],
        ).fetchall()
    head = ("layer", "tables", "expectations", "failed", "warnings")
    lines = "".join(f"\n  {line}" for (line,) in missed)
    return "Gates\n" + _table(head, rows) + lines


def _models(now: Night) -> str:
    if not now.warehouse.path.exists():
        return ""
    with now.warehouse.open_layer("predictions") as connection:
        known = connection.execute(
            "select count(*) from duckdb_tables()"
            " where schema_name = 'predictions' and table_name = 'ml_metric'"
        ).fetchone()
        if not known or not known[0]:
            return ""
        rows = connection.execute(
            """
            select m.model, v.method, m.metric, m.value, m.baseline_value
            from predictions.ml_metric as m
            join predictions.ml_model_version as v using (model, as_of)
            where as_of = ? order by 1, 3
            """,
            [now.as_of],
        ).fetchall()
    return "Models\n" + _table(("model", "method", "metric", "score", "baseline"), rows)


def _times(result: dg.ExecuteInProcessResult) -> str:
    rows = []
    for event in result.all_events:
        if event.event_type in (dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE):
            data = event.event_specific_data
            duration = getattr(data, "duration_ms", None)
            rows.append((event.step_key or "", None if duration is None else duration / 1000))
    loads = [seconds for name, seconds in rows if name.startswith("feeds__") and seconds]
    kept = [[name, seconds] for name, seconds in rows if not name.startswith("feeds__")]
    return "Seconds by step\n" + _table(("step", "seconds"), [["feeds", sum(loads)], *kept])


def _failures(lines: Sequence[str]) -> str:
    return "Failed\n" + "\n".join("  " + line.replace("\n", "\n  ") for line in lines) if lines else ""


def _last_nights(nights: Sequence[home.Ended]) -> str:
    rows = [[one.night, one.status, one.seconds, f"logs/{one.run}.ndjson"] for one in nights]
    return "Last nights\n" + _table(("night", "ended", "seconds", "journal in DATA"), rows) if rows else ""


def _published(now: Night, told: Mapping[str, object], mend: Sequence[str]) -> str:
    serving = publishing.serving(now.data)
    pointer = served.current(now.data)
    made = next((str(name) for name in told.values()), None)
    ahead = [] if made else ["", *_next(mend)]
    if serving is None:
        return "\n".join(["Nothing is published yet.", *ahead])
    size = f"{serving.name} ({serving.path.stat().st_size / 1e6:,.1f} MB)"
    if made is None:
        said = f"Not published; readers keep {size}"
    elif made == serving.name:
        said = f"Published {size}"
    else:
        said = f"Published {made}; readers keep {size}, of a later day"
    lines = [said, f"  {pointer}", *ahead]
    if made:
        done = {
            "dashboards": "the numbers, page by page",
            "ui": "runs, lineage and gates",
            "rollback": "serve the generation before this one",
        }
        commands = {make(now, name): what for name, what in done.items()}
        width = max(map(len, commands))
        lines += ["", *_next([f"{command:{width}}  {what}" for command, what in commands.items()])]
    return "\n".join(lines)


def _next(steps: Sequence[str]) -> list[str]:
    return [f"{'Next:' if place == 0 else '':<7}{step}" for place, step in enumerate(steps)]
