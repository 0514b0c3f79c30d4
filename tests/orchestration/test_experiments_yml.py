"""Metrics are understood whole or refused with the file, the line and what was expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration import proofs, tenant
from orchestration.night import Night
from orchestration.tenant import TenantError

SOUND = """\
metrics:
  - metric: checkout_rate
    kind: ratio
    name_en: Orders per cart
    name_zh: 每车下单数
    measure: orders
    per:
      event: [add_to_cart, "it's"]
      where: {page: /cart, value: {at_least: 1}}
  - {metric: spent, kind: revenue, name_en: Spent, name_zh: 消费}
  - {metric: back, kind: retention, name_en: B, name_zh: 回访, after_days: 7, within_days: 7, guardrail: true}
segments: [user.country]
controls: [a]
"""
FLAT = "metrics:\n  - {metric: m, kind: mean, name_en: M, name_zh: M}\n"
ONE = "metrics:\n  - metric: m\n    name_en: M\n    name_zh: 指标\n"


def _load(folder: Path, text: str) -> dict[str, Any]:
    (folder / "experiments.yml").write_text(text, encoding="utf-8")
    return tenant.load(str(folder)).experiments


def test_a_metric_is_given_to_the_models_as_it_was_meant(folder: Path) -> None:
    found = _load(folder, SOUND)
    rate, spent, back = found["metrics"]
    assert (rate["of"], rate["per"]) == (
        {"measure": "orders", "event": [], "where": {}},
        {
            "measure": "events",
            "event": ["add_to_cart", "it's"],
            "where": {"page": {"in": ["/cart"]}, "value": {"at_least": 1.0}},
        },
    )
    assert (spent["of"]["measure"], spent["cap_quantile"], spent["within_days"]) == ("revenue", 0.99, None)
    assert (back["of"]["measure"], back["after_days"], back["guardrail"]) == ("core_events", 7, True)
    assert (found["segments"], found["controls"], found["alpha"]) == (["user.country"], ["a"], 0.05)


def test_a_folder_without_experiments_has_no_metrics_and_the_shipped_ones_are_understood(
    folder: Path,
) -> None:
    assert tenant.load(str(folder)).experiments["metrics"] == []
    assert len(tenant.load("demo").experiments["metrics"]) >= 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE + "    kind: share\n", "line 5: metrics.0.kind: "),
        (ONE + "    kind: mean\n    goal: up\n", "line 6: metrics.0.goal: "),
        (ONE + "    kind: mean\n    gaol: increase\n", "line 6: metrics.0.gaol: unknown key"),
        (ONE + "    kind: ratio\n", "metrics.0.per: a ratio, and only a ratio"),
        (ONE + "    kind: mean\n    per: {measure: orders}\n", "line 6: metrics.0.per: a ratio, and only"),
        (ONE + "    kind: retention\n", "metrics.0.within_days: retention needs the length"),
        (ONE + "    kind: mean\n    after_days: 3\n", "line 6: metrics.0.after_days: a window"),
        (ONE + "    kind: proportion\n    winsorise: 0.9\n", "line 6: metrics.0.winsorise: a prop"),
        (ONE + "    kind: mean\n    winsorise: 0.4\n", "line 6: metrics.0.winsorise: "),
        (
            ONE + "    kind: mean\n    measure: orders\n    event: buy\n",
            "line 7: metrics.0.event: only the measures events, core_events, event_value have it, not orders",
        ),
        (
            ONE + "    kind: ratio\n    per: {measure: sessions, where: {page: /}}\n",
            "line 6: metrics.0.per.where: only the measures",
        ),
        (ONE + "    kind: mean\n    where: {colour: red}\n", "metrics.0.where.colour: unknown key"),
        (FLAT.replace("m,", "Big-One,", 1), "line 2: metrics.0.metric: "),
        (
            FLAT + FLAT.partition("\n")[2],
            "line 3: metrics.1.metric: 'm' is the name of an earlier metric",
        ),
        ("segments: [user.lifecycle_state]\n", "line 1: segments.0: "),
        ("segments:\n  - user.country\n  - user.country\n", "line 3: segments.1: 'user.country' is"),
        ("alpha: 5\n", "line 1: alpha: "),
        ("metrics: [\n", "not valid YAML"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_line(folder: Path, text: str, said: str) -> None:
    with pytest.raises(TenantError) as refused:
        _load(folder, text)
    assert "experiments.yml, line " in str(refused.value)
    assert said in str(refused.value)


def test_another_metric_unproves_every_layer(folder: Path, tmp_path: Path) -> None:
    from datetime import date

    def signature() -> str:
        found = tenant.load(str(folder))
        return proofs.signature(Night(found, date(2026, 3, 10), tmp_path, tmp_path))

    before = signature()
    (folder / "experiments.yml").write_text(ONE + "    kind: mean\n", encoding="utf-8")
    assert signature() != before
