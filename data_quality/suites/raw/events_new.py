"""The events of the files that the proven night, which tonight adds to, had not seen."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night
from orchestration.contract import ENTITIES, LOAD_COLUMNS

EVENTS = ENTITIES["events"]
REQUIRED = [column.name for column in EVENTS.columns if column.required or column.name == EVENTS.derived_key]
NEW = "select feed, sha256, rows from raw.loads where entity = 'events' and is_new and rows > 0"
IN_PART = f"""
select 1 as offending
from (select _feed, _file_sha256, count(*) as told from {{batch}} group by _feed, _file_sha256) as fresh
full join ({NEW}) as loads on fresh._feed = loads.feed and fresh._file_sha256 = loads.sha256
where fresh.told is distinct from loads.rows
"""


def expectations(night: Night) -> list[Any]:
    """The rules of raw.events_new."""
    del night
    return [
        rules.filled(NEW, "loaded events the proven night had not seen"),
        rules.columns(EVENTS.raw_columns),
        # Critical: what is left out tonight is taken for seen tomorrow, and never told.
        rules.no_rows("every new file is there, to the row the ledger counts", IN_PART),
        # Told without the number of rows: of a night that is built whole there are none.
        *(rules.never(f"{column} is never null", f"{column} is null") for column in REQUIRED),
        rules.never("somebody did it", "user_id is null and anonymous_id is null"),
        rules.never(
            "the loader says where each row came from",
            " or ".join(f"{column} is null" for column in LOAD_COLUMNS),
        ),
    ]
