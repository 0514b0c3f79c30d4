"""The pipeline's own words are said in the page's language; what a company's data say stays as it is."""

from __future__ import annotations

import re

import pytest

from dashboards.saying import said, vocabularies
from dashboards.timeline import SOURCES
from dashboards.wording import PERSON_WORDS, told
from data_quality.suites.activation.fct_attribution import MODELS
from ml.catalogue import specs
from ml.churn.features import COLUMNS, GROUPS
from ml.segments.rows import COLUMNS as SEGMENT_COLUMNS
from ml.subscription_churn.rows import GROUPS as SUBSCRIPTION_GROUPS
from orchestration import contract

HAN = re.compile("[\u4e00-\u9fff]")
# Where the pipeline says which words there are, and the vocabulary that must know each.
KNOWN = {
    "purposes": contract.PURPOSES,
    "consents": contract.CONSENT_STATUSES,
    "feedback_kinds": contract.FEEDBACK_KINDS,
    "order_statuses": contract.ORDER_STATUSES,
    "touch_actions": contract.TOUCH_ACTIONS,
    "timeline_sources": tuple(SOURCES),
    "entities": contract.ENTITIES,
    "channels": (*contract.EVENT_CHANNELS, *contract.FEEDBACK_CHANNELS),
    "attribution_models": MODELS,
    "models": specs(),
    "features": (*COLUMNS, *SEGMENT_COLUMNS),
    "reasons": (*GROUPS, *SUBSCRIPTION_GROUPS),
}


@pytest.mark.parametrize(
    ("column", "value", "language", "word"),
    [
        ("churn_band", "high", "zh", "高"),
        ("churn_band", "high", "en", "high"),
        ("purpose", "marketing_sms", "en", "marketing by SMS"),
        # A page, a city or a tag may be called like a word of the pipeline.
        ("detail", "high", "zh", "high"),
        ("city", "none", "zh", "none"),
        ("status", "a word nobody knows", "zh", "a word nobody knows"),
        ("value_tier", None, "zh", None),
        ("clv", 3.5, "zh", 3.5),
    ],
)
def test_a_word_is_said_where_it_is_the_pipelines(
    column: str, value: object, language: str, word: object
) -> None:
    assert told(column, value, language) == word


@pytest.mark.parametrize("vocabulary", KNOWN)
def test_every_word_there_is_has_one_in_chinese(vocabulary: str) -> None:
    assert KNOWN[vocabulary]
    assert not [word for word in KNOWN[vocabulary] if not HAN.search(said(vocabulary, word, "zh"))]


@pytest.mark.parametrize(
    ("vocabulary", "value", "english", "chinese"),
    [
        (
            "segment_rules",
            "(tenure_days <= 9 and revenue_all > 6) or (orders_all <= 0 and active_days_90 >= 1)",
            "days known at most 9, revenue ever over 6; or no orders ever, active days of 90 days at least 1",
            "在册天数不超过 9，累计收入高于 6；或累计订单数为 0，近 90 天活跃天数不少于 1",
        ),
        ("segment_rules", "tenure_days <= 217", "days known at most 217", "在册天数不超过 217"),
        (
            "methods",
            "channel rule:global:untested, hour dirichlet",
            "channel: rule: everybody's habit (untested); hour: Dirichlet shrinkage",
            "渠道：规则：整体习惯（未检验）；时段：Dirichlet 收缩",
        ),
        (
            "decisions",
            "hour: log-loss 1.2 against 1.1 of rule:own, hits 0.5 against 0.6; nobody was there",
            "hour: log-loss 1.2 against 1.1 of rule:own, hits 0.5 against 0.6; nobody was there",
            "时段：对数损失 1.2，规则：个人习惯为 1.1；命中率 0.5，对照 0.6；没有活跃用户",
        ),
        ("measures", "hour_ece", "hour: expected calibration error", "时段：期望校准误差（ECE）"),
        ("measures", "rolling_macro_f1", "macro-F1, mean of the cuts", "宏平均 F1（滚动检验均值）"),
        ("gates", "the drift of reach is measured", None, "触达偏好的漂移已度量"),
        ("gates", "channel: ECE at most 0.05", None, "渠道：ECE 不超过 0.05"),
        ("gates", "earlier tests are of what may be learned from", None, "更早的检验只用可学习部分"),
        ("measures", "removal_effect: Paid Other", "removal effect: Paid Other", "移除效应：其他付费"),
        ("gates", "churn_band is one of 3 known values", None, "churn_band 只取 3 个已知值"),
        ("gates", "nobody who asked to be deleted", None, "不含已要求删除者"),
        ("gates", "a gate nobody has translated", None, "a gate nobody has translated"),
        ("gates", "model and as_of are never null", None, "model、as_of 不为空"),
        (
            "gates",
            "share, an event of settings.yml and tags.yml, is in the data",
            None,
            "settings.yml、tags.yml 所用的事件 share 在数据中出现",
        ),
        ("order_moves", "order refunded", None, "订单已退款"),
        ("observations", "12 of 20,000 rows", None, "20,000 行中 12 行"),
        ("broken_down", "user.gender · unknown", "gender (of the person) · unknown", "用户的性别 · 未知"),
        ("ages", "65 and over", None, "65岁及以上"),
    ],
)
def test_a_sentence_is_said_with_its_figures(
    vocabulary: str, value: str, english: str | None, chinese: str
) -> None:
    assert said(vocabulary, value, "en") == (value if english is None else english)
    assert said(vocabulary, value, "zh") == chinese


def test_a_vocabulary_named_is_there() -> None:
    known = vocabularies()
    named = {part for one in known.values() for pattern in one.patterns for part in pattern.parts if part}
    assert named | set(PERSON_WORDS.values()) <= known.keys()
    empty = [word for one in known.values() for word, said_so in one.words.items() if not said_so]
    assert empty == []
