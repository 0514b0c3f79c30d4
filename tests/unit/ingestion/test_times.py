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


@pytest.mark.parametrize("format_", ["%Y-%m-%d", "%b %d %Y", "%Y-%m-%d %H:%M:%S%z"])
def test_a_word_is_no_time_whatever_the_format(world: World, format_: str) -> None:
    world.write_feed(
        "feed: crm\nsource: {kind: files, path: u.csv}\nentity: users\ntime_zone: UTC\n"
        f"time_formats: ['{format_}']\ncolumns: {{user_id: id, deleted_at: t, birth_date: d}}\n"
    )
    words = ["infinity", "-infinity", "epoch", "Infinity", " INFINITY ", "infinity\t"]
    made = datetime(2026, 6, 1, tzinfo=UTC).strftime(format_)
    times = "".join(f"t{n},{word},\nd{n},,{word}\n" for n, word in enumerate(words))
    world.land("u.csv", f"id,t,d\n{times}a,{made},\n")
    (found,) = world.pull()
    assert (found.accepted, found.reasons) == (1, {"bad_type": 2 * len(words)})
    assert world.query("users", "deleted_at::varchar") == [("2026-06-01 00:00:00",)]


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


@pytest.mark.parametrize(
    ("zone", "ends", "instants"),
    [
        # By the clocks at that end of the range, whatever the other times of the file are.
        (
            "Europe/Berlin",
            ["9999-12-31 23:59:59", "2026-07-01"],
            ["9999-12-31 22:59:59", "2026-06-30 22:00:00"],
        ),
        ("Europe/Berlin", ["9999-12-31 23:59:59", ""], ["9999-12-31 22:59:59", None]),
        ("America/New_York", ["9999-12-31 23:59:59", ""], ["10000-01-01 04:59:59", None]),
        (
            "Asia/Tokyo",
            ["0001-01-01", "0000-01-01"],
            ["0001-12-31 (BC) 15:00:00", "0002-12-31 (BC) 15:00:00"],
        ),
    ],
)
@pytest.mark.parametrize("by_column", [True, False])
def test_a_local_time_that_no_calendar_holds_is_kept(
    world: World, zone: str, ends: list[str], instants: list[str | None], by_column: bool
) -> None:
    said = "time_zone_column: zone" if by_column else f"time_zone: {zone}"
    world.write_feed(
        f"feed: shop\nsource: {{kind: files, path: p.csv}}\nentity: products\n{said}\n"
        "columns: {product_id: id, delisted_at: until}\n"
    )
    world.land("p.csv", "id,until,zone\n" + "".join(f"p{n},{end},{zone}\n" for n, end in enumerate(ends)))
    (load,) = world.pull()
    assert (load.accepted, load.reasons) == (2, {})
    assert world.query("products", "delisted_at::varchar") == [(instant,) for instant in instants]


def test_a_required_local_time_that_no_calendar_holds_is_refused(world: World) -> None:
    assert load(world, "time_zone: Asia/Tokyo", "2026-06-01 09:00:00", "0000-01-01") == [
        "2026-06-01 00:00:00"
    ]
    assert reasons(world) == {"out_of_range": 1}


def test_a_file_of_a_year_no_calendar_holds_waits_and_its_records_are_refused_elsewhere(world: World) -> None:
    world.write_feed(FEED.format(options="time_formats: [epoch_seconds]").replace("events.csv", "'*.csv'"))
    world.land("alone.csv", "n,t,u\na,999999999999,u\n")
    world.land("beside.csv", "n,t,u\na,999999999999,u\na,1780316400,u\na,-99999999999,u\n")
    (load,) = world.pull()
    assert (load.accepted, load.reasons) == (1, {"future_timestamp": 1, "out_of_range": 1})
    assert any("1 files lie wholly after" in said for said in world.said)


def test_a_build_knows_no_clock_but_its_day(world: World) -> None:
    world.write_feed(FEED.format(options="time_zone: UTC"))
    world.land(
        "events.csv", "n,t,u\na,2026-06-30 12:00:00,u\nb,2026-07-01 23:59:59,u\nc,2026-07-02 00:00:00,u\n"
    )
    world.pull(date(2026, 6, 30))
    assert reasons(world) == {"future_timestamp": 1}
