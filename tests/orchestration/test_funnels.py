"""A funnel is understood whole or refused with the file, the line and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from orchestration import environment, tenant
from orchestration.funnels import EVENT_PROPERTIES, USER_PROPERTIES, Where
from orchestration.tenant import TenantError

SOUND = """\
funnels:
  - name: buy
    name_en: Buy
    name_zh: 购买
    window: 24h
    order: any
    breakdowns: [user.country, event.channel]
    steps:
      - event: page_view
        where: {page: "/it's \\U0001F600"}
      - event: [add, "\\u202Eplus"]
        name: put
        where: {value: {at_least: 0.5}, page: {not_in: /x, starts_with: /}, is_core: yes}
"""


def _load(folder: Path, text: str) -> list[dict[str, object]]:
    (folder / "funnels.yml").write_text(text, encoding="utf-8")
    return tenant.load(str(folder)).funnels


def test_a_funnel_is_given_to_the_models_as_it_was_meant(folder: Path) -> None:
    assert _load(folder, SOUND) == [
        {
            "name": "buy",
            "name_en": "Buy",
            "name_zh": "购买",
            "window_seconds": 86400,
            "order": "any",
            "breakdowns": ["user.country", "event.channel"],
            "steps": [
                {
                    "event": ["page_view"],
                    "name": "page_view",
                    "name_zh": "page_view",
                    "where": {"page": {"in": ["/it's \U0001f600"]}},
                },
                {
                    "event": ["add", "\u202eplus"],
                    "name": "put",
                    "name_zh": "put",
                    "where": {
                        "page": {"not_in": ["/x"], "starts_with": "/"},
                        "value": {"at_least": 0.5},
                        "is_core": True,
                    },
                },
            ],
        }
    ]


def test_a_tenant_needs_no_funnels(folder: Path) -> None:
    assert tenant.load(str(folder)).funnels == []
    assert _load(folder, "funnels: []\n") == []


@pytest.mark.parametrize(
    ("was", "becomes", "line", "said"),
    [
        ("order: any", "ordre: any", 6, r"ordre: unknown key"),
        ("order: any", "order: some", 6, r"order: Input should be 'ordered', 'strict' or 'any'"),
        ("window: 24h", "window: a day", 5, "'a day' is not a window such as 30m, 24h or 7d"),
        ("window: 24h", "window: 0h", 5, "'0h' is not a window"),
        ("name: buy", "name: Buy it", 2, "name: String should match pattern"),
        ("name_zh: 购买", "name_zh: ''", 4, "name_zh: String should have at least 1 character"),
        ("{page: \"/it's", "{pge: \"/it's", 10, r"where\.pge: unknown key"),
        ('page: "/it\'s \\U0001F600"', "page: 7", 10, "expected a text, a list of texts, or in, not_in"),
        ("not_in: /x", "not: /x", 13, r"page\.not: unknown key"),
        ("not_in: /x", "in: [/y, x], not_in: [/y]", 13, "no text passes all of it"),
        ("{at_least: 0.5}", "0.5", 13, "expected at_least or at_most, such as"),
        ("{at_least: 0.5}", "{}", 13, "expected at_least, at_most or both"),
        ("{at_least: 0.5}", "{at_least: 2, at_most: 1}", 13, "no number is at least 2 and at most 1"),
        ("{at_least: 0.5}", "{at_least: .nan}", 13, "finite number"),
        ("is_core: yes", "is_core: perhaps", 13, "is_core: Input should be a valid boolean"),
        ("user.country", "user.shoe_size", 7, "'user.shoe_size' is unknown; user has country, region"),
        ("user.country", "country", 7, "'country' is neither user.<property> nor event.<column>"),
        ("user.country", "event.channel", 7, "'event.channel' is given twice"),
        ("event: page_view", "event: []", 9, "event: Value should have at least 1 item"),
        ("event: page_view", "event: add", 11, r"steps\.1: an event may be step 1 and step 2; where steps"),
    ],
)
def test_a_wrong_funnel_names_its_line(folder: Path, was: str, becomes: str, line: int, said: str) -> None:
    assert was in SOUND
    with pytest.raises(TenantError, match=rf"funnels\.yml, line {line}: .*{said}"):
        _load(folder, SOUND.replace(was, becomes, 1))


def test_a_funnel_of_one_step_is_refused(folder: Path) -> None:
    text = SOUND[: SOUND.index("      - event: [add")]
    with pytest.raises(TenantError, match=r"funnels\.yml, line 8: .*steps: List should have at least 2"):
        _load(folder, text)


def test_two_funnels_of_one_name_are_refused(folder: Path) -> None:
    with pytest.raises(TenantError, match=r"funnels\.yml, line 14: .*'buy' is the name of an earlier funnel"):
        _load(folder, SOUND + SOUND.removeprefix("funnels:\n"))


@pytest.mark.parametrize(
    ("one", "two", "is_clear"),
    [
        ({"event": "a"}, {"event": ["b", "c"]}, True),
        ({"event": "a"}, {"event": ["a", "b"]}, False),
        ({"page": "/x"}, {"page": ["/y", "/z"]}, True),
        ({"page": "/x"}, {"page": {"not_in": "/x"}}, True),
        ({"page": "/x"}, {"page": {"not_in": "/y"}}, False),
        ({"page": {"starts_with": "/p/"}}, {"page": {"starts_with": "/q"}}, True),
        ({"page": {"starts_with": "/p/"}}, {"page": {"starts_with": "/p/1"}}, False),
        ({"page": {"starts_with": "/p/"}}, {"page": ["/cart", "/"]}, True),
        ({"page": "/x"}, {"channel": "web"}, False),
        ({"value": {"at_most": 9}}, {"value": {"at_least": 10}}, True),
        ({"value": {"at_most": 10}}, {"value": {"at_least": 10}}, False),
        ({"is_view": True}, {"is_view": False}, True),
        ({"is_view": True}, {"is_view": True}, False),
    ],
)
def test_steps_in_any_order_must_exclude_each_other(
    folder: Path, one: dict[str, object], two: dict[str, object], is_clear: bool
) -> None:
    steps = [step if "event" in step else {"event": "a", "where": step} for step in (one, two)]
    funnel = {"name": "f", "name_en": "F", "name_zh": "F", "order": "any", "steps": steps}
    text = yaml.safe_dump({"funnels": [funnel]})
    if is_clear:
        assert len(_load(folder, text)) == 1
    else:
        with pytest.raises(TenantError, match="an event may be step 1 and step 2"):
            _load(folder, text)
    funnel["order"] = "ordered"
    assert len(_load(folder, yaml.safe_dump({"funnels": [funnel]}))) == 1


def _columns(model: str) -> set[str]:
    path = environment.PROJECT_ROOT / "dbt_project" / "models" / f"{model}.yml"
    return {column["name"] for column in yaml.safe_load(path.read_text())["models"][0]["columns"]}


def test_every_property_and_column_offered_is_there() -> None:
    assert set(USER_PROPERTIES) <= _columns("marts/users/dim_users")
    events = _columns("intermediate/behaviour/int_behaviour__events")
    assert set(EVENT_PROPERTIES) | set(Where.model_fields) <= events


@pytest.mark.parametrize("name", ["demo", "uci_online_retail"])
def test_the_shipped_funnels_are_sound(name: str) -> None:
    orders = [funnel["order"] for funnel in tenant.load(name).funnels]
    assert sorted(map(str, orders)) == (["any", "ordered", "strict"] if name == "demo" else [])
