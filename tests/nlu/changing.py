"""Edits that change what is said in a known way, or leave too little of it to be sure."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from nlu.abbreviations import in_order
from nlu.accounts import carrier
from nlu.normalise import plain
from nlu.sounds import syllable
from orders.catalog import Sku
from tests.nlu.keeping import put, sized
from tests.nlu.mutations import Base, Line, Mutation, Shop, edit, keeping, lexicon
from tests.nlu.numbers_spelled import chinese, numbers_by_name

NEGATED = ("别", "不要", "先别", "千万别", "别给我", "不想", "没说要", "我没让你", "谁让你", "暂时不", "不用", "我可没说要", "并不是要", "先不",
           "不打算", "没打算", "还没决定要不要", "不要再", "绝不", "不准", "禁止", "请勿", "甭", "莫")  # fmt: skip
CONDITIONS = ("如果今天打折，", "要是能便宜五块，", "假如我女朋友同意，", "等我发工资了，", "万一我中奖了，", "只要你们打八折，", "除非半价，不然不",
              "若是现在有活动，", "要是我爸给钱的话，", "等有活动了再", "如果五分钟能到账，", "降价的话我就")  # fmt: skip
REPORTED = ("昨天有人发消息说：", "群里有人问：", "他跟我说“", "收到一条短信：", "老师教的例句：“", "剧本里写着：", "我同学微信上说：“",
            "骗子说：", "广告上写：“", "上次那个客服说：")  # fmt: skip
TOLD_TO = (
    "骗子让我",
    "有个人加我让我",
    "客服昨天让我",
    "陌生人叫我",
    "刷单的要我",
    "别人在隔壁店",
)
TAKEN_BACK = ("，算了不要了", "，还是算了", "，算了", "，先不买了", "，取消", "，不要了", "，开玩笑的", "，逗你玩的", "，我再想想", "，先别下单", "。等等，先别",
              "，别当真", "，骗你的", "，撤销", "，还是不要了吧", "，先放着", "，等发工资再说", "，算了吧", "，当我没说", "，cancel", "，我再考虑考虑",
              "，不充了", "，不买了", "\n算了", "，打住", "，我不要了哦", "，不用了谢谢")  # fmt: skip
PRICED = ("多少钱", "，多少钱？", "要多少钱", "是什么价", "，怎么卖", "贵不贵", "现在什么价格", "，报个价", "几块钱", "，价格多少", "多少米", "能便宜多少",
          "打几折", "，问下价", "得花多少", "，啥价啊", "卖多少")  # fmt: skip
ASKED_IN_FRONT = ("请问多少钱能", "怎么", "如何", "多少钱可以", "问一下价格：", "啥价啊 ", "为什么不能")  # fmt: skip
_VERBS = ("充", "买", "来", "帮我", "给我", "要", "开", "续", "下单", "冲", "交", "订", "搞", "整", "办", "拍")  # fmt: skip
_NO_WISHES = ("办公", "来了", "要做", "要用")
"""不准办公室下午犯困, 绝不来了来了 and 没说要要做课件用 forbid nothing of the order."""
_OTHER_UNITS = (1, 3, 12, 30, 31, 7, 365, 90, 180)
"""A number in the text and the face value may be years and months, quarters and months, months and days."""


def _variant_places(base: Base) -> list[tuple[int, int]]:
    """Numbers that name the size of one line alone, in digits or as Chinese numerals."""
    sizes = [place for place in base.places("variant") if not base.kept & set(range(*place[:2]))]
    return [
        (start + found.start(), start + found.end())
        for start, end, _ in sizes
        for found in re.finditer(
            r"(?<![\d.,a-zA-Z])\d{1,5}(?![\d.,])|[一二三四五六七八九十百千两]+", base.text[start:end]
        )
    ]


def _read(number: str) -> int | None:
    return int(number) if number.isdecimal() else numbers_by_name().get(number)


def _means(sku: Sku, number: int) -> bool:
    """Whether a number in the text may name this variant at all."""
    faces = {Decimal(number * times) for times in _OTHER_UNITS}
    return sku.face_value in faces or sku.list_price_fen == number * 100 or str(number) in sku.variant


def _sized_anew(base: Base, number: int | None, old: int) -> Mutation | None:
    """`wanted` is not known for sure; what is right is any one line whose variant the number names."""
    shop = base.shop

    def allows(lines: tuple[Line, ...]) -> bool:
        if len(lines) != len(base.lines) or number is None:
            return False
        same_number = number == old
        for line, was in zip(lines, base.lines, strict=True):
            sku, before = shop.catalog.sku(line[0] or ""), shop.catalog.sku(was[0] or "")
            if line[1:] != was[1:] or sku is None or before is None:
                return False
            if sku.product_id != before.product_id and not _only_sibling_with(shop, sku, before, number):
                return False
            if sku != before and not _means(sku, number):
                return False
            said_by_number = _means(before, old) and not same_number
            if sku == before and said_by_number and not _means(sku, number) and not _only(shop, sku):
                return False
        return True

    return Mutation("", base, "", (), allows)


def _only_sibling_with(shop: Shop, sku: Sku, before: Sku, number: int) -> bool:
    """Steam充值卡 10: what the one sibling does not sell and the other does says which of them is meant."""
    product = shop.catalog.product_of(before.sku_id)
    sold = product is not None and any(
        number in (other.face_value, other.list_price_fen / 100) for other in product.skus
    )
    return _kin(shop, before, sku) and sku.face_value == number and not sold


def _only(shop: Shop, sku: Sku) -> bool:
    product = shop.catalog.product_of(sku.sku_id)
    return product is not None and len(product.skus) == 1


@edit
def size_changed(base: Base, chance: random.Random) -> Mutation | None:
    """One digit of the amount changed, dropped or doubled: what is said now, or a question."""
    places = _variant_places(base)
    if not base.plain_order or not places or len(base.lines) != 1 or len(set(places)) != 1:
        return None
    start, end = places[0]
    old = _read(base.text[start:end])
    changed = _one_digit_off(base.text[start:end], chance)
    if old is None:
        return None
    # 百元 is 一百元 all the same.
    said = f"一{changed}" if changed[:1] in ("百", "千") else changed
    made = _sized_anew(base, _read(said) if changed else 1, old)
    text = base.text[:start] + changed + base.text[end:]
    return replace(made, kind="size_changed", text=text) if made else None


def _one_digit_off(number: str, chance: random.Random) -> str:
    at = chance.randrange(len(number))
    ways = "0123456789" if number.isdecimal() else "一二三四五六七八九十百千"
    match chance.choice(("change", "drop", "double", "add")):
        case "change":
            return number[:at] + chance.choice(ways) + number[at + 1 :]
        case "drop":
            return number[:at] + number[at + 1 :]
        case "double":
            return put(number, at, number[at])
    return put(number, chance.randint(0, len(number)), chance.choice(ways))


@edit
def recipient_changed(base: Base, chance: random.Random) -> Mutation | None:
    """One digit of a phone, QQ, UID or card changed, dropped, doubled or swapped with the next."""
    found = [
        place
        for place in base.places("account")
        if re.fullmatch(r"\d[\d -]*\d", base.text[place[0] : place[1]])
    ]
    if not found or not base.plain_order:
        return None
    start, end, value = chance.choice(found)
    if sum(line[2] == value for line in base.lines) != 1:
        return None
    characters = list(base.text[start:end])
    at = chance.choice([at for at, c in enumerate(characters) if c.isdigit()])
    match chance.choice(("change", "drop", "double", "swap")):
        case "change":
            characters[at] = chance.choice("0123456789")
        case "drop":
            characters[at] = ""
        case "double":
            characters[at] *= 2
        case _:
            if characters[at + 1 : at + 2] != ["-"] and at + 1 < len(characters):
                characters[at : at + 2] = reversed(characters[at : at + 2])
    said = "".join(characters)
    account = re.sub(r"\D", "", unicodedata.normalize("NFKC", said))
    text = base.text[:start] + said + base.text[end:]
    wanted = tuple(
        (line[0], line[1], account if line[2] == value else line[2], line[3]) for line in base.lines
    )
    if not all(_valid(base.shop, *line[::2]) for line in wanted):
        return Mutation("recipient_changed", base, text, ())
    return Mutation(
        "recipient_changed", base, text, wanted, lambda lines: _same_but_carrier(base.shop, wanted, lines)
    )


def _valid(shop: Shop, sku: str | None, account: str | None) -> bool:
    kind = shop.account_kind(sku)
    known = lexicon().accounts.get(kind)
    return account is None or known is None or known.accepts(account)


def _same_but_carrier(shop: Shop, wanted: tuple[Line, ...], lines: tuple[Line, ...]) -> bool:
    """A phone of another carrier takes the same size of that carrier's product."""
    if len(lines) != len(wanted):
        return False
    for line, want in zip(lines, wanted, strict=True):
        one, other = shop.catalog.sku(line[0] or ""), shop.catalog.sku(want[0] or "")
        product = shop.catalog.product_of(line[0] or "")
        if line[1:] != want[1:] or one is None or other is None or product is None:
            return False
        bound = carrier(line[2] or "", lexicon()) or "?"
        if one != other and not (bound in product.name and one.face_value == other.face_value):
            return False
    return True


