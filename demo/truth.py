"""What a test may expect: the truths of a world, beside the landing files and never read by a night."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from demo import columns as c
from demo.archetypes import ARCHETYPES, LEVELS
from demo.behaviour import ABSENT
from demo.catalogue import CATEGORIES
from demo.consents import PURPOSES
from demo.delivery import Delivered
from demo.feeds_members import decisions
from demo.lifecycle import spans
from demo.members import NEVER
from demo.oracle import silence
from demo.people import LINKS, SHARED
from demo.plan import DAY_MS
from demo.screens import shown
from demo.truth_accounts import account_table
from demo.truth_outreach import campaign_tables, feedback_table, order_table, trial_list
from demo.truth_undone import undone_tables
from demo.undone import returned_lines
from demo.world import World

HORIZON, LOOKBACK = 30, 90
STANDING = ("visitor", "member", "imported")


def write(world: World, files: list[Delivered], folder: Path) -> None:
    """Write every truth; see the module's functions for what each holds."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "people": people_table(world),
        "devices": device_table(world),
        "accounts": account_table(world),
        "active_days": active_day_table(world),
        "lifecycle_spans": span_table(world),
        "hazards": hazard_table(world),
        "silence": silence_table(world),
        "consents": consent_table(world),
        "orders": order_table(world),
        "feedback": feedback_table(world),
        **campaign_tables(world),
        **undone_tables(world),
        **file_tables(world, files),
    }
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    for name, facts in {"world": world_facts(world, files), "experiments": trial_list(world)}.items():
        text = json.dumps(facts, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _dates(world: World, day: np.ndarray) -> pa.Array:
    """Dates; a day out of the plan is null."""
    known = (day >= 0) & (day < world.plan.days)
    values = np.datetime64(world.plan.start, "D") + np.where(known, day, 0)
    return pa.array(values, pa.date32(), mask=~known)


def people_table(world: World) -> pa.Table:
    """One row per person: who they are, their planted segment and taste, and what they did."""
    people, behaviour, members = world.people, world.behaviour, world.members
    count = len(people)
    visits = np.diff(members.first_row)
    has = visits > 0
    first = np.where(has, behaviour.day[np.minimum(members.first_row[:-1], len(behaviour.day) - 1)], -1)
    last = np.where(has, behaviour.day[members.first_row[1:] - 1], -1)
    deleted = np.full(count, -1, dtype=np.int64)
    closing = world.profiles.deleted >= 0
    deleted[world.profiles.person[closing]] = world.profiles.deleted[closing] // DAY_MS
    shares = np.zeros(count, dtype=bool)
    guests = np.flatnonzero(people.second_link == SHARED)
    used = np.isin(people.second[guests], world.sessions.device) & np.isin(guests, _on_second(world))
    shares[guests[used]] = True
    shares[people.second[guests[used]]] = True  # a first device has its owner's position
    registered = np.where(members.registered_day == NEVER, -1, members.registered_day)
    return pa.table(
        {
            "person_id": people.person_id,
            "user_id": pa.array(people.user_id, pa.string()),
            "standing": c.coded(people.standing, STANDING),
            "segment": c.coded(people.archetype, [kind.key for kind in ARCHETYPES]),
            "favourite_category": c.coded(people.favourite, [row[1] for row in CATEGORIES]),
            "registered_day": _dates(world, registered),
            "first_active_day": _dates(world, first),
            "last_active_day": _dates(world, last),
            "active_days": visits,
            "orders": np.bincount(world.orders.person, minlength=count),
            "deleted_day": _dates(world, deleted),
            "shares_device": shares,
        }
    )


def _on_second(world: World) -> np.ndarray:
    """People who used their second device."""
    sessions = world.sessions
    return np.unique(sessions.person[sessions.device == world.people.second[sessions.person]])


def device_table(world: World) -> pa.Table:
    """One row per person and device used, with how the two are tied and when that is first seen."""
    sessions, people = world.sessions, world.people
    pair = sessions.person * len(people.device_id) + sessions.device
    _, first, count = np.unique(pair, return_index=True, return_counts=True)
    person, device = sessions.person[first], sessions.device[first]
    own = people.first[person] == device
    return pa.table(
        {
            "device_id": c.coded(device, people.device_id),
            "person_id": c.coded(person, people.person_id),
            "user_id": c.coded(person, people.user_id),
            "link": c.coded(np.where(own, 0, people.second_link[person]), LINKS),
            "first_day": _dates(world, sessions.start[first] // DAY_MS),
            "sessions": count,
        }
    )


def active_day_table(world: World) -> pa.Table:
    """One row per person and day with a core action, from the events themselves."""
    events = world.events
    done = events.is_active
    day = np.unique(events.person[done] * world.plan.days + events.at[done] // DAY_MS)
    person = day // world.plan.days
    return pa.table(
        {"person_id": c.coded(person, world.people.person_id), "day": _dates(world, day % world.plan.days)}
    )


def span_table(world: World) -> pa.Table:
    """One row per person and life-cycle state, as the last day ends."""
    people, members, last = world.people, world.members, world.plan.days - 1
    days, rows = world.behaviour.day.tolist(), members.first_row.tolist()
    registered = members.registered_day.tolist()
    person, state, since, until = [], [], [], []
    for number in range(len(people)):
        active = days[rows[number] : rows[number + 1]]
        known = min([registered[number], *active[:1]])
        for name, first, end in spans(known, active, last):
            person.append(number)
            state.append(name)
            since.append(first)
            until.append(end)
    return pa.table(
        {
            "person_id": c.coded(np.array(person), people.person_id),
            "state": pa.array(state).dictionary_encode(),
            "from_day": _dates(world, np.array(since)),
            "to_day": _dates(world, np.array(until)),
        }
    )


def hazard_table(world: World) -> pa.Table:
    """One row per person and week: engagement level, and chance of lapsing as the week ends."""
    level = world.behaviour.level
    parts = []
    for week in range(world.plan.weeks):
        who = np.flatnonzero(level[week] != ABSENT)
        now = level[week, who].astype(np.int64)
        parts.append((np.full(len(who), week), who, now, world.behaviour.hazard[week, who]))
    week_of, who, now, rate = (np.concatenate(part) for part in zip(*parts, strict=True))
    return pa.table(
        {
            "week_start": _dates(world, week_of * 7),
            "person_id": c.coded(who, world.people.person_id),
            "level": c.coded(now, (*LEVELS, "lapsed")),
            "hazard": pa.array(rate, from_pandas=True),
        }
    )


def silence_table(world: World) -> pa.Table:
    """Per as-of day and person active in the lookback: the true chance of a silent horizon.

    Days are every seventh of the last half year, the last one whose horizon has been seen, and the
    plan's last; `demo.oracle.silence` gives any.
    """
    plan, behaviour = world.plan, world.behaviour
    weekly = range(plan.days - 2 - 7 * 26, plan.days - 1, 7)
    days = sorted({*weekly, plan.days - 1 - HORIZON, plan.days - 1})
    parts = []
    for day in (d for d in days if d >= LOOKBACK):
        recent = (behaviour.day <= day) & (behaviour.day > day - LOOKBACK)
        who = np.unique(behaviour.person[recent])
        chance = silence(plan, world.people, world.season, behaviour, day, HORIZON)[who]
        ahead = (behaviour.day > day) & (behaviour.day <= day + HORIZON)
        silent = ~np.isin(who, behaviour.person[ahead])
        known = np.full(len(who), day + HORIZON < plan.days)
        parts.append((np.full(len(who), day), who, chance, silent, known))
    day_of, who, chance, silent, known = (np.concatenate(part) for part in zip(*parts, strict=True))
    return pa.table(
        {
            "as_of": _dates(world, day_of),
            "person_id": c.coded(who, world.people.person_id),
            "silence_probability": chance,
            "is_silent": pa.array(silent, mask=~known),
        }
    )


def consent_table(world: World) -> pa.Table:
    """One row per registered person and purpose: the status as the last day ends."""
    person, purpose, granted, at = decisions(world)
    order = np.lexsort((np.arange(len(at)), at))
    latest: dict[tuple[int, int], bool] = {}
    for row in zip(person[order].tolist(), purpose[order].tolist(), granted[order].tolist(), strict=True):
        latest[row[0], row[1]] = row[2]
    who, what = np.array(sorted(latest)).T
    status = np.array([latest[key] for key in sorted(latest)])
    return pa.table(
        {
            "user_id": c.coded(who, world.people.user_id),
            "purpose": c.coded(what, PURPOSES),
            "status": c.coded(status.astype(np.int64), ["withdrawn", "granted"]),
        }
    )


def file_tables(world: World, files: list[Delivered]) -> dict[str, pa.Table]:
    """Per landing file its counts, and per malformed record its line and kind."""
    broken = [(f.feed, f.file, line, kind) for f in files for line, kind in f.broken]
    feed, file, line, kind = zip(*broken, strict=True) if broken else ((), (), (), ())
    return {
        "files": pa.table(
            {
                "feed": [f.feed for f in files],
                "entity": [f.entity for f in files],
                "file": [f.file for f in files],
                "arrival": _dates(world, np.array([f.arrival for f in files])),
                "physical": [f.physical for f in files],
                "accepted": [f.accepted for f in files],
                "malformed": [len(f.broken) for f in files],
                "duplicate": [f.duplicate for f in files],
                "late": [f.late for f in files],
                "redelivered": [f.redelivered for f in files],
                "copy_of": pa.array([f.copy_of or None for f in files], pa.string()),
            }
        ),
        "malformed": pa.table(
            {"feed": pa.array(feed, pa.string()), "file": pa.array(file, pa.string()),
             "line": pa.array(line, pa.int64()), "kind": pa.array(kind, pa.string())}
        ),
    }  # fmt: skip


def world_facts(world: World, files: list[Delivered]) -> dict[str, object]:
    """Totals: the plan, counts per feed, and how many of each thing there are."""
    plan, events = world.plan, world.events
    feeds: dict[str, dict[str, object]] = {}
    for name in dict.fromkeys(f.feed for f in files):
        own = [f for f in files if f.feed == name and not f.copy_of]
        feeds[name] = {
            "entity": own[0].entity,
            "files": len(own),
            "physical": sum(f.physical for f in own),
            "accepted": sum(f.accepted for f in own),
            "duplicate": sum(f.duplicate for f in own),
            "late": sum(f.late for f in own),
            "redelivered": sum(f.redelivered for f in own),
            "malformed": dict(sorted(Counter(kind for f in own for _, kind in f.broken).items())),
        }
    return {
        "plan": {"people": plan.people, "seed": plan.seed, "start": str(plan.start), "end": str(plan.end)},
        "segments": {k.key: {"name_en": k.name_en, "name_zh": k.name_zh} for k in ARCHETYPES},
        "distinct": {
            "users": int(world.people.registers.sum()) + len(world.accounts.owner),
            "events": len(events) + len(shown(world)[0]),
            "active_events": int(events.is_active.sum()),
            "sessions_of_visits": len(world.sessions.visit),
            "orders": len(world.orders),
            "order_items": len(world.orders.line_order) + len(returned_lines(world)[0]),
            "subscriptions": len(world.subscriptions),
            "feedback": len(world.feedback),
            "touches": len(world.outreach.touches.at),
            "campaigns": len(world.outreach.campaigns) + 2,
            "products": len(world.goods.product_id),
        },
        "feeds": feeds,
    }
