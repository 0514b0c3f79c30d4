"""Why a night failed and what to do next, as its summary and its alert say it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import dagster as dg
import duckdb

from orchestration import gates
from orchestration.ingestion import ledger
from orchestration.ingestion import load as ingestion
from orchestration.invocation import make
from orchestration.night import Night

SHOWN = 10
_FEED = "feeds__"


def files(connection: duckdb.DuckDBPyConnection, night: Night) -> list[str]:
    """The files of which too much was refused, each with its feed, counts and reasons."""
    # The suites' library takes seconds to import, and a night that failed elsewhere needs none of it.
    from data_quality.suites.raw import loads

    found = connection.execute(loads.blocking(gates.quality_night(night))).fetchall()
    feeds = {feed.name: feed for feed in night.feeds}
    lacking = {
        (load.feed, load.entity, load.file): ingestion.lacking(load, feeds[load.feed])
        for load in ledger.loads(night.data)
        if load.status == "refused" and load.entity in getattr(feeds.get(load.feed), "targets", ())
    }
    lines = []
    for feed, entity, file, status, refused, physical, reasons, allowed in found[:SHOWN]:
        counts = sorted(json.loads(reasons).items(), key=lambda reason: (-reason[1], reason[0]))
        why = ", ".join(f"{reason} {count:,}" for reason, count in counts if reason != "future_timestamp")
        how = "refused whole" if status == "refused" else f"{refused:,} of {physical:,} records refused"
        beyond = "" if status == "refused" else f", limit {allowed:.3%}".replace(".000%", "%")
        lacks = lacking.get((feed, entity, file), "")
        said = f": {why}" if why else ""
        lines.append(f"feed {feed}, file {file} ({entity}): {how}{beyond}{said}{lacks and f'; {lacks}'}")
    if len(found) > SHOWN:
        lines.append(f"and {len(found) - SHOWN:,} more files")
    return lines


def told(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """One line per step that failed: of a gate what did not hold, of another its error."""
    events = list(events)
    said = {
        (event.step_key, event.asset_check_evaluation_data.description or "")
        for event in events
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION
        and not event.asset_check_evaluation_data.passed
        and event.asset_check_evaluation_data.severity is dg.AssetCheckSeverity.ERROR
    }
    lines = []
    for event in events:
        if not event.is_step_failure:
            continue
        missed = sorted(text for step, text in said if step == event.step_key)
        given = event.step_failure_data.user_failure_data
        if missed and not given:
            lines += [f"{event.step_key}: {text}" for text in missed]
        else:
            lines.append(f"{event.step_key}: {given.description if given else _error(event)}")
    return lines


def next_steps(night: Night, lines: Sequence[str]) -> list[str]:
    """What to run after the failures of :func:`told`, and what for."""
    again = ["then run the night again"]
    if any(line.startswith("gate_raw: raw/loads: ") for line in lines):
        return [
            make(night, "quarantine", 'DO="list"') + "   which records were refused, and why",
            make(night, "quarantine", 'DO="replay"') + "   once the feed is corrected",
            "or raise max_quarantine_share in the feed where so many are to be expected;",
            *again,
        ]
    if any(line.startswith(_FEED) for line in lines):
        return ["correct the feed or its files as the line above says,", *again]
    return [make(night, "ui") + "   the run, its gates and its errors in the browser,", *again]


def text(night: Night, events: Iterable[dg.DagsterEvent]) -> str:
    """All of it, for an alert."""
    lines = told(events)
    if not lines:
        return ""
    return "\n".join([*lines, "", "Next: " + "\n      ".join(next_steps(night, lines))])


def _error(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    cause = error.cause if error and error.cause else error
    if cause is None:
        return "failed"
    # The name of a class tells a person nothing of this project's own errors, or of Dagster's.
    name, _, message = cause.message.strip().partition(": ")
    return message if message and name.startswith(("orchestration.", "dagster.")) else cause.message.strip()
