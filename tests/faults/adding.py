"""Kills of a night that adds to a proven one, between and inside the models that it adds to.

`python -m tests.faults.adding DATA LANDING KILLS`: in a folder built as of the world's last day. The
oracle is the same night that nobody disturbed. A killed one leaves tables that were added to by half;
whoever trusted them would be wrong for ever, so the rerun has to end in the oracle's tables.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from orchestration import dbt_manifest, history, night
from tests.e2e.house import LAST, House
from tests.faults import state, statements, victim
from tests.faults.kills import Night, in_a_night, last_words
from tests.faults.row import Harm, Row, Try, row
from tests.faults.statements import Statement

# A table that is added to by half differs only if there was enough to add.
EVENTS = 100
_DAY = re.compile(r'(?<="time":")\d{4}-\d{2}-\d{2}(?=T)')


def deliver_more(landing: Path, day: date) -> None:
    """Every page view once more a day later, those of all days before among them: late events."""
    lines = [
        _DAY.sub(lambda found: str(date.fromisoformat(found[0]) + timedelta(days=1)), line, count=1)
        for path in sorted(landing.glob("web/pageviews_*.ndjson.gz"))
        for line in gzip.decompress(path.read_bytes()).decode(errors="replace").splitlines()
        if _DAY.search(line)
    ]
    (landing / "web" / f"pageviews_{day}.ndjson.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


def prepare(house: House, day: date) -> tuple[Night, list[Statement]]:
    """A night on top of the built folder, how it ends when nobody disturbs it, and what it ran."""
    proven = house.data.with_name("proven")
    shutil.copytree(house.data, proven, symlinks=True)
    told, known = proven.with_name("statements"), state.served(house.data)
    whole = victim.night_of(str(day), proven.with_name("said"), partial(statements.list_in, told))
    if whole.wait():
        raise RuntimeError(f"the undisturbed night failed:\n{whole.says()[-3000:]}")
    after = state.of(house.data)
    if after.tables["fct_events"][0] < EVENTS + known["fct_events"][0]:
        raise RuntimeError("the undisturbed night added next to nothing")
    return Night(proven, house, str(day), after, {}), statements.listed(told)


def moments(ran: Sequence[Statement], kills: int, seed: int) -> Iterator[tuple[Statement, float]]:
    """So many statements and how far into them: by turns one that adds rows to a table of the proven
    night, and any of the layers that are added to.
    """
    nodes = [node for node in dbt_manifest.as_json(night.of(None))["nodes"].values() if "fqn" in node]
    layered = {node["name"]: node for node in nodes if node["fqn"][1] in history.LAYERS}
    of_layers = [one for one in ran if one.model in layered]
    adding = [
        one
        for one in of_layers
        if one.inserts and layered[one.model]["config"]["materialized"] == "incremental"
    ]
    chance = random.Random(seed)
    for number in range(kills):
        if number % 2:
            yield chance.choice(of_layers), chance.choice([0.0, 0.5, 1.0])
        else:
            yield chance.choice(adding), chance.random()


def kill(tonight: Night, last: Statement, part: float) -> Try:
    """Kill the night in a statement, then let it end."""
    label = f"{last.model}, statement {last.number} at {part:.2f}"
    tonight.restore()
    said, earlier = tonight.before.with_name("said"), state.served(tonight.house.data)
    doomed = victim.night_of(tonight.day, said, partial(statements.die_in, last, part))
    if doomed.wait() != -9:
        return f"{label}: not killed: {last_words(doomed)}", frozenset({"stuck"})
    added_to = _added_to(tonight.house.data)
    if not added_to:
        return f"{label}: the killed night did not add", frozenset({"stuck"})
    label = f"{added_to[-1]}: {label}"
    if state.served(tonight.house.data) != earlier:
        return f"{label}: readers saw the killed night", frozenset({"torn"})
    alive = victim.night_of(tonight.day, said)
    harm: set[Harm] = {"stuck"} if alive.wait() or state.unfinished() else set()
    harm |= state.of(tonight.house.data).harm_against(tonight.after)
    return f"{label}, then let live: {last_words(alive) if harm else ''}", frozenset(harm)


def _added_to(data: Path) -> list[str]:
    """The layers that tonight adds to so far; none where it builds them whole."""
    try:
        found: list[str] = json.loads((data / "history.json").read_text()).get("layers", [])
    except FileNotFoundError:
        return []
    return found


def tries(house: House, kills: int, seed: int) -> Iterator[Try]:
    """Kill so many nights on top of a built folder, each let live before the next."""
    day = LAST + timedelta(days=1)
    deliver_more(house.landing, day)
    tonight, ran = prepare(house, day)
    for last, part in moments(ran, kills, seed):
        yield kill(tonight, last, part)


def rows_of(kills: int, seed: int) -> Iterator[Try]:
    """Kills of so many nights, in a world made for them."""
    return in_a_night(lambda built: tries(built.house, kills, seed))


def main() -> int:
    data, landing, kills = sys.argv[1:]
    house = House(Path(data), Path(landing))
    with house.lived_in():
        victim.warm(house)
        found: Row = row("kill -9 while adding", tries(house, int(kills), seed=1))
    print("\n".join(found.wrong))
    return 0 if found.is_clean and found.tries == int(kills) else 1


if __name__ == "__main__":
    sys.exit(main())
