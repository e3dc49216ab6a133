"""Catalogs of any size, made up from syllables, and what people would type to order from them.

The names are nobody's: brands are random, so that no reader can have been tuned to them. One seed,
one catalog.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import product

from nlu.sounds import syllable
from nlu.vocabulary import ProductWords, VariantWords

SYLLABLES = (
    "安柏辰达恩飞歌海吉佳凯蓝诺欧派奇瑞思腾维西雅泽朗博曼杜芬格哈克莱摩帕琪桑塔乌沃夏英臻澜棠岚屿昕珂翎鹭"
    "霖皓熠嘉禾牧野川柚栗橙桃杏梨枫槐榆柏松竹菊莲荷萱芷兰蕙苓艾茉莉蔷薇鸢尾鹿鹤雀燕鸥鹰隼狐狸獾貂鲸鲨鲤鲟"
    "砚墨笺笛箫鼓铃钟瓷陶琉璃珀玛瑙玺璋琮珏锦绣缎绫纱棉麻丝毯帛"
)
_Size = tuple[str, Decimal, str, int]
"""Label, face value, unit, price in 分: the same few for all products, as in a real catalog."""
PERIODS: tuple[_Size, ...] = (
    ("月卡", Decimal(1), "月", 1800),
    ("季卡", Decimal(3), "月", 4800),
    ("半年卡", Decimal(6), "月", 8800),
    ("年卡", Decimal(12), "月", 16800),
)
MONEY: tuple[_Size, ...] = tuple(
    (f"{yuan}元", Decimal(yuan), "元", yuan * 100) for yuan in (10, 30, 50, 100, 200)
)
POINTS: tuple[_Size, ...] = tuple(
    (f"{points}点券", Decimal(points), "点券", points * 10) for points in (60, 300, 680, 1280, 3280)
)
TRADES = (
    ("视频会员", "影音会员", PERIODS, "phone"),
    ("音乐会员", "影音会员", PERIODS, "phone"),
    ("网盘超级会员", "影音会员", PERIODS, "phone"),
    ("阅读VIP", "影音会员", PERIODS, "phone"),
    ("购物卡", "礼品卡", MONEY, "none"),
    ("礼品卡", "礼品卡", MONEY, "none"),
    ("游戏点卡", "游戏点卡", MONEY, "none"),
    ("传奇点券", "游戏点卡", POINTS, "qq"),
    ("加速器会员", "软件授权", PERIODS, "phone"),
)


@dataclass(frozen=True)
class Order:
    """What is typed, and the SKU that it orders."""

    text: str
    sku_id: str
    product_id: str


def catalog_of(sku_count: int, seed: int = 1) -> list[ProductWords]:
    chance = random.Random(seed)
    products: list[ProductWords] = []
    names: set[str] = set()
    made = 0
    while made < sku_count:
        trade, category, sizes, account = TRADES[len(products) % len(TRADES)]
        brand = "".join(chance.sample(SYLLABLES, chance.choice((3, 4))))
        if brand + trade in names:
            continue
        names.add(brand + trade)
        product_id = f"p{len(products)}"
        variants = tuple(VariantWords(f"{product_id}-{label}", label, *size) for label, *size in sizes)
        products.append(ProductWords(product_id, brand + trade, category, (), account, (), variants))
        made += len(variants)
    return products


KINDS = (
    "会员", "视频会员", "音乐会员", "听书会员", "阅读会员", "网盘会员", "超级会员", "加速器", "点卡", "点券", "礼品卡", "购物卡",
    "代金券", "咖啡券", "打车券", "加油卡", "读书卡", "学习卡", "健身卡", "影院卡", "直播币", "游戏币", "充值卡", "图库会员",
)  # fmt: skip
SERVERS = ("", "", "国服", "港服", "美服", "日服", "台服", "韩服", "国际服", "亚服")


def families_of(sku_count: int, seed: int = 1) -> list[ProductWords]:
    """The other way to make names up: brand, kind and server, about five sizes a family, as peers were
    measured on; longer and further apart than `catalog_of` makes them."""
    chance = random.Random(seed)
    products: list[ProductWords] = []
    names: set[str] = set()
    made = 0
    while made < sku_count:
        brand = "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((2, 3, 4))))
        kind, server = chance.choice(KINDS), chance.choice(SERVERS)
        name = brand + kind + server
        if name in names:
            continue
        names.add(name)
        sizes = PERIODS if kind.endswith(("会员", "加速器")) else MONEY
        product_id = f"f{len(products)}"
        variants = tuple(VariantWords(f"{product_id}-{label}", label, *size) for label, *size in sizes)
        products.append(ProductWords(product_id, name, kind, (), "phone", (), variants))
        made += len(variants)
    return products


@cache
def sounding_alike() -> dict[str, tuple[str, ...]]:
    """Common characters (the first level of GB 2312) by their toneless syllable."""
    found: dict[str, list[str]] = {}
    for high, low in product(range(0xB0, 0xD8), range(0xA1, 0xFF)):
        character = bytes((high, low)).decode("gb2312", "ignore")
        if character and (sound := syllable(character)):
            found.setdefault(sound, []).append(character)
    return {sound: tuple(characters) for sound, characters in found.items()}


def misspelled_families(products: list[ProductWords], count: int, seed: int, edits: int) -> list[Order]:
    """Plain orders with `edits` slips anywhere in the family's name; half of them write another
    character that sounds the same."""
    chance = random.Random(seed)
    sold = {family.name for family in products}
    found: list[Order] = []
    while len(found) < count:
        family = chance.choice(products)
        name = family.name
        for _ in range(edits):
            name = misspelled_in_family(chance, name)
        if name in sold:
            continue
        variant = chance.choice(family.variants)
        text = f"帮我买{name}{variant.label}，手机号138{chance.randrange(10**8):08d}"
        found.append(Order(text, variant.sku_id, family.product_id))
    return found


def misspelled_in_family(chance: random.Random, name: str) -> str:
    """One slip anywhere in a name; half of them write another character that sounds the same."""
    at = chance.randrange(len(name))
    alike = sounding_alike().get(syllable(name[at]) or "", ())
    if chance.random() < 0.5 and len(alike) > 1:
        return name[:at] + chance.choice([one for one in alike if one != name[at]]) + name[at + 1 :]
    kind = chance.randrange(4)
    if kind == 0 and len(name) > 3:
        return name[:at] + name[at + 1 :]
    if kind == 1 and at + 1 < len(name):
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if kind == 2:
        return name[:at] + chance.choice(SYLLABLES) + name[at:]
    return name[:at] + chance.choice(SYLLABLES) + name[at + 1 :]


def orders_from(products: list[ProductWords], count: int, seed: int = 2, edits: int = 0) -> list[Order]:
    """Plain orders, each with `edits` slips in the brand and none in a number."""
    chance = random.Random(seed)
    sold = {product.name for product in products}
    return [_order(chance, chance.choice(products), sold, edits) for _ in range(count)]


def _order(chance: random.Random, product: ProductWords, sold: set[str], edits: int) -> Order:
    variant = chance.choice(product.variants)
    name = product.name
    while edits and name in sold:  # a slip that gives another name is no slip
        name = product.name
        for _ in range(edits):
            name = slipped(chance, name)
    phone = f"138{chance.randrange(10**8):08d}"
    recipient = {"phone": f"，手机号{phone}", "qq": f" QQ {chance.randrange(10**8, 10**9)}"}.get(
        product.account_kind, ""
    )
    form = chance.choice(
        (
            "帮我买{name}{label}{to}",
            "{name} {label}{to}",
            "来一份{name}，要{label}的{to}",
            "{label}的{name}一份{to}",
        )
    )
    return Order(
        form.format(name=name, label=variant.label, to=recipient), variant.sku_id, product.product_id
    )


def slipped(chance: random.Random, name: str) -> str:
    """One character of the brand left out, doubled, swapped or replaced."""
    at = chance.randrange(3)
    kind = chance.randrange(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + chance.choice(SYLLABLES) + name[at + 1 :]
