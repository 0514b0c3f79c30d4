"""What people write: sentences by theme, sentiment and language, put together at random."""

from __future__ import annotations

import numpy as np

THEMES = ("delivery", "quality", "price", "app", "service", "packaging")
POSITIVE, NEUTRAL, NEGATIVE = 1, 0, -1

SENTENCES: dict[tuple[str, int, str], tuple[str, ...]] = {
    ("delivery", 1, "en"): ("The parcel came a day early.", "Courier was quick and polite.", "Shipping was faster than promised."),
    ("delivery", -1, "en"): ("Waited nine days and the parcel is still on the road.", "The courier left my {thing} at the wrong door.", "Tracking stood still for a week."),
    ("delivery", 0, "en"): ("Delivery took the usual four days.", "Can I change the delivery address after paying?"),
    ("quality", 1, "en"): ("The {thing} is beautifully made.", "Solid {thing}, I use it every day.", "Better quality than I expected."),
    ("quality", -1, "en"): ("The {thing} broke after two days.", "Poor finish, the {thing} arrived scratched.", "The {thing} stopped working within a week."),
    ("quality", 0, "en"): ("The {thing} is about what the photo shows.", "What is the {thing} made of?"),
    ("price", 1, "en"): ("Great value with the coupon.", "Cheaper here than anywhere else.", "Worth every cent."),
    ("price", -1, "en"): ("The price dropped the day after I bought the {thing}.", "Far too expensive for a {thing}.", "The coupon did not apply at checkout."),
    ("price", 0, "en"): ("The price is the same as in the market.", "Do coupons add up with the member price?"),
    ("app", 1, "en"): ("The new app is smooth.", "Love the reading page, easy to follow.", "Search finds what I mean at once."),
    ("app", -1, "en"): ("The app crashes whenever I open the cart.", "I cannot log in since the last update.", "The page keeps loading for ever."),
    ("app", 0, "en"): ("Please add a dark mode to the app.", "It would help if the app remembered my filters."),
    ("service", 1, "en"): ("Support solved it in five minutes.", "The agent was kind and patient.", "Refund arrived the same day, thank you."),
    ("service", -1, "en"): ("Nobody answers in the chat.", "Three agents, three different answers.", "My refund has been pending for two weeks."),
    ("service", 0, "en"): ("What are the opening hours of support?", "I asked about the {thing} and got an answer."),
    ("packaging", 1, "en"): ("Lovely wrapping, perfect as a gift.", "Well packed, nothing was dented.", "Little plastic in the box, well done."),
    ("packaging", -1, "en"): ("The box was crushed and the {thing} had a dent.", "Far too much plastic around one {thing}.", "The seal was open when it came."),
    ("packaging", 0, "en"): ("The box is plain cardboard.", "Is gift wrapping possible for the {thing}?"),
    ("delivery", 1, "zh"): ("物流很快，第二天就到了。", "快递小哥态度特别好。", "比预计时间早到一天，惊喜。"),
    ("delivery", -1, "zh"): ("等了九天还没到，物流太慢了。", "快递把{thing}放错地方了。", "物流信息一周都没有更新。"),
    ("delivery", 0, "zh"): ("配送用了四天，正常速度。", "付款以后还能改收货地址吗？"),
    ("quality", 1, "zh"): ("{thing}做工很精致，非常喜欢。", "{thing}质量超出预期。", "用料扎实，天天都在用。"),
    ("quality", -1, "zh"): ("{thing}用了两天就坏了，很失望。", "做工粗糙，{thing}到手就有划痕。", "质量太差，一周就不能用了。"),
    ("quality", 0, "zh"): ("{thing}和图片差不多。", "请问{thing}是什么材质的？"),
    ("price", 1, "zh"): ("用了优惠券，性价比很高。", "价格比别家便宜，值得买。", "活动价很划算。"),
    ("price", -1, "zh"): ("刚买{thing}第二天就降价，心里不舒服。", "{thing}太贵了，不值这个价。", "优惠券结算时用不了。"),
    ("price", 0, "zh"): ("价格跟市场上差不多。", "会员价和优惠券可以叠加吗？"),
    ("app", 1, "zh"): ("新版应用很流畅。", "文章页面读起来很舒服。", "搜索很准，一下就找到了。"),
    ("app", -1, "zh"): ("一打开购物车就闪退。", "更新之后登录不上了。", "页面一直在加载，根本打不开。"),
    ("app", 0, "zh"): ("希望增加深色模式。", "建议记住我的筛选条件。"),
    ("service", 1, "zh"): ("客服五分钟就解决了，点赞。", "客服耐心又热情。", "退款当天到账，谢谢。"),
    ("service", -1, "zh"): ("客服一直没人回复。", "问了三个客服，三种说法。", "退款两周了还没到账，太差了。"),
    ("service", 0, "zh"): ("请问客服几点上班？", "咨询了{thing}的问题，有回复。"),
    ("packaging", 1, "zh"): ("包装很漂亮，送礼正合适。", "包得严实，一点没磕碰。", "环保包装，好评。"),
    ("packaging", -1, "zh"): ("箱子压扁了，{thing}也磕坏了。", "一个{thing}裹了这么多塑料，太浪费。", "收到时封口已经破了。"),
    ("packaging", 0, "zh"): ("包装就是普通纸箱。", "{thing}可以做礼品包装吗？"),
}  # fmt: skip
CLOSINGS = {
    (1, "en"): ("", " Will buy again.", " Thank you!", " Recommended."),
    (0, "en"): ("", " Nothing special.", " Thanks."),
    (-1, "en"): ("", " Very disappointed.", " Please fix this.", " I want my money back."),
    (1, "zh"): ("", "会回购。", "推荐给朋友了。", "五星好评！"),
    (0, "zh"): ("", "一般般吧。", "谢谢。"),
    (-1, "zh"): ("", "再也不买了。", "请尽快处理。", "差评。"),
}


def write(theme: str, sentiment: int, language: str, thing: str, rng: np.random.Generator) -> str:
    """One remark of one or two sentences."""
    lines = SENTENCES[theme, sentiment, language]
    ends = CLOSINGS[sentiment, language]
    said = lines[int(rng.integers(len(lines)))].format(thing=thing)
    return said + ends[int(rng.integers(len(ends)))]
