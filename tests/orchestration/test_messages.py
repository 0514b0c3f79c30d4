"""What is wrong in a rule is told in the file's own words, with the names that are known there."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import tenant

TAG = "tag: vip, name_en: V, name_zh: V, description: d, owner: a@b.test"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "settings.yml",
            "churn: {horizon: 30}\n",
            (
                "settings.yml, line 1: churn.horizon: unknown key; known here"
                " are horizon_days, lookback_days, retrain, snapshots"
            ),
        ),
        (
            "settings.yml",
            "core_action: [x]\n",
            "unknown key; known here are acquisition, activation, attribution",
        ),
        (
            "settings.yml",
            "retrain:\n  churn: monthly\n  chrun: weekly\n",
            (
                "settings.yml, line 3: there is no model 'chrun' that learns at a pace of its own; those that"
                " do are churn, feedback, propensity, reach, recommendations, segments, subscription_churn, "
            ),
        ),
        (
            "settings.yml",
            "retrain: {uplift: weekly}\n",
            "line 1: there is no model 'uplift' that learns",
        ),
        ("settings.yml", "retrain:\n  churn: hourly\n", "settings.yml, line 2: retrain.churn: "),
        ("settings.yml", "business_time_zone: Mars/Sea\n", "business_time_zone: 'Mars/Sea' is not an IANA"),
        (
            "tags.yml",
            f"tags:\n  - {TAG.replace(', ', chr(10) + '    ')}\n    kind: properti\n",
            "tags.yml, line 7: tags.0.kind: 'properti' is not known; one of 'property', 'metric', ",
        ),
        ("tags.yml", "tags:\n  - {tag: vip, kind: rfm}\n", "tags.0.name_en: is needed here and not given"),
        (
            "tags.yml",
            f"tags:\n  - {{{TAG}, kind: rule, when: {{tag: spnt, equals: a}}}}\n",
            "there is no tag 'spnt'; known are vip",
        ),
    ],
)
def test_a_wrong_rule_is_told_with_what_is_known(folder: Path, file: str, text: str, said: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(tenant.TenantError) as refused:
        tenant.load(str(folder))
    assert said in str(refused.value)
    assert "Value error" not in str(refused.value)
