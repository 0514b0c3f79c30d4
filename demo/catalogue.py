"""What the shop sells and the app publishes, named in both languages; all names are made up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plan import Floats, Ints, Plan, Words

# code, English, Chinese, middle price in CNY, [(English, Chinese) of the things in it]
CATEGORIES = (
    ("tea", "Tea & Teaware", "茶与茶器", 128,
     [("Loose tea", "散茶"), ("Teapot", "茶壶"), ("Tasting cup", "品茗杯"), ("Tea tray", "茶盘")]),
    ("kitchen", "Kitchen", "厨房好物", 99,
     [("Cast pan", "铸铁锅"), ("Steamer", "蒸笼"), ("Chef knife", "主厨刀"), ("Storage jar", "密封罐")]),
    ("outdoor", "Outdoor", "户外露营", 239,
     [("Canopy", "天幕"), ("Camp lamp", "营地灯"), ("Trail pack", "徒步包"), ("Folding chair", "折叠椅")]),
    ("stationery", "Stationery", "文具手帐", 36,
     [("Notebook", "手帐本"), ("Gel pen", "中性笔"), ("Washi tape", "和纸胶带"), ("Ink bottle", "彩墨")]),
    ("skincare", "Skincare", "护肤", 159,
     [("Cleanser", "洁面乳"), ("Face cream", "面霜"), ("Sun lotion", "防晒乳"), ("Sheet mask", "面膜")]),
    ("snacks", "Snacks", "零食", 42,
     [("Nut mix", "坚果包"), ("Dried mango", "芒果干"), ("Rice cracker", "米饼"),
      ("Dark chocolate", "黑巧克力")]),
    ("home", "Home & Linen", "家居布艺", 149,
     [("Quilt", "被子"), ("Cushion", "抱枕"), ("Linen set", "四件套"), ("Table lamp", "台灯")]),
    ("pets", "Pets", "宠物", 79,
     [("Cat litter", "猫砂"), ("Dog treats", "狗零食"), ("Scratcher", "猫抓板"),
      ("Water fountain", "饮水机")]),
)  # fmt: skip
STYLES = (
    ("Cloudmist", "云岫"), ("Northbay", "北湾"), ("Paperkite", "纸鸢"), ("Willowstep", "柳步"),
    ("Moonferry", "月渡"), ("Greylark", "灰雀"), ("Saltgrove", "盐林"), ("Amberfold", "琥珀间"),
)  # fmt: skip
ARTICLE_TOPICS = (
    ("How to choose", "怎么选"), ("Five ideas for", "五个灵感"), ("A week with", "一周体验"),
    ("Caring for", "保养指南"),
)  # fmt: skip
ARTICLES_PER_CATEGORY = 12


@dataclass(frozen=True)
class Catalogue:
    """Products, one position each, and articles after them.

    Attributes
    ----------
    category : ndarray of shape (products,)
        Index into ``CATEGORIES``.
    price : ndarray of shape (products,)
        List price in CNY, whole jiao.
    listed, delisted : ndarray of shape (products,)
        Days of the plan; listed may lie before it, ``delisted`` is -1 for a product still sold.
    popularity : ndarray of shape (products,)
        Weight inside the category.
    """

    product_id: Words
    name: Words
    name_zh: Words
    brand: Words
    subcategory: Words
    subcategory_zh: Words
    category: Ints
    price: Floats
    listed: Ints
    delisted: Ints
    popularity: Floats
    article_id: Words
    article_title: Words
    article_category: Ints

    def choose(self, category: Ints, day: Ints, rng: np.random.Generator) -> Ints:
        """One product of each category asked for, on sale that day, popular ones more often."""
        chosen = np.full(len(category), -1, dtype=np.int64)
        for code in range(len(CATEGORIES)):
            stock = np.flatnonzero(self.category == code)
            ladder = np.cumsum(self.popularity[stock])
            for _ in range(4):  # what is not on sale that day is drawn again
                open_ = np.flatnonzero((category == code) & (chosen < 0))
                drawn = stock[np.searchsorted(ladder, rng.random(len(open_)) * ladder[-1])]
                gone = (self.delisted[drawn] >= 0) & (self.delisted[drawn] < day[open_])
                chosen[open_] = np.where((self.listed[drawn] > day[open_]) | gone, -1, drawn)
            always = stock[(self.listed[stock] < 0) & (self.delisted[stock] < 0)]
            chosen[(category == code) & (chosen < 0)] = always[0]
        return chosen


def catalogue_of(plan: Plan) -> Catalogue:
    """Every product of every style, a fifth of them listed later and a twentieth delisted."""
    rng = plan.rng("catalogue")
    rows = [
        (index, thing, style)
        for index, (_, _, _, _, things) in enumerate(CATEGORIES)
        for thing in things
        for style in STYLES
    ]
    count = len(rows)
    category = np.array([index for index, _, _ in rows], dtype=np.int64)
    middle = np.array([CATEGORIES[index][3] for index in category], dtype=np.float64)
    late = rng.random(count) < 0.2
    listed = np.where(late, rng.integers(20, plan.days - 90, count), -rng.integers(10, 90, count))
    gone = ~late & (rng.random(count) < 0.05)
    delisted = np.where(gone, plan.days - rng.integers(10, 200, count), -1)
    articles = [
        (index, topic, number)
        for index in range(len(CATEGORIES))
        for number, topic in enumerate(ARTICLE_TOPICS * (ARTICLES_PER_CATEGORY // 4))
    ]
    return Catalogue(
        product_id=np.array([f"P{1001 + n}" for n in range(count)], dtype=object),
        name=np.array([f"{style[0]} {thing[0].lower()}" for _, thing, style in rows], dtype=object),
        name_zh=np.array([f"{style[1]}{thing[1]}" for _, thing, style in rows], dtype=object),
        brand=np.array([style[0] for _, _, style in rows], dtype=object),
        subcategory=np.array([thing[0] for _, thing, _ in rows], dtype=object),
        subcategory_zh=np.array([thing[1] for _, thing, _ in rows], dtype=object),
        category=category,
        price=np.round(middle * np.exp(rng.normal(0, 0.45, count)), 1),
        listed=listed,
        delisted=delisted,
        popularity=(1 / (1 + rng.permutation(count) % 32)) * np.where(late, 0.5, 1.0),
        article_id=np.array([f"A{201 + n}" for n in range(len(articles))], dtype=object),
        article_title=np.array(
            [
                f"{topic[0]} {CATEGORIES[index][1].lower()} · {CATEGORIES[index][2]}{topic[1]} {number + 1}"
                for index, topic, number in articles
            ],
            dtype=object,
        ),
        article_category=np.array([index for index, _, _ in articles], dtype=np.int64),
    )
