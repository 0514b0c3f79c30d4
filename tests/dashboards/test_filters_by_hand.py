"""What pages show once a filter is set, beside SQL written by hand from the facts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from playwright.sync_api import Page

from tests.dashboards.site import ROOT, Seen, choose, fresh, numbers_on, opened

ROWS = """title => [...document.querySelectorAll('.table-panel')]
    .filter(p => p.querySelector('h3').innerText === title)
    .flatMap(p => [...p.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.textContent)))"""
DRAWN = """id => document.getElementById(id).data.flatMap(t => {
    const [names, values] = t.orientation === 'h' ? [t.y, t.x] : [t.x, t.y];
    return names.map((name, n) => [name, t.name, values[n]]);
})"""
LENGTHS = {"Last 7 days": 7, "Last 30 days": 30, "Last 90 days": 90}
OF_PLATFORM = "user_key in (select user_key from marts.dim_users where platform = $platform)"
CARDS = f"""
select count(*) filter (action = 'sent'), count(*) filter (action = 'opened'),
    count(*) filter (action = 'clicked')
from marts.fct_touches where touch_day >= $first and touch_day <= $last and {OF_PLATFORM}
"""
CREDITED = f"""
select sum(credit), sum(revenue) from marts.fct_attribution
where model = $model and campaign_id is not null and converted_at >= $first and converted_at < $last + 1
    and {OF_PLATFORM}
"""
BY_CHANNEL = f"""
select channel, model, sum(revenue) from marts.fct_attribution
where channel <> 'Direct' and converted_at >= $first and converted_at < $last + 1 and {OF_PLATFORM}
group by all
"""
# Of each campaign that ran in the period, all its messages to these people and what it was credited with.
CAMPAIGNS = f"""
select name,
    (select count(*) filter (action = 'sent') from marts.fct_touches as t
        where t.campaign_id = c.campaign_id and {OF_PLATFORM}),
    (select count(*) filter (action = 'clicked') from marts.fct_touches as t
        where t.campaign_id = c.campaign_id and {OF_PLATFORM}),
    (select coalesce(sum(credit), 0) from marts.fct_attribution as a
        where a.campaign_id = c.campaign_id and model = $model and {OF_PLATFORM})
from marts.rpt_campaigns as c
where not started_at >= $last + 1 and not coalesce(ended_at < $first, false)
"""
MODELS = {
    "first touch": "first",
    "last touch": "last",
    "last not direct": "last_non_direct",
    "linear": "linear",
    "position based": "position",
    "time decay": "time_decay",
    "Markov chain": "markov",
}
CSAT = """
select date_trunc('month', feedback_day)::date, avg((score >= scale_max - 1)::int) from marts.fct_feedback
where kind = 'csat' and score is not null
    and feedback_day >= date_trunc('month', $first) and feedback_day <= $last
    and user_key in (select user_key from marts.dim_users where platform = $platform)
group by all
"""
TOPICS = """
select topic, count(*) from marts.fct_feedback
where topic is not null and feedback_day between $first and $last
    and user_key in (select user_key from marts.dim_users where platform = $platform)