@edit
def quantity_changed(base: Base, chance: random.Random) -> Mutation | None:
    """Another number of pieces, in digits or spoken."""
    found = [place for place in base.places("quantity") if not base.kept & set(range(*place[:2]))]
    if len(found) != 1 or not base.plain_order or len(base.lines) != 1:
        return None
    start, end, value = found[0]
    said = re.search(r"\d+|[一两二三四五六七八九十]+", base.text[start:end])
    if said is None or _read(said[0]) != int(value):
        return None
    count = chance.choice((1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 15, 20, 22, 50, 99, 100, 999, 1000, 0))
    number = chance.choice((str(count), chinese(count)))
    text = base.text[: start + said.start()] + number + base.text[start + said.end() :]
    lines = tuple(
        (sku, count if quantity == int(value) else quantity, *rest) for sku, quantity, *rest in base.lines
    )
    return Mutation("quantity_changed", base, text, lines)  # type: ignore[arg-type]


_PACES = frozenset(map(syllable, "慢快"))


def _letters(base: Base, among: set[int] | None = None) -> list[int]:
    """Characters of the text that are no number, no recipient and no size."""
    return [
        at
        for at, c in enumerate(base.text)
        if (c.isalpha())
        and c not in sized()
        # A slip of what says slow or quick, be it misspelled already (幔充), says another of the goods.
        and syllable(c) not in _PACES
        and at not in base.kept
        # A slip beside a name or an address makes another one of it: 到水城北路, mai是llucy@….
        and not any(near in base.kept and not base.text[near].isdigit() for near in (at - 1, at + 1))
        and (among is None or at in among)
    ]


