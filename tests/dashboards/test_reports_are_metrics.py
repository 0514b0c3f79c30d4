"""What the report pages draw is what the metrics answer: each chart's rows beside a metric's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pytest

from metrics import query

REPORTS = {
    "growth": ("rpt_growth_accounting", "period_start", "is_complete"),
    "cohorts": ("rpt_retention", "period_number", "is_complete"),
    "bridge": ("rpt_subscription_bridge", "period_start", "true"),
    "credits": ("fct_attribution", "channel", "true"),
    "experiments": ("rpt_experiments", "experiment_id || ' ' || variant", "true"),
    "splits": ("rpt_experiments", "experiment_id", "true"),
    "funnels": ("rpt_funnels", "step_number", "breakdown = 'all'"),
    "groups": ("rpt_funnels", "if(breakdown = 'all', 'all', breakdown || ' ' || breakdown_value)", "true"),
    "pages": ("rpt_pages", "page", "true"),
    "paths": ("rpt_paths", "from_page", "true"),
    "campaigns": ("rpt_campaigns", "campaign_id", "true"),
    "needs": ("rpt_needs", "need", "true"),
}
KINDS = ("on_n", "on_or_after_n", "every_period_through_n")
BASES = ("first_core_action", "registration", "first_order")
GRAINS = ("day", "week", "month")


@dataclass(frozen=True)
class Beside:
    """A column of a report and the metric that must say the same of every key."""

    report: str
    drawn: str
    metric: str
    by: str
    where: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)


def _beside() -> Iterator[Beside]:
    for grain in GRAINS:
        where, asked = {"granularity": grain}, {"growth_per": [grain]}
        for name in ("active", "new", "retained", "resurrected", "churned"):
            yield Beside("growth", f"sum({name})", f"growth_{name}", grain, where, asked)
        yield Beside("growth", "max(quick_ratio)", "quick_ratio", grain, where, asked)
        for kind in KINDS:
            for basis in BASES:
                yield Beside(
                    "cohorts",
                    "sum(retained) / sum(cohort_size)",
                    "retention_rate",
                    "period_number",
                    {"granularity": grain, "kind": kind, "cohort_basis": basis},
                    {"cohort_per": [grain], "retention_kind": [kind], "cohort_basis": [basis]},
                )
    for name in ("started", "expansion", "contraction", "churned"):
        yield Beside("bridge", f"sum({name})", f"mrr_{name}", "month")
    yield Beside("bridge", "sum(closing - opening)", "mrr_net", "month")
    for model in ("first", "last", "linear", "position", "markov"):
        where, asked = {"model": model}, {"attribution_model": [model]}
        yield Beside("credits", "sum(revenue)", "credited_revenue", "touchpoint_channel", where, asked)
    where, asked = {"metric": "purchase"}, {"experiment_metric": ["purchase"]}
    yield Beside("experiments", "max(units)", "experiment_people", "experiment_arm")
    for name in ("mean", "lift"):
        yield Beside("experiments", f"max({name})", f"experiment_{name}", "experiment_arm", where, asked)
    yield Beside("splits", "max(srm_p_value)", "srm_p_value", "experiment")
    yield from _of_funnels()
    yield Beside("pages", "sum(clicks) / nullif(sum(impressions), 0)", "click_through_rate", "page")
    yield Beside("paths", "max(drop_off_rate)", "drop_off_rate", "from_page")
    for name in ("incremental_revenue", "incremental_roi"):
        yield Beside("campaigns", f"max({name})", name, "campaign_id")
    yield Beside("needs", "max(people)", "need_people", "need")
    yield Beside("needs", "max(priority)", "need_priority", "need")


def _of_funnels() -> Iterator[Beside]:
    drawn = {
        "funnel_people": "max(people)",
        "funnel_conversion": "max(conversion_from_first)",
        "funnel_step_conversion": "max(conversion_from_previous)",
    }
    for metric, column in drawn.items():
        for funnel in ("checkout", "look_to_buy", "involvement"):
            asked = {"funnel": [funnel], "funnel_group": ["all"]}
            yield Beside("funnels", column, metric, "funnel_step", {"funnel": funnel}, asked)
        where, asked = (
            {"funnel": "checkout", "step_number": "3"},
            {"funnel": ["checkout"], "funnel_step": ["3"]},
        )
        yield Beside("groups", column, metric, "funnel_group", where, asked)


@pytest.mark.parametrize(
    "one", _beside(), ids=lambda one: "-".join([one.metric, one.by, *one.where.values()])
)
def test_a_report_is_its_metric(published_file: Path, as_of: date, one: Beside) -> None:
    table, key, kept = REPORTS[one.report]
    told = " and ".join([kept, *(f"{name} = '{value}'" for name, value in one.where.items())])
    sql, values = query.compiled(query.asked([one.metric], [one.by], last=as_of, where=one.asked))
    with duckdb.connect(published_file, read_only=True) as published:
        drawn = dict(
            published.execute(
                f"select {key}, {one.drawn} from marts.{table} where {told} group by all"
            ).fetchall()
        )
        said = dict(published.execute(sql, values).fetchall())
    assert drawn
    assert said.keys() == drawn.keys()
    for name, value in drawn.items():
        if value is None:
            assert said[name] is None
        else:
            assert float(said[name]) == pytest.approx(float(value), abs=1e-7), name


def test_today_is_the_last_month_of_each_report(published_file: Path, as_of: date) -> None:
    question = query.asked(["mrr", "subscribers", "nps"], last=as_of)
    month = query.asked(["csat", "ces"], first=as_of.replace(day=1), last=as_of)
    with duckdb.connect(published_file, read_only=True) as published:
        mrr, subscribers, nps = published.execute(*query.compiled(question)).fetchone() or ()
        csat, ces = published.execute(*query.compiled(month)).fetchone() or ()
        bridge = published.execute(
            "select closing, subscribers_closing from marts.rpt_subscription_bridge"
            " order by period_start desc limit 1"
        ).fetchone()
        satisfaction = (
            published.execute(
                "select nps, csat, ces from marts.rpt_satisfaction where subject_type = 'all'"
                " and breakdown = 'all' and period_start = $1",
                [as_of.replace(day=1)],
            ).fetchone()
            or (None,) * 3
        )
    assert (mrr, subscribers) == bridge
    for found, held in zip((nps, csat, ces), satisfaction, strict=True):
        assert found == pytest.approx(held)


def test_campaigns_are_added_up(published_file: Path, as_of: date) -> None:
    names = ["messages_sent", "campaign_spend", "campaign_conversions", "campaign_revenue", "campaign_roi"]
    with duckdb.connect(published_file, read_only=True) as published:
        said = published.execute(*query.compiled(query.asked(names, last=as_of))).fetchone() or ()
        rows = published.execute(
            "select sent, spend, conversions, attributed_revenue from marts.rpt_campaigns"
        ).fetchall()
    sent, spend, conversions, revenue = (
        float(sum(value for value in column if value is not None)) for column in zip(*rows, strict=True)
    )
    assert [float(value) for value in said] == pytest.approx(
        [sent, spend, conversions, revenue, (revenue - spend) / spend]
    )
