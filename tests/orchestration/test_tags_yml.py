"""Tags are understood whole or refused with the file, the line and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from orchestration import proofs, tenant
from orchestration.night import Night
from orchestration.tenant import TenantError

HEAD = "owner: o\n    description: d\n    name_en: Tag\n    name_zh: 标签"
METRIC = f"- tag: orders_90\n    kind: metric\n    {HEAD}\n    metric: {{measure: orders, days: 90}}"
NUMBER = METRIC.replace("orders_90", "b")
DAY = date(2026, 3, 11)


def write(folder: Path, *entries: str) -> None:
    body = "".join(f"  {entry}\n" for entry in entries)
    (folder / "tags.yml").write_text(f"tags:\n{body}", encoding="utf-8")


def entry(kind: str, *lines: str, tag: str = "a_tag") -> str:
    return "\n    ".join([f"- tag: {tag}", f"kind: {kind}", HEAD, *lines])


def test_a_folder_without_tags_has_none(folder: Path) -> None:
    found = tenant.load(str(folder))
    assert found.tags == []
    assert found.tag_history_days == 90


@pytest.mark.parametrize("name", ["demo", "uci_online_retail"])
def test_the_shipped_tags_are_understood(name: str) -> None:
    found = tenant.load(name).tags
    assert len({str(tag["tag"]) for tag in found}) == len(found) >= 5
    if name == "demo":
        assert {tag["kind"] for tag in found} == {
            "property", "metric", "first_last", "preference", "band", "rfm", "rule", "imported",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (entry("metrik", "metric: {measure: orders}"), 3, "'metrik' is not known; one of 'property'"),
        (entry("metric", "metric: {measure: order}"), 8, r"metric\.measure: Input should be 'events'"),
        (entry("metric", "metric:", "  measure: orders", "  day: 90"), 10, r"metric\.day: unknown key"),
        (entry("metric", "metric: {measure: orders, days: 0}"), 8, "greater than or equal to 1"),
        (entry("metric", "metric: {measure: orders, events: [a]}"), 8, "only the measures events and core"),
        (entry("metric"), 2, "metric: is needed here and not given"),
        (entry("property", "property: email"), 8, "Input should be 'country'"),
        (entry("property", "property: city", "colour: red"), 9, "colour: unknown key"),
        (entry("first_last", "take: first"), 2, "expected one of event_column, event_property"),
        (entry("first_last", "take: last", "event_property: a\"]'b"), 9, "event_property: String"),
        (entry("imported", "key: 'a\"''b'"), 8, "key: String should match"),
        (entry("preference", "of: item_id", "min_share: 1.5"), 9, "less than or equal to 1"),
        (entry("preference", "of: page", "source: order_items"), 2, "order_items have an item_category"),
        (entry("band", "metric: {measure: orders}"), 2, "expected edges or quantiles, and not both"),
        (entry("band", "metric: {measure: orders}", "edges: [2, 1]"), 2, "in rising order"),
        (entry("band", "metric: {measure: orders}", "edges: [.nan]"), 9, r"edges\.0"),
        (entry("band", "metric: {measure: orders}", "edges: [1]", "labels: [a]"), 2, "labels: expected 2"),
        (entry("rfm", "every: year"), 8, "Input should be 'day', 'week' or 'month'"),
        (entry("rule", "when: {tag: nowhere, is_known: true}"), 8, "there is no tag 'nowhere'"),
        (entry("rule", "when: {tag: a_tag, is_known: true}"), 8, "looks at itself: a_tag → a_tag"),
        (entry("rule", "when: {property: city}"), 8, "expected one operator"),
        (entry("rule", "when: {property: city, equals: a, in: [b]}"), 8, "expected one operator"),
        (entry("rule", "when: {property: city, at_least: 3}"), 8, "a property is a text"),
        (entry("rule", "when: {property: city, equals: 3}"), 8, "put the number in quotes"),
        (entry("rule", "when: {metric: {measure: orders}, equals: many}"), 8, "expected a number"),
        (entry("rule", "when:", "  all:", "    - {tag: b, equals: x}") + f"\n  {NUMBER}", 10, "a number"),
        (entry("rule", "when: {sql: 1 = 1}"), 8, "unknown key"),
        (entry("rfm", "validity_days: 0"), 8, "greater than or equal to 1"),
        (entry("rfm", "purpose: fun"), 8, "Input should be 'analytics'"),
        (entry("rfm", "limits: {min_coverage: 2}"), 8, r"limits\.min_coverage"),
        (entry("rfm", tag="Robert'); drop table"), 2, "tag: String should match pattern"),
        (METRIC + f"\n  {METRIC}", 9, "'orders_90' is given twice"),
    ],
)  # fmt: skip
def test_a_wrong_tag_names_its_line(folder: Path, text: str, line: int, said: str) -> None:
    write(folder, text)
    with pytest.raises(TenantError, match=rf"tags\.yml, line {line}: .*{said}"):
        tenant.load(str(folder))


def test_a_line_break_in_a_name_is_refused(folder: Path) -> None:
    write(folder, entry("rfm").replace("name_en: Tag", 'name_en: "a\\nb"'))
    with pytest.raises(TenantError, match=r"line 6: .*control characters and line breaks"):
        tenant.load(str(folder))


def test_rules_come_after_the_tags_they_look_at(folder: Path) -> None:
    first = entry("rule", "when: {tag: second, is_known: true}", tag="first")
    second = entry("rule", "when: {tag: orders_90, at_least: 3}", tag="second")
    write(folder, first, second, METRIC)
    assert [tag["tag"] for tag in tenant.load(str(folder)).tags] == ["orders_90", "second", "first"]


def test_rules_that_look_at_each_other_are_refused(folder: Path) -> None:
    first = entry("rule", "when: {tag: second, is_known: true}", tag="first")
    second = entry("rule", "when: {tag: first, is_known: true}", tag="second")
    write(folder, first, second)
    with pytest.raises(TenantError, match="looks at itself: first → second → first"):
        tenant.load(str(folder))


def test_a_profile_needs_consent_and_a_plain_fact_does_not(folder: Path) -> None:
    plain = entry("preference", "of: page", "purpose: none", tag="plain")
    shared = entry("property", "property: city", "purpose: sharing", tag="shared")
    rule = entry("rule", "when: {tag: shared, is_known: true}", tag="rule")
    write(folder, METRIC, entry("rfm", tag="rfm"), plain, shared, rule)
    purposes = {tag["tag"]: tag["purposes"] for tag in tenant.load(str(folder)).tags}
    assert purposes == {
        "orders_90": [],
        "rfm": ["profiling"],
        "plain": [],
        "shared": ["sharing"],
        "rule": ["profiling", "sharing"],
    }


def test_another_tag_unproves_every_layer(
    folder: Path, tonight: Callable[[date], Night], data: Path, key: bytes
) -> None:
    before = tonight(DAY)
    with before.warehouse.open():
        pass
    proofs.keep(before, "marts")
    assert proofs.holds(before, "marts")
    write(folder, METRIC)
    after = Night(tenant.load(str(folder)), DAY, data, data / "landing")
    assert not proofs.holds(after, "marts")


def test_values_that_are_truth_values_mean_the_word(folder: Path) -> None:
    write(folder, entry("rule", "when: {property: city, equals: true}"))
    found = yaml.safe_dump(tenant.load(str(folder)).tags)
    assert "value: 'true'" in found
