"""The words of the pages themselves, in both languages; what data say is said by the data."""

from __future__ import annotations

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
    "rows_shown": {"en": "{shown} of {total} rows shown", "zh": "共 {total} 行，显示 {shown} 行"},
    "definition_of": {"en": "Definition of {what}", "zh": "{what}的定义"},
    "people": {"en": "people", "zh": "人数"},
    "find_person": {"en": "Pseudonym (user_key)", "zh": "匿名标识（user_key）"},
    "unknown": {"en": "unknown", "zh": "未知"},
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
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
