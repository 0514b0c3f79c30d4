"""A tenant's folder is understood whole or refused with the file, the line and the mend."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration import tenant
from orchestration.settings import PURPOSES
from orchestration.tenant import TenantError

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)


def _rewrite(folder: Path, **lines: str) -> None:
    settings = folder / "settings.yml"
    kept = [line for line in settings.read_text().splitlines() if line.split(":")[0] not in lines] + list(
        lines.values()
    )
    settings.write_text("\n".join(kept) + "\n")


def test_a_folder_without_settings_has_every_default(folder: Path) -> None:
    (folder / "settings.yml").unlink()
    found = tenant.load(str(folder))
    assert found.settings == tenant.Settings(name="corner_shop")
    assert found.actions == []


def test_a_missing_folder_is_refused_with_the_shipped_ones_named(tmp_path: Path) -> None:
    with pytest.raises(TenantError, match=r"no such folder; give a folder or one of .*demo"):
        tenant.load(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["", ".", "..", "../..", "no_such_tenant"])
def test_a_name_that_is_no_tenant_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "a" / "b" / "c"
    empty.mkdir(parents=True)
    monkeypatch.chdir(empty)
    with pytest.raises(TenantError):
        tenant.load(name)


def test_a_folder_without_feeds_is_refused(folder: Path) -> None:
    (folder / "feeds" / "shop_orders.yml").rename(folder / "feeds" / "shop_orders.txt")
    with pytest.raises(TenantError, match="'corner_shop' has no feeds: put one YAML per source in feeds/"):
        tenant.load(str(folder))


def test_a_folder_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(TenantError, match="loop"):
        tenant.load(str(loop))


def test_malformed_yaml_names_its_line(folder: Path) -> None:
    (folder / "settings.yml").write_text("name: shop\nlanguages: [en\nowner: a@b.test\n")
    with pytest.raises(TenantError, match=r"settings\.yml, line 3: not valid YAML"):
        tenant.load(str(folder))


def test_an_unknown_key_names_its_line(folder: Path) -> None:
    _rewrite(folder, sesion_gap_minutes="sesion_gap_minutes: 20")
    with pytest.raises(TenantError, match=r"settings\.yml, line 6: sesion_gap_minutes: unknown key"):
        tenant.load(str(folder))


def test_an_unknown_nested_key_names_its_own_line(folder: Path) -> None:
    _rewrite(folder, churn="churn:\n  horizon_days: 30\n  lookbak_days: 90")
    with pytest.raises(TenantError, match=r"line 8: churn\.lookbak_days: unknown key"):
        tenant.load(str(folder))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("business_time_zone: Mars/Olympus", "Mars/Olympus.*IANA time zone, such as Asia/Shanghai"),
        ("base_currency: euro", "base_currency"),
        ("nightly_at: 25:00", "nightly_at"),
        ("first_day: soon", "first_day"),
        ("session_gap_minutes: 0", "session_gap_minutes.*greater than or equal to 1"),
        ("generations_kept: 2.5", "generations_kept"),
        ("default_as_of: tomorrow", "default_as_of"),
        ("consent_defaults: {analytics: maybe}", r"consent_defaults\.analytics"),
        ("consent_defaults: {analytic: granted}", r"analytic\b.*Input should be 'analytics'"),
    ],
)
def test_a_wrong_value_names_its_key(folder: Path, line: str, said: str) -> None:
    _rewrite(folder, **{line.split(":")[0]: line})
    with pytest.raises(TenantError, match=said):
        tenant.load(str(folder))


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "7\n"])
def test_settings_that_are_not_settings_are_refused(folder: Path, text: str) -> None:
    (folder / "settings.yml").write_text(text)
    with pytest.raises(TenantError, match=r"settings\.yml, line 1: expected settings as key: value"):
        tenant.load(str(folder))


@pytest.mark.parametrize("text", ["rules\n", "7\n", "actions: no\n", "- just words\n"])
def test_actions_that_are_not_rules_are_refused(folder: Path, text: str) -> None:
    (folder / "actions.yml").write_text(text)
    with pytest.raises(
        TenantError,
        match=r"actions\.yml, line 1: (expected actions|actions: Input should be a valid list|0: Input)",
    ):
        tenant.load(str(folder))


def test_a_yaml_tag_runs_nothing(folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    (folder / "settings.yml").write_text(f"name: !!python/object/apply:os.mkdir ['{trace}']\n")
    with pytest.raises(TenantError, match=r"settings\.yml, line 1: not valid YAML"):
        tenant.load(str(folder))
    assert not trace.exists()


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "settings.yml").write_bytes(b"name: caf\xe9\n")
    with pytest.raises(TenantError, match=r"settings\.yml, line 1: not UTF-8"):
        tenant.load(str(folder))
    (folder / "settings.yml").unlink()
    (folder / "settings.yml").mkdir()
    with pytest.raises(TenantError, match=r"settings\.yml, line 1: cannot be read"):
        tenant.load(str(folder))


def test_the_build_describes_the_day_asked_for_else_the_default(folder: Path) -> None:
    found = tenant.load(str(folder))
    assert found.resolve_as_of("2026-03-05", NOON) == date(2026, 3, 5)
    assert found.resolve_as_of(None, NOON) == date(2026, 3, 10)
    _rewrite(folder, default_as_of="default_as_of: yesterday")
    assert tenant.load(str(folder)).resolve_as_of(None, NOON) == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2026-02-28", r"lies before first_day 2026-03-01 in corner_shop/settings\.yml"),
        ("2026-03-11", "has not ended yet in Europe/Berlin"),
        ("2026-02-30", "is not a day such as 2026-06-30"),
        ("yesterday", "is not a day"),
    ],
)
def test_a_day_that_cannot_be_built_is_refused(folder: Path, asked: str, said: str) -> None:
    with pytest.raises(TenantError, match=said):
        tenant.load(str(folder)).resolve_as_of(asked, NOON)


def test_a_day_ends_in_the_business_zone_not_in_utc(folder: Path) -> None:
    found = tenant.load(str(folder))
    just_after_midnight = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)
    assert found.resolve_as_of("2026-03-11", just_after_midnight) == date(2026, 3, 11)
    assert found.end_of(date(2026, 3, 10)) == datetime(2026, 3, 10, 23)
    assert found.end_of(date(2026, 3, 29)) == datetime(2026, 3, 29, 22), "clocks went forward"
    assert found.end_of(date(2026, 10, 25)) == datetime(2026, 10, 25, 23), "clocks went back"


def test_all_seven_purposes_have_a_default(folder: Path) -> None:
    _rewrite(folder, consent_defaults="consent_defaults: {profiling: granted}")
    found = tenant.load(str(folder)).settings.consent()
    assert set(found) == set(PURPOSES)
    assert {p for p, status in found.items() if status == "granted"} == {
        "analytics",
        "personalisation",
        "profiling",
    }


def test_landing_files_lie_where_asked_else_where_settings_say_else_in_data(folder: Path, data: Path) -> None:
    found = tenant.load(str(folder))
    assert found.landing_folder(data, None) == data / "landing"
    _rewrite(folder, landing="landing: drop")
    found = tenant.load(str(folder))
    assert found.landing_folder(data, None) == folder / "drop"
    assert found.landing_folder(data, str(data / "elsewhere")) == data / "elsewhere"
