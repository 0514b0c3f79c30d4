"""Local times become the right instants, and the two hours clocks make strange are never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orchestration.ingestion.times import Zone, transitions
from tests.unit.ingestion.conftest import World

FEED = """
feed: shop
source: {{kind: files, path: events.csv}}
entity: events
{options}
columns: {{event_name: n, occurred_at: t, user_id: u}}
"""


def load(world: World, options: str, *times: str, extra: str = "") -> list[str]:
    world.write_feed(FEED.format(options=options))
    rows = "".join(f"e{i},{time},u\n" for i, time in enumerate(times))
    world.land("events.csv", "n,t,u\n" + rows + extra)
    world.pull()
    return [str(row[0]) for row in world.query("events", "occurred_at")]


def reasons(world: World) -> dict[str, int]:
    (found,) = world.loads()
    return dict(found.reasons)


def test_offsets_are_applied_not_discarded(world: World) -> None:
    found = load(
        world, "",
        "2026-06-01T12:00:00Z", "2026-06-01 12:00:00+08:00", "2026-06-01T12:00:00.5-0330",
        "2026-06-01T12:00+05", "2026-06-01 12:00:00 +01:00",
    )  # fmt: skip
    assert found == [
        "2026-06-01 12:00:00", "2026-06-01 04:00:00", "2026-06-01 15:30:00.500000",
        "2026-06-01 07:00:00", "2026-06-01 11:00:00",
    ]  # fmt: skip


def test_a_skipped_time_is_refused_or_shifted_as_the_feed_says(world: World) -> None:
    zone = "time_zone: Europe/London"
    times = ("2026-03-29 00:59:59", "2026-03-29 01:00:00", "2026-03-29 01:59:59", "2026-03-29 02:00:00")
    assert load(world, zone, *times) == ["2026-03-29 00:59:59", "2026-03-29 01:00:00"]
    assert reasons(world) == {"nonexistent_time": 2}


def test_a_skipped_time_can_count_on(world: World) -> None:
    options = "time_zone: Europe/London\nnonexistent_times: shift"
    assert load(world, options, "2026-03-29 01:30:00") == ["2026-03-29 01:30:00"]


@pytest.mark.parametrize(
    ("policy", "instants", "refused"),
    [
        ("earlier", ["00:30:00", "02:00:00"], {}),
        ("later", ["01:30:00", "02:00:00"], {}),
        ("refuse", ["02:00:00"], {"ambiguous_time": 1}),
    ],
)
def test_a_repeated_time_is_what_the_feed_says(
    world: World, policy: str, instants: list[str], refused: dict[str, int]
) -> None:
    options = f"time_zone: Europe/London\nambiguous_times: {policy}"
    found = load(world, options, "2025-10-26 01:30:00", "2025-10-26 02:00:00")
    assert found == [f"2025-10-26 {clock}" for clock in instants]
    assert reasons(world) == refused


def test_each_record_can_name_its_zone(world: World) -> None:
    world.write_feed(FEED.format(options="time_zone_column: z"))
    world.land(
        "events.csv",
        "n,t,u,z\na,2026-06-01 12:00:00,u,Asia/Shanghai\nb,2026-06-01 12:00:00,u,Europe/London\n"
        "c,2026-06-01 12:00:00,u,Mars/Base\nd,2026-06-01 12:00:00,u,\n",
    )
    world.pull()
    assert [str(r[0]) for r in world.query("events", "occurred_at")] == [
        "2026-06-01 04:00:00",
        "2026-06-01 11:00:00",
    ]
    assert reasons(world) == {"unknown_time_zone": 2}


def test_other_formats_are_declared(world: World) -> None:
    options = "time_zone: UTC\ntime_formats: ['%d/%m/%Y %H:%M', epoch_seconds]"
    found = load(world, options, "01/06/2026 12:30", "1780316400", "1780316400.25", "2026-06-01 12:00:00")
    assert found == ["2026-06-01 12:30:00", "2026-06-01 12:20:00", "2026-06-01 12:20:00.250000"]
    assert reasons(world) == {"bad_type": 1}


def test_a_day_is_no_instant_and_an_instant_no_day(world: World) -> None:
    world.write_feed(
        "feed: shop\nsource: {kind: files, path: s.csv}\nentity: spend\n"
        "columns: {campaign_id: c, spend_date: d, amount: a, currency: \"'CNY'\"}\n"
    )
    world.land("s.csv", "c,d,a\nk,2026-06-01,5\nk,2026-06-02 10:00:00,5\nk,2026-6-3,5\nk,2026-07-09,5\n")
    world.pull()
    assert world.query("spend", "spend_date::varchar, amount::varchar") == [("2026-06-01", "5.0000")]
    assert reasons(world) == {"bad_type": 2, "future_timestamp": 1}


@pytest.mark.parametrize(
    "name", ["Europe/London", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "UTC"]
)
def test_conversion_agrees_with_the_zone_database(name: str) -> None:
    import duckdb

    info, low = ZoneInfo(name), datetime.fromisoformat("1988-01-01")
    high = low + timedelta(days=900)
    zone = Zone(name, low, high, "earlier")
    strange = [
        edge
        for change in transitions(name, low, high)
        for edge in (change.at + change.before, change.at + change.after)
    ]
    moments = [edge + timedelta(minutes=m) for edge in strange for m in (-61, -1, 0, 1, 29, 31, 59, 61)]
    moments += [low + timedelta(hours=7 * n) for n in range(1000)]
    for moment in moments:
        row = duckdb.execute(
            f"select {zone.utc('t')}, {zone.skipped('t')}, {zone.repeated('t')} "
            "from (select ?::timestamp as t)",
            [moment],
        ).fetchone()
        assert row is not None
        first = moment.replace(tzinfo=info, fold=0).astimezone(UTC).replace(tzinfo=None)
        second = moment.replace(tzinfo=info, fold=1).astimezone(UTC).replace(tzinfo=None)
        back = first.replace(tzinfo=UTC).astimezone(info).replace(tzinfo=None)
        assert row[1] == (back != moment), moment
        assert row[2] == (first < second), moment
        assert row[0] == first, moment


def test_a_build_knows_no_clock_but_its_day(world: World) -> None:
    world.write_feed(FEED.format(options="time_zone: UTC"))
    world.land(
        "events.csv", "n,t,u\na,2026-06-30 12:00:00,u\nb,2026-07-01 23:59:59,u\nc,2026-07-02 00:00:00,u\n"
    )
    world.pull(date(2026, 6, 30))
    assert reasons(world) == {"future_timestamp": 1}