def _slip(base: Base, at: int, chance: random.Random, may_drop: bool = True) -> str | None:
    text, kept = base.text, base.kept
    match chance.choice(("drop", "swap", "double", "wrong") if may_drop else ("swap", "double")):
        case "drop":
            return text[:at] + text[at + 1 :]
        case "swap":
            if at + 1 >= len(text) or not text[at + 1].isalpha() or text[at + 1] in sized() or at + 1 in kept:
                return None
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case "double":
            return put(text, at, text[at])
    letters = (
        "abcdefghijklmnopqrstuvwxyz"
        if text[at].isascii()
        else "的一是了我不人在他有这上们来到大地为子中你说生国年着就那和要出也得里后自以会家可"
    )
    other = chance.choice(letters)
    return None if other in sized() or other in "不" else text[:at] + other + text[at + 1 :]


def _other_tier(base: Base, text: str) -> bool:
    """Whether a slip says another tier outright: then that one is ordered, also where it was ordered in
    another line before."""
    return bool(Counter(_tiers(text)) - Counter(_tiers(base.text)))


def _tiers(text: str) -> tuple[str, ...]:
    """The words of a text that set goods apart from their siblings: the VIP that is left of SVIP is one."""
    known = lexicon().words("signs.latin_tiers")
    return tuple(word for word in re.findall("[a-z]+", text.lower()) if word in known)


