"""Colours that mean something and stay what they mean, on every page and in both languages."""

# Told apart by people who see few colours as well (Okabe and Ito).
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#B8A800")
# What a word means is the same colour on every page: green stays, red leaves.
MEANING = {
    "new": "#0072B2", "新用户": "#0072B2",
    "retained": "#009E73", "active": "#009E73", "活跃": "#009E73",
    "resurrected": "#56B4E9", "回流": "#56B4E9",
    "dormant": "#E69F00", "沉默": "#E69F00",
    "churned": "#D55E00", "流失": "#D55E00",
    "registered": "#7F7F7F", "已注册未活跃": "#7F7F7F",
    "started": "#0072B2", "expansion": "#56B4E9", "contraction": "#E69F00",
    "low": "#009E73", "medium": "#E69F00", "high": "#D55E00",
    "positive": "#009E73", "neutral": "#E69F00", "negative": "#D55E00",
    "critical": "#D55E00", "严重": "#D55E00", "warning": "#E69F00", "警告": "#E69F00",
    "held": "#009E73", "通过": "#009E73", "failed": "#D55E00", "未通过": "#D55E00",
    "accepted": "#009E73", "quarantined": "#D55E00", "duplicate": "#A8A8A8",
    "treatment": "#0072B2", "实验组": "#0072B2", "treated": "#56B4E9", "干预组": "#56B4E9",
    "正面": "#009E73", "中性": "#E69F00", "负面": "#D55E00",
    # What others are held against is grey.
    "unknown": "#7F7F7F", "未知": "#7F7F7F", "everyone": "#A8A8A8", "baseline_value": "#A8A8A8",
    "as foretold": "#A8A8A8", "与预测一致": "#A8A8A8",
    "低": "#009E73", "中": "#E69F00", "高": "#D55E00",
}  # fmt: skip
HEAT = [[0, "#F2F7FB"], [0.5, "#6BAED6"], [1, "#08306B"]]
