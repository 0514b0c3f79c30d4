"""Made-up names, places and work: syllable lists, so that nobody real is met."""

from __future__ import annotations

SURNAMES = (
    ("Lan", "岚"),
    ("Qiao", "樵"),
    ("Mu", "沐"),
    ("Shuo", "朔"),
    ("Yun", "芸"),
    ("Fei", "霏"),
    ("Zhu", "竺"),
    ("Heng", "蘅"),
)
GIVEN = (
    ("xi", "溪"),
    ("ruo", "若"),
    ("chen", "晨"),
    ("bai", "白"),
    ("tang", "棠"),
    ("ye", "野"),
    ("lin", "霖"),
    ("an", "安"),
    ("qing", "青"),
    ("zhou", "舟"),
)
WESTERN_GIVEN = ("Alba", "Bram", "Cleo", "Dara", "Eryn", "Fenn", "Gwil", "Hale")
WESTERN_FAMILY = ("Arkwell", "Brindle", "Coveny", "Dunmoor", "Eastlake", "Farrowby")

# country, region, city, weight
PLACES = (
    ("CN", "Shanghai", "Shanghai", 15),
    ("CN", "Beijing", "Beijing", 12),
    ("CN", "Guangdong", "Guangzhou", 10),
    ("CN", "Guangdong", "Shenzhen", 11),
    ("CN", "Zhejiang", "Hangzhou", 10),
    ("CN", "Sichuan", "Chengdu", 9),
    ("CN", "Hubei", "Wuhan", 6),
    ("CN", "Jiangsu", "Nanjing", 7),
    ("CN", "Shaanxi", "Xi'an", 5),
    ("CN", "Hunan", "Changsha", 5),
    ("CN", "Fujian", "Xiamen", 3),
    ("HK", "Hong Kong", "Hong Kong", 4),
    ("US", "California", "San Francisco", 2),
    ("SG", "Singapore", "Singapore", 1),
)
FOREIGN_FROM = 11  # PLACES from here on lie outside the mainland
CURRENCY = {"CN": "CNY", "HK": "HKD", "US": "USD", "SG": "USD"}
PRICE_FACTOR = {"CNY": 1.0, "HKD": 1.1, "USD": 0.14}  # shelf prices, not exchange rates

OCCUPATIONS = (
    "student",
    "engineer",
    "teacher",
    "designer",
    "nurse",
    "sales",
    "self-employed",
    "retired",
    None,
)
ACQUISITION = ("organic", "search", "social", "ads", "referral", "store")
REFERRERS = (
    None,
    "https://search.example.test/",
    "https://feed.example.test/",
    "https://ads.example.test/",
    "https://friend.example.test/",
    None,
)


def full_name(number: int, foreign: bool, chinese: bool) -> str:
    """A name of its own for every number, repeating after some hundreds."""
    if foreign:
        return f"{WESTERN_GIVEN[number % 8]} {WESTERN_FAMILY[number // 8 % 6]}"
    family, first, second = SURNAMES[number % 8], GIVEN[number // 8 % 10], GIVEN[number // 80 % 10]
    if chinese:
        return family[1] + first[1] + second[1]
    return f"{family[0]} {(first[0] + second[0]).capitalize()}"


def mailbox(number: int) -> str:
    """An address in a domain that cannot exist."""
    return f"reader{number}@example.test"


def phone(number: int) -> str:
    """A number in a prefix that no operator has (a mobile's second digit is 3 to 9)."""
    return f"100{number:08d}"