@edit
def name_misspelled(base: Base, chance: random.Random) -> Mutation | None:
    """A character of the goods' name dropped, swapped, doubled or wrong."""
    places = {at for start, end, _ in base.places("product") for at in range(start, end)}
    letters = _letters(base, places)
    if not letters:
        return None
    text = _slip(base, chance.choice(letters), chance)
    if not text or _other_tier(base, text):
        return None
    return replace(keeping("name_misspelled", base, text), allows=_said_outright(base, text))


def _said_outright(base: Base, text: str) -> Callable[[tuple[Line, ...]], bool]:
    """WPS大会员 without the 大 is the whole name of WPS会员; and where the goods contradicted their server (国网 in
    广东, which 南网 serves), nothing does so any more without the 国."""
    was, said = (plain(one).replace(" ", "") for one in (base.text, text))
    dropped = len(text) == len(base.text) - 1
    contradicted = {problem["code"] for problem in base.frame["problems"]} == {"region_unknown"}
    rest = [text[start : end - 1] for start, end, _ in base.places("product")]

    def allows(lines: tuple[Line, ...]) -> bool:
        for line in lines:
            product = base.shop.catalog.product_of(line[0] or "")
            names = (
                [plain(name).replace(" ", "") for name in (product.name, *product.aliases)] if product else []
            )
            whole = any(name in said and name not in was for name in names)
            anew = whole and any(line[1:] == one[1:] for one in base.lines)
            freed = dropped and contradicted and line[3] in base.text and (line[2] or "") in base.text
            if not (line in base.lines or anew or (freed and _among(rest, names))):
                return False
        return len(lines) == max(1, len(base.lines))

    return allows


def _among(pieces: list[str], names: list[str]) -> bool:
    """Whether some piece is a short form of one of the names."""
    return any(in_order(plain(piece), name) for piece in pieces if piece for name in names)


@edit
def misspelled(base: Base, chance: random.Random) -> Mutation | None:
    """A slip anywhere; nothing is dropped from what is no order, for a missing 不 is another message."""
    letters = _letters(base)
    if not letters:
        return None
    at = chance.choice(letters)
    text = _slip(base, at, chance, may_drop=base.plain_order)
    return keeping("misspelled", base, text) if text and not _other_tier(base, text) else None


def _wish(base: Base) -> int | None:
    """Where the clause begins that asks for the goods, if it begins with a verb of asking."""
    first = min((start for start, *_ in base.places("product", "variant", "account")), default=0)
    starts = [0, *(found.end() for found in re.finditer(r"[，,。！!～~\s]+", base.text[:first]))]
    return next(
        (
            at
            for at in reversed(starts)
            if base.text.startswith(_VERBS, at) and not base.text.startswith(_NO_WISHES, at)
        ),
        None,
    )


@edit
def forbidden(base: Base, chance: random.Random) -> Mutation | None:
    at = _wish(base)
    if not base.whole_order or len(base.lines) != 1 or at is None:
        return None
    return Mutation("forbidden", base, put(base.text, at, chance.choice(NEGATED)), ())


@edit
def conditional(base: Base, chance: random.Random) -> Mutation | None:
    if not base.whole_order or len(base.lines) != 1:
        return None
    return Mutation("conditional", base, chance.choice(CONDITIONS) + base.text, ())


