"""The words of the pages themselves, in both languages; what data say is said by the data."""

from __future__ import annotations

from typing import Any

from dashboards.saying import said

LANGUAGES = ("en", "zh")

WORDS: dict[str, dict[str, str]] = {
    "title": {"en": "User operations", "zh": "用户运营"},
    "other_language": {"en": "中文", "zh": "English"},
    "switch_language": {"en": "切换到中文", "zh": "Switch to English"},
    "period": {"en": "Period", "zh": "时间段"},
    "country": {"en": "Country", "zh": "国家或地区"},
    "channel": {"en": "Acquisition channel", "zh": "获客渠道"},
    "platform": {"en": "Platform", "zh": "平台"},
    "segment": {"en": "Segment", "zh": "分群"},
    "everyone": {"en": "Everyone", "zh": "全部"},
    "days_7": {"en": "Last 7 days", "zh": "近 7 天"},
    "days_30": {"en": "Last 30 days", "zh": "近 30 天"},
    "days_90": {"en": "Last 90 days", "zh": "近 90 天"},
    "days_365": {"en": "Last 365 days", "zh": "近 365 天"},
    "all": {"en": "All of history", "zh": "全部历史"},
    "as_of": {"en": "As of", "zh": "数据日期"},
    "before": {"en": "against the period before", "zh": "较上一时间段"},
    "was": {"en": "before", "zh": "此前"},
    "no_file": {
        "en": "Nothing is published yet. Run `make nightly`; this page fills by itself.",
        "zh": "尚未发布数据。运行 make nightly 后，本页会自动填充。",
    },
    "no_table": {
        "en": "This published file has no {what} yet. The page fills once a night has built it.",
        "zh": "当前发布文件中没有 {what}。夜间任务生成后，本页会自动填充。",
    },
    "no_rows": {"en": "No rows for this choice ({what}).", "zh": "此条件下没有数据（{what}）。"},
    "of_everyone": {
        "en": "Shows everyone: this table is not told apart by the people filters.",
        "zh": "显示全部用户：此表不按人群筛选。",
    },
    "of_everyone_alone": {"en": "Shows everyone", "zh": "显示全部用户"},
    "of_any_period": {"en": "Whatever the period", "zh": "不随所选时间段变化"},
    "whatever_period": {
        "en": "Whatever the period chosen: {span}.",
        "zh": "不随所选时间段变化：{span}。",
    },
    "whole_months": {
        "en": "Whole months, from the one in which the period begins.",
        "zh": "按整月显示，自时间段起始所在月份起。",
    },
    "rows_shown": {"en": "{shown} of {total} rows shown", "zh": "共 {total} 行，显示 {shown} 行"},
    "whole_list": {"en": "The whole list as CSV", "zh": "下载完整列表（CSV）"},
    "money_in": {"en": "money in {currency}", "zh": "金额单位 {currency}"},
    "definition_of": {"en": "Definition of {what}", "zh": "{what}的定义"},
    "people": {"en": "people", "zh": "人数"},
    "find_person": {"en": "Pseudonym (user_key)", "zh": "匿名标识（user_key）"},
    "find_any": {
        "en": "Pseudonym (user_key), or an identifier such as a customer number, e-mail or phone",
        "zh": "匿名标识（user_key），或客户号、邮箱、手机号等标识",
    },
    "close": {"en": "Close", "zh": "关闭"},
    "no_page": {"en": "There is no such page.", "zh": "没有这个页面。"},
    "to_start": {"en": "To the overview", "zh": "前往总览"},
    "find": {"en": "Find", "zh": "查找"},
    "person_page": {"en": "A person", "zh": "用户详情"},
    "no_person": {"en": "Nobody goes by that.", "zh": "没有找到该用户。"},
    "no_score": {
        "en": "Not scored: not active in the lookback, or profiling is not granted.",
        "zh": "未评分：回看期内不活跃，或未授权画像分析。",
    },
    "portrait": {"en": "Portrait", "zh": "画像"},
    "risk": {"en": "Churn risk", "zh": "流失风险"},
    "risk_said": {
        "en": "{probability} ({band}) to do nothing in the next {days} days. What moves it most: {reasons}.",
        "zh": "未来 {days} 天无核心行为的概率 {probability}（{band}）。主要原因：{reasons}。",
    },
    "next_actions": {"en": "Next actions", "zh": "建议动作"},
    "no_next_actions": {
        "en": "Nothing now: no rule of actions.yml holds, its purpose is not granted, or enough was sent.",
        "zh": "暂无建议动作：没有适用的规则、未获相应授权，或近期触达已足够。",
    },
    "no_recommended": {"en": "No items are recommended to this person.", "zh": "没有向该用户推荐的商品。"},
    "no_tags": {"en": "This person has no tag.", "zh": "该用户没有标签。"},
    "no_consents": {"en": "No consent is on record.", "zh": "没有授权记录。"},
    "no_timeline": {"en": "Nothing is on record.", "zh": "没有记录。"},
    "recommended": {"en": "Recommended items", "zh": "推荐商品"},
    "tags": {"en": "Tags", "zh": "标签"},
    "consents": {"en": "Consents", "zh": "授权"},
    "timeline": {"en": "Timeline", "zh": "时间线"},
    "column_rank": {"en": "Place", "zh": "名次"},
    "column_action": {"en": "Action", "zh": "动作"},
    "column_channel": {"en": "Channel", "zh": "渠道"},
    "column_send_hour": {"en": "Hour", "zh": "小时"},
    "column_expected_value": {"en": "Expected value", "zh": "期望价值"},
    "column_reason": {"en": "Why", "zh": "原因"},
    "column_item_id": {"en": "Item", "zh": "商品"},
    "column_score": {"en": "Score", "zh": "得分"},
    "column_method": {"en": "How", "zh": "方式"},
    "column_tag": {"en": "Tag", "zh": "标签"},
    "column_value": {"en": "Value", "zh": "取值"},
    "column_valid_from": {"en": "Since", "zh": "自"},
    "column_purpose": {"en": "Purpose", "zh": "用途"},
    "column_status": {"en": "Status", "zh": "状态"},
    "column_changed_at": {"en": "Changed (UTC)", "zh": "变更时间（UTC）"},
    "column_is_default": {"en": "By default", "zh": "默认"},
    "column_happened_at": {"en": "When (UTC)", "zh": "时间（UTC）"},
    "column_what": {"en": "What", "zh": "事项"},
    "column_detail": {"en": "Detail", "zh": "详情"},
    "column_source": {"en": "Source", "zh": "来源"},
    "unknown": {"en": "unknown", "zh": "未知"},
    "seconds": {"en": "s", "zh": "秒"},
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
}

# The columns of a person's page that hold the pipeline's own words, and the vocabulary of each.
PERSON_WORDS = {
    "acquisition_channel": "channels",
    "activity_level": "levels",
    "age_band": "ages",
    "channel": "channels",
    "churn_band": "levels",
    "gender": "genders",
    "method": "candidates",
    "preferred_channel": "channels",
    "purpose": "purposes",
    "reason": "action_reasons",
    "reason_code": "reasons",
    "source": "timeline_sources",
    "status": "consents",
    "value": "tag_values",
    "value_tier": "levels",
}

# What Vizro itself says on a page, in Chinese.
FRAME_ZH = {
    "Reset all": "全部重置",
    "Toggle menu": "展开或收起菜单",
    "Hide Menu": "收起菜单",
    "Toggle theme": "切换明暗",
    "Reset all page controls": "重置本页筛选",
}


def say(word: str, language: str, **filled: object) -> str:
    """One of the pages' words, with what it speaks of put in."""
    return WORDS[word][language].format(**filled)


def told(column: str, value: Any, language: str) -> Any:
    """A value of a person's page in the page's language, where it is a word of the pipeline's own."""
    return said(PERSON_WORDS[column], value, language) if column in PERSON_WORDS else value
