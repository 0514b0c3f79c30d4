"""Who members are and what they say: users, declared identities, consents, feedback."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.consents import PURPOSES
from demo.feedback import CHANNEL, KINDS, SCORE_MAX
from demo.landing import Feed
from demo.names import (
    ACQUISITION,
    FOREIGN_FROM,
    OCCUPATIONS,
    PLACES,
    REFERRERS,
    full_name,
)
from demo.people import DECLARED
from demo.plan import DAY_MS, Ints
from demo.profiles import LEVELS
from demo.world import World

GENDERS = ("female", "male", "F", "男", None)
PLATFORMS = ("ios", "android", "wechat", "web")
ACQUISITION_CAMPAIGN = {"search": "A_SEARCH", "ads": "A_FEED"}


def member_feeds(world: World) -> list[Feed]:
    """Users, identities, consents and feedback."""
    return [_users(world), _identities(world), _consents(world), _feedback(world)]


def _users(world: World) -> Feed:
    plan, people, profiles, accounts = world.plan, world.people, world.profiles, world.accounts
    rng = plan.rng("users")
    count = len(people)
    gender = np.searchsorted([0.50, 0.90, 0.93, 0.95], rng.random(count))
    born = rng.integers(1958, 2008, count)
    born = np.where(rng.random(count) < 0.002, 2091, born)  # impossible, for staging to null
    dates = zip(
        born.tolist(), rng.integers(1, 13, count).tolist(), rng.integers(1, 29, count).tolist(), strict=True
    )
    birthday = [f"{year}-{month:02d}-{day:02d}" for year, month, day in dates]
    silent = rng.random(count) < 0.25
    shouted = rng.random(count) < 0.04
    written = rng.integers(0, 12, count)  # how the phone number is written
    job = rng.integers(0, len(OCCUPATIONS), count)
    names = [full_name(i, people.place[i] >= FOREIGN_FROM, bool(people.chinese[i])) for i in range(count)]
    mails = [
        f" {mail.upper()}" if loud else mail for mail, loud in zip(accounts.mailbox, shouted, strict=True)
    ]
    prefix = {0: "+86 ", 1: "0086-"}
    phones = [
        prefix.get(way, "") + number for way, number in zip(written.tolist(), accounts.phone, strict=True)
    ]
    campaigns = [ACQUISITION_CAMPAIGN.get(name) for name in ACQUISITION]
    # Second accounts follow the versions of first ones, each with the last profile of its person.
    versions = len(profiles.person)
    last = {person: row for row, person in enumerate(profiles.person.tolist())}
    second = np.array([last[person] for person in accounts.owner.tolist()], dtype=np.int64)
    version = np.concatenate([np.arange(versions), second])
    user_ids = np.concatenate([people.user_id, accounts.user_id])
    account = np.concatenate([profiles.person, len(people) + np.arange(len(second))])
    updated = np.concatenate([profiles.updated, accounts.opened])
    registered = np.concatenate([profiles.registered[profiles.person], accounts.opened])
    deleted = np.concatenate([profiles.deleted, np.full(len(second), -1)])

    def build(row: Ints) -> pa.Table:
        person, place = profiles.person[version[row]], profiles.place[version[row]]
        return c.table(
            user_id=c.coded(account[row], user_ids),
            registered_at=c.wall_times(plan, registered[row]),
            updated_at=c.wall_times(plan, updated[row]),
            deleted_at=c.wall_times(plan, deleted[row]),
            e_mail=c.coded(person, mails),
            e_mail_verified=c.coded(accounts.verified[person].astype(np.int64), ["no", "yes"]),
            mobile=c.coded(person, phones),
            full_name=c.coded(person, names),
            gender=c.coded(gender[person], GENDERS),
            birthday=c.coded(np.where(silent[person], -1, person), birthday),
            country=c.coded(place, [p[0] for p in PLACES]),
            province=c.coded(place, [p[1] for p in PLACES]),
            city=c.coded(place, [p[2] for p in PLACES]),
            lang=c.coded(np.where(people.chinese[person], 0, 1), ["zh-CN", "en"]),
            job=c.coded(job[person], OCCUPATIONS),
            level=c.coded(profiles.level[version[row]], LEVELS),
            source=c.coded(people.acquisition[person], ACQUISITION),
            source_campaign=c.coded(people.acquisition[person], campaigns),
            referrer=c.coded(people.acquisition[person], REFERRERS),
            platform=c.coded(people.device_kind[people.first[person]], PLATFORMS),
            newsletter=c.coded(person % 3, ["weekly", "monthly", "never"]),
        )

    return Feed(
        name="shop_users",
        entity="users",
        stem="crm/users",
        suffix=".csv",
        cadence="usual",
        at=updated,
        build=build,
        faults={"bad_type": "registered_at", "missing_required": "user_id", "key": "user_id"},
        again=0.002,
        twice=0.002,
    )


def declared_devices(world: World) -> tuple[Ints, Ints, Ints]:
    """Devices tied to a member by declaration alone: device, person, local milliseconds."""
    people, sessions = world.people, world.sessions
    second = people.second[sessions.person]
    on_it = (people.second_link[sessions.person] == DECLARED) & (sessions.device == second)
    rows = np.flatnonzero(on_it)
    device, at = np.unique(sessions.device[rows], return_index=True)
    first = rows[at]
    return device, sessions.person[first], sessions.start[first] + 1000


def _declarers(world: World) -> tuple[Ints, Ints]:
    """Members with a link the events show anyway, and those with a kind of id that no event carries."""
    rng = world.plan.rng("identities")
    joined = np.flatnonzero(world.members.register_row >= 0)
    told = joined[rng.random(len(joined)) < 0.2]
    return told, joined[rng.random(len(joined)) < 0.1]


def wechat_members(world: World) -> Ints:
    """Members who tie their WeChat account as they register."""
    return _declarers(world)[1]


def _identities(world: World) -> Feed:
    plan, people = world.plan, world.people
    device, person, at = declared_devices(world)
    told, wechat = _declarers(world)
    registered = world.profiles.registered
    owner = np.concatenate([person, told, wechat])
    when = np.concatenate([at, registered[told], registered[wechat]])
    device_of = np.concatenate([device, people.first[told], np.full(len(wechat), -1)])
    is_open_id = device_of < 0

    def build(row: Ints) -> pa.Table:
        opens = is_open_id[row]
        pairs = zip(owner[row].tolist(), device_of[row].tolist(), strict=True)
        ids = [f"wx-{p:06d}" if d < 0 else str(people.device_id[d]) for p, d in pairs]
        return c.table(
            kind=c.coded(opens.astype(np.int64), ["anonymous_id", "wechat_openid"]),
            id=pa.array(ids, pa.string()),
            linked_kind=c.coded(np.zeros(len(row), dtype=np.int64), ["user_id"]),
            linked_id=c.coded(owner[row], people.user_id),
            linked_at=c.wall_times(plan, when[row]),
            evidence=c.coded(
                np.where(row < len(person), 0, 1 + opens), ["scan_login", "login", "wechat_login"]
            ),
        )

    return Feed(
        name="crm_identities",
        entity="identities",
        stem="crm/identities",
        suffix=".csv",
        cadence="usual",
        at=when,
        build=build,
        faults={"bad_type": "linked_at", "missing_required": "id", "key": "id"},
        twice=0.002,
    )


def decisions(world: World) -> tuple[Ints, Ints, np.ndarray, Ints]:
    """Every consent row: person, purpose, granted, local milliseconds."""
    who = np.flatnonzero(world.people.registers)
    person, purpose, granted, at = world.consents.changes()
    every = np.arange(len(PURPOSES))
    return (
        np.concatenate([np.repeat(who, len(every)), person]),
        np.concatenate([np.tile(every, len(who)), purpose]),
        np.concatenate([world.consents.initial[who].ravel(), granted]),
        np.concatenate([np.repeat(world.profiles.registered[who], len(every)), at]),
    )


def _consents(world: World) -> Feed:
    plan, people = world.plan, world.people
    person, purpose, granted, at = decisions(world)

    def build(row: Ints) -> pa.Table:
        return c.table(
            user_id=c.coded(person[row], people.user_id),
            purpose=c.coded(purpose[row], PURPOSES),
            status=c.coded(granted[row].astype(np.int64), ["withdrawn", "granted"]),
            changed_at=c.wall_times(plan, at[row]),
            policy_version=c.coded((at[row] // DAY_MS > 365).astype(np.int64), ["2024-06", "2025-06"]),
            channel=c.coded(
                people.device_kind[people.first[person[row]]], ["app", "app", "mini_program", "web"]
            ),
        )

    return Feed(
        name="crm_consents",
        entity="consents",
        stem="crm/consents",
        suffix=".csv.gz",
        cadence="usual",
        at=at,
        build=build,
        faults={
            "bad_type": "changed_at",
            "missing_required": "user_id",
            "bad_enum": "status",
            "key": "user_id",
        },
        again=0.002,
        twice=0.001,
        broken=0.0005,
    )


def _feedback(world: World) -> Feed:
    plan, people, said = world.plan, world.people, world.feedback

    def build(row: Ints) -> pa.Table:
        kind = said.kind[row]
        product, order = said.product[row], said.order[row]
        return c.table(
            id=c.numbered("F", row + 1, 6),
            user=c.coded(said.person[row], people.user_id),
            time=c.offset_instants(plan, said.at[row]),
            channel=c.coded(kind, CHANNEL),
            kind=c.coded(kind, KINDS),
            score=c.whole(said.score[row]),
            scale=c.whole(np.where(said.score[row] >= 0, SCORE_MAX[kind], -1)),
            text=c.coded(row, said.text),
            lang=c.coded(
                np.where(said.theme[row] >= 0, said.chinese[row].astype(np.int64), -1), ["en", "zh"]
            ),
            subject_type=c.coded(np.where(product >= 0, 0, -1), ["product"]),
            subject_id=c.coded(product, world.goods.product_id),
            order_id=c.numbered("SO", np.where(order >= 0, order + 1, -1), 7),
            responded_at=c.offset_instants(plan, said.responded[row]),
            resolved_at=c.offset_instants(plan, said.resolved[row]),
        )

    return Feed(
        name="care_feedback",
        entity="feedback",
        stem="care/feedback",
        suffix=".ndjson",
        cadence="usual",
        # The care desk exports a case once it has moved for the last time.
        at=np.maximum(np.maximum(said.at, said.responded), said.resolved),
        build=build,
        faults={"bad_type": "score", "missing_required": "id", "bad_enum": "kind", "key": "id"},
        again=0.003,
        twice=0.002,
    )