@edit
def told_by_others(base: Base, chance: random.Random) -> Mutation | None:
    if not base.whole_order or len(base.lines) != 1 or not base.text.startswith(_VERBS):
        return None
    told_to = base.text.startswith(("充", "买", "开", "交", "续")) and chance.random() < 0.5
    front = chance.choice(TOLD_TO if told_to else REPORTED)
    return Mutation("told_by_others", base, front + base.text + ("”" if "“" in front else ""), ())


@edit
def taken_back(base: Base, chance: random.Random) -> Mutation | None:
    if not base.whole_order:
        return None
    return Mutation("taken_back", base, base.text.rstrip("。！!~ ") + chance.choice(TAKEN_BACK), ())


@edit
def price_asked(base: Base, chance: random.Random) -> Mutation | None:
    if not base.whole_order or len(base.lines) != 1:
        return None
    if chance.random() < 0.3 and base.text.startswith(_VERBS):
        return Mutation("price_asked", base, chance.choice(ASKED_IN_FRONT) + base.text, ())
    return Mutation("price_asked", base, base.text.rstrip("。！!~ ") + chance.choice(PRICED), ())


@edit
def truncated(base: Base, chance: random.Random) -> Mutation | None:
    """Sent too early, or the beginning lost: what is left says less, and never something else."""
    if not base.plain_order or len(base.text) < 4:
        return None
    cut = chance.randint(1, len(base.text) - 1)
    text = base.text[:cut] if chance.random() < 0.7 else base.text[cut:]
    left = re.findall(r"\d+|[一二三四五六七八九十百千两]+", text)
    spoken_digits = text.translate(str.maketrans("零一二三四五六七八九幺洞拐勾两", "012345678910792"))
    numbers = {_read(number) for number in left}

    def allows(lines: tuple[Line, ...]) -> bool:
        for sku, quantity, account, region in lines:
            was = [line for line in base.lines if line[0] == sku]
            wider = [base.shop.catalog.sku(line[0] or "") for line in base.lines]
            now = base.shop.catalog.sku(sku or "")
            kin = any(one and now and _kin(base.shop, one, now) for one in wider)
            named = was or (
                kin and now and any(number is not None and _means(now, number) for number in numbers)
            )
            digits = re.sub(r"(?<=\d)[ \-](?=\d)", "", text)
            spoken = account is not None and any(
                account.isdigit() and re.search(rf"(?<!\d){account}(?!\d)", said)
                for said in (digits, spoken_digits)
            )
            named_so = account is not None and any(
                account in (line[2] or "") and account.lower() in text.lower() and not account.isdigit()
                for line in base.lines
            )
            given = account is None or spoken or named_so or any(line[2] == account for line in base.lines)
            counted = quantity == 1 or any(line[1] == quantity for line in base.lines)
            placed = region is None or region in text or any(line[3] == region for line in base.lines)
            if not (named and given and counted and placed):
                return False
        return True

    return Mutation("truncated", base, text, base.lines, allows)


def _kin(shop: Shop, one: Sku, other: Sku) -> bool:
    """Whether two are of one product, or of siblings that a size alone may tell apart."""
    names = [product.name for sku in (one, other) if (product := shop.catalog.product_of(sku.sku_id))]
    return one.product_id == other.product_id or names[0][:3] == names[-1][:3]


@edit
def two_orders(base: Base, chance: random.Random) -> Mutation | None:
    """Two whole orders of one shop in one message: both, or a question."""
    others = _PLAIN.setdefault(base.shop.name, [])
    if not base.plain_order or "\n" in base.text:
        return None
    other = chance.choice(others) if others else base
    if base.text not in {one.text for one in others}:
        others.append(base)
    same = {line[0] for line in base.lines} & {line[0] for line in other.lines}
    if other is base or other.text == base.text or same:
        return None
    text = base.text + chance.choice(("\n", "\n", "；", "。")) + other.text
    return Mutation("two_orders", base, text, (*base.lines, *other.lines))


_PLAIN: dict[str, list[Base]] = {}