group by topic
"""


def _asked(path: Path, sql: str, **given: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect(path, read_only=True) as published:
        used = {name: value for name, value in given.items() if f"${name}" in sql}
        return published.execute(
            sql.replace("$first", "$first::date").replace("$last", "$last::date"), used
        ).fetchall()


def _number(cell: str) -> float:
    return float(cell.replace(",", ""))


def _first(as_of: date, period: str) -> date:
    return as_of - timedelta(days=LENGTHS[period] - 1)


def test_campaigns_are_of_the_period_and_people_chosen(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date
) -> None:
    with fresh(window[0]) as tab:
        opened(tab, f"{address}/campaigns")
        period = choose(tab, "campaigns-period-en-selector", 2)
        platform = choose(tab, "campaigns-platform-en-selector", 1)
        model = choose(tab, "campaigns-model-en-selector", 3)
        cards, drawn = numbers_on(tab), tab.evaluate(DRAWN, "campaigns-4-en")
        sent, brought = tab.evaluate(ROWS, "Every campaign"), tab.evaluate(ROWS, "What each campaign brought")
        said = tab.inner_text("body")
    given = {"first": _first(as_of, period), "last": as_of, "platform": platform, "model": MODELS[model]}
    (counts,) = _asked(published_file, CARDS, **given)
    assert counts[0] > 0
    assert [_number(cards[name]) for name in ("sent", "opened", "clicked")] == list(counts)
    ((credit, revenue),) = _asked(published_file, CREDITED, **given)
    assert _number(cards["conversions"]) == pytest.approx(float(credit or 0), abs=0.5)
    assert _number(cards["revenue"]) == pytest.approx(float(revenue or 0), abs=0.5)
    held = {
        (channel, name): float(value) for channel, name, value in _asked(published_file, BY_CHANNEL, **given)
    }
    assert {(channel, MODELS[name]): value for channel, name, value in drawn} == pytest.approx(held)
    by_name = sorted(_asked(published_file, CAMPAIGNS, **given))
    assert sorted((row[0], _number(row[2]), _number(row[4])) for row in sent) == [row[:3] for row in by_name]
    told = sorted((row[0], _number(row[1])) for row in brought)
    assert [name for name, _ in told] == [row[0] for row in by_name]
    assert [value for _, value in told] == pytest.approx([float(row[3]) for row in by_name], abs=0.5)
    # What is not known by person is no number, and the table says why.
    assert {(row[8], *brought[0][3:]) for row in sent} == {("–", "–", "–")}
    assert "What a campaign costs is not known by person" in said


def test_without_people_a_campaign_is_the_one_reported(
    address: str, window: tuple[Page, Seen], published_file: Path
) -> None:
    with fresh(window[0]) as tab:
        opened(tab, f"{address}/campaigns")
        choose(tab, "campaigns-period-en-selector", 4)
        brought = tab.evaluate(ROWS, "What each campaign brought")
    rows = _asked(
        published_file, "select name, conversions, attributed_revenue, roi from marts.rpt_campaigns"
    )
    assert sorted(row[0] for row in brought) == sorted(row[0] for row in rows)
    told = sorted((row[0], _number(row[1]), _number(row[2])) for row in brought)
    held = sorted((name, float(conversions), float(revenue)) for name, conversions, revenue, _ in rows)
    assert [row[1:] for row in told] == [pytest.approx(row[1:], abs=0.51) for row in held]
    shown = sorted(row[3] for row in brought if row[3] != "–")
    assert shown == sorted(f"{float(roi):z,.1%}" for *_, roi in rows if roi is not None)


def test_experiments_are_those_that_ran_in_the_period(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date
) -> None:
    ran = "not started_at >= $last + 1 and not coalesce(ended_at < $first, false)"
    with fresh(window[0]) as tab:
        opened(tab, f"{address}/experiments")
        period = choose(tab, "experiments-period-en-selector", 2)
        group = choose(tab, "experiments-group-en-selector", 1)
        shown, cuts = (
            tab.evaluate(ROWS, title) for title in ("Every experiment by this metric", "Lift within groups")
        )
    given = {"first": _first(as_of, period), "last": as_of, "segment": f"user.{group.split(' ')[0]}"}
    held = _asked(
        published_file,
        "select name, units from marts.rpt_experiments"
        f" where metric = 'purchase' and variant <> control and {ran}",
        **given,
    )
    assert held
    assert sorted((row[0], _number(row[2])) for row in shown) == sorted(held)
    within = _asked(
        published_file,
        f"""
        select distinct name, s.variant, s.units, s.control_units, s.lift
        from marts.rpt_experiment_segments as s inner join marts.rpt_experiments as e using (experiment_id)
        where s.metric = 'purchase' and s.segment = $segment and {ran}
        """,
        **given,
    )
    assert within
    assert sorted((row[0], _number(row[3]), _number(row[4]), row[5]) for row in cuts) == sorted(
        (name, units, control, "–" if lift is None else f"{lift:z,.1%}")
        for name, _, units, control, lift in within
    )


def test_feedback_is_of_the_period_and_people_chosen(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date
) -> None:
    with fresh(window[0]) as tab:
        opened(tab, f"{address}/zh/feedback")
        choose(tab, "feedback-period-zh-selector", 2)
        platform = choose(tab, "feedback-platform-zh-selector", 0)
        csat, topics = tab.evaluate(DRAWN, "feedback-2-zh"), tab.evaluate(DRAWN, "feedback-4-zh")
    given = {"first": _first(as_of, "Last 90 days"), "last": as_of, "platform": platform}
    told = {date.fromisoformat(day[:10]): value for day, _, value in csat}
    held = {month: float(value) for month, value in _asked(published_file, CSAT, **given)}
    assert told
    assert told == pytest.approx(held)
    counted = sorted(count for _, count in _asked(published_file, TOPICS, **given))
    assert sorted(value for *_, value in topics) == counted
    settings = yaml.safe_load((ROOT / "tenants" / "demo" / "feedback.yml").read_text(encoding="utf-8"))
    called = {"other": "其他", **{one["topic"]: one["name_zh"] for one in settings["topics"]}}
    expected = {called[topic] for topic, _ in _asked(published_file, TOPICS, **given)}
    assert {topic for topic, *_ in topics} == expected
    assert expected


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("models", {"en": "No filters here", "zh": "本页无筛选"}),
        ("experiments", {"en": "People are no filter here", "zh": "本页不按人群筛选"}),
        ("quality", {"en": "People are no filter here", "zh": "本页不按人群筛选"}),
    ],
)
def test_a_page_without_a_filter_says_why(
    address: str, window: tuple[Page, Seen], name: str, said: dict[str, str]
) -> None:
    for language, words in said.items():
        opened(window[0], f"{address}{'/zh' * (language == 'zh')}/{name}")
        note = window[0].locator(".page-note")
        assert note.count() == 1
        assert note.inner_text().startswith(words)
        assert (note.bounding_box() or {}).get("height", 0) > 10
