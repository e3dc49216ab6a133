"""What a search is limited to, and how its finds are sorted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from nlu.alternations import any_in, any_of, either
from nlu.lexicon import Lexicon
from nlu.money import with_small_change
from nlu.numerals import DIGITS, Number, number, numbers
from nlu.page import Mark, Page
from nlu.understanding import Filters, Slot, SortKey
from nlu.words import Words


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: `slot` is one of MAX_PRICE MIN_PRICE (in 分), MAX_ETA_MINUTES, MAX_DISCOUNT
    MIN_DISCOUNT (fraction of the list price), MIN_RATING."""

    slot: Slot
    value: Decimal


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Limit], ...]:
    """All limits in what is still free; claims their characters. Two limits may share a mark's
    characters (500到1000之间). Call after accounts, before amounts."""
    words = _words_of(lexicon)
    marks: list[Mark[Limit]] = []
    for find in (_ratings, _discounts, _arrivals, _between, _prices):
        spans: dict[tuple[int, int], list[Mark[Limit]]] = {}
        for mark in find(page.rest(), words):
            spans.setdefault((mark.start, mark.end), []).append(mark)
        for (start, end), found in spans.items():
            if page.free(start, end):
                page.take(start, end)
                marks.extend(found)
    return tuple(sorted(marks, key=lambda mark: mark.start))


def read_sort(page: Page, lexicon: Lexicon) -> tuple[Mark[SortKey], ...]:
    """The words that say how to sort (最便宜, 销量最高, 哪个到账快). Claims nothing. The long ones say so even
    where a piece of them names a tier of the shop: 哪个折扣大 beside 折扣话费."""
    words = _words_of(lexicon)
    return tuple(
        Mark(words.sort_keys[found[0]], *found.span())
        for found in words.sort.finditer(page.text)
        if len(found[0]) >= _SAYS_BY_ITSELF or page.free(*found.span())
    )


_SAYS_BY_ITSELF = 4


def collected(marks: Iterable[Mark[Limit]]) -> Filters:
    """The limits as one value; of two of a kind the later counts."""
    said = {mark.value.slot: mark.value.value for mark in sorted(marks, key=lambda mark: mark.start)}
    max_fen, min_fen = said.get(Slot.MAX_PRICE), said.get(Slot.MIN_PRICE)
    eta = said.get(Slot.MAX_ETA_MINUTES)
    return Filters(
        max_price_fen=int(max_fen) if max_fen is not None else None,
        min_price_fen=int(min_fen) if min_fen is not None else None,
        max_eta_minutes=int(eta) if eta is not None else None,
        max_discount=said.get(Slot.MAX_DISCOUNT),
        min_discount=said.get(Slot.MIN_DISCOUNT),
        min_rating=said.get(Slot.MIN_RATING),
    )


class _Words:
    """The lexicon's limit words as patterns."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "filters")
        price, before_min = words("prices"), words("min_before")
        self.limits = re.compile(words("max_before", "max_behind", "min_before", "min_behind"))
        self.max_behind = re.compile(rf" ?(?:的)?{words('max_behind')}(?!容|部|存|地|行|心|向|来)")
        self.min_behind = re.compile(rf" ?{words('min_behind')}(?!来|码|床|飞|点|名)")
        ends = dict.fromkeys(lexicon.words("filters.max_before"), Slot.MAX_PRICE)
        self.ends = Words(ends | dict.fromkeys(lexicon.words("filters.min_before"), Slot.MIN_PRICE))
        self.price_before = re.compile(rf"{price}(?:在|是|要|到|为|区间|范围|:| )*(?:从)?$")
        self.between_behind = re.compile(rf" ?{words('between_behind')}")
        self.listing = re.compile(any_of(lexicon, "stance.search"))
        arrive = words("arrive")
        self.arrive = re.compile(rf" ?(?:之?内|以内)?[就能可以会要]{{0,2}} ?{arrive}(?!期|底|现在|目前|了)")
        self.instant = re.compile(words("instant"))
        self.rating = re.compile(
            rf"{words('ratings')}[在要得是都有的]{{0,2}} ?(?:{before_min}|>=?|≥)? ?(?P<n>\d(?:\.\d+)?|[一二三四五](?:点[零一二三四五六七八九])?)(?!\d|%|折|倍) ?(?:分|颗?星)?(?: ?{words('min_behind')})?"
            rf"|(?P<m>[1-5](?:\.\d+)?|[一二三四五](?:点[零一二三四五六七八九])?) ?(?:分|颗?星)(?: ?{words('min_behind')}|(?:的)?好评|店铺|商家|供应商)"
        )
        self.sort_keys = {
            word: SortKey(key)
            for key, spellings in lexicon.groups("filters.sort").items()
            for word in spellings
        }
        self.sort = re.compile(either(self.sort_keys))

    def before(self, text: str, start: int) -> tuple[int | None, int | None]:
        """Where a word for a maximum and one for a minimum in front of `start` begins, if it does."""
        at = start
        while at > 0 and text[at - 1] in " ¥":
            at -= 1
        found = self.ends.ending_at(text, at)
        if not found and text[max(0, at - 1) : at] in ("是", "为", "在", "到", "就", "要"):
            at -= 1
            found = self.ends.ending_at(text, at)
        if not found:
            return None, None
        begin = at - len(found[0])
        return (begin, None) if found[1] is Slot.MAX_PRICE else (None, begin)


def _ratings(text: str, words: _Words) -> list[Mark[Limit]]:
    marks = []
    for found in words.rating.finditer(text):
        said = number(found["n"] or found["m"])
        if said and said.exact and said.low <= _BEST_RATING:
            marks.append(Mark(Limit(Slot.MIN_RATING, said.low), *found.span()))
    return marks


def _discounts(text: str, words: _Words) -> list[Mark[Limit]]:
    marks = []
    for found in _DISCOUNT.finditer(text):
        fraction = _fraction(found)
        if fraction is None:
            continue
        slot, start, end = Slot.MAX_DISCOUNT, found.start(), found.end()
        behind_min, behind_max = words.min_behind.match(text, end), words.max_behind.match(text, end)
        before_max, before_min = words.before(text, start)
        if behind_min:
            slot, end = Slot.MIN_DISCOUNT, behind_min.end()
        elif behind_max:
            end = behind_max.end()
        elif before_min is not None:
            slot, start = Slot.MIN_DISCOUNT, before_min
        elif before_max is not None:
            start = before_max
        marks.append(Mark(Limit(slot, fraction), start, end))
    return marks


def _fraction(found: re.Match[str]) -> Decimal | None:
    """九折 .9, 九五折 and 95折 .95, 8.5折 and 八点五折 .85, 半折 and 对折 .5."""
    if found["half"]:
        return Decimal("0.5")
    digits = "".join(
        _CHINESE.get(character, character) for character in found["n"] if character not in " .点"
    )
    if digits == "10" or found["n"] == "十":
        return Decimal(1)
    if len(digits) > 3 or not digits.isdigit() or int(digits) == 0:
        return None
    return Decimal(f"0.{digits}")


def _arrivals(text: str, words: _Words) -> list[Mark[Limit]]:
    marks = []
    for found in _TIME.finditer(text):
        minutes = _minutes(found)
        if minutes is None:
            continue
        start, end = found.span()
        behind, arrive = words.max_behind.match(text, end), words.arrive.match(text, end)
        before, _ = words.before(text, start)
        if behind:
            end = behind.end()
        elif before is not None:
            start = before
        elif not arrive:
            continue
        marks.append(Mark(Limit(Slot.MAX_ETA_MINUTES, minutes), start, end))
    for instant in words.instant.finditer(text):
        marks.append(Mark(Limit(Slot.MAX_ETA_MINUTES, Decimal(1)), *instant.span()))
    return marks


def _minutes(found: re.Match[str]) -> Decimal | None:
    if found["half"]:
        return {"小": Decimal(30), "钟": Decimal(30), "天": Decimal(720), "分": Decimal(1)}[
            found["halved"][0]
        ]
    if found["quarter"]:
        return Decimal(15)
    said = number(found["n"])
    if said is None or not said.exact:
        return None
    unit = found["unit"]
    scale = next(size for units, size in _MINUTES.items() if unit in units.split())
    minutes = said.low * scale
    if found["and_half"]:
        minutes += scale / 2
    rest = number(found["rest"]) if found["rest"] else None
    if rest:
        minutes += rest.low
    return minutes.to_integral_value(ROUND_CEILING)


def _between(text: str, words: _Words) -> list[Mark[Limit]]:
    marks = []
    for found in _FROM_TO.finditer(text):
        low, high = number(found["low"]), number(found["high"])
        if not low or not high or low.high >= high.high:
            continue
        start, end = found.span()
        before = words.price_before.search(text, max(0, start - _REACH), start)
        behind = words.between_behind.match(text, end)
        listed = _SUCH.match(text, end) and words.listing.search(text)
        if not before and not behind and not listed:
            continue
        end = behind.end() if behind else end
        marks.append(Mark(Limit(Slot.MIN_PRICE, low.low * 100), start, end))
        marks.append(Mark(Limit(Slot.MAX_PRICE, high.high * 100), start, end))
    return marks


def _prices(text: str, words: _Words) -> list[Mark[Limit]]:
    marks: list[Mark[Limit]] = []
    if words.limits.search(text) is None:
        return marks
    for found in _found_numbers(text):
        start, end = found.start, found.end
        low, high = found.value.low, found.value.high
        yuan = _YUAN.match(text, end)
        if yuan:
            end = yuan.end()
            if found.value.exact:
                low, _, end = with_small_change(text, low, end)
                high = low
        elif _OTHER_UNIT.match(text, end):
            continue
        behind_max, behind_min = words.max_behind.match(text, end), words.min_behind.match(text, end)
        before_max, before_min = words.before(text, start)
        if behind_max and (yuan or behind_max[0].strip() != "内"):
            # 不超过100以内 says the same twice.
            start = start if before_max is None else before_max
            marks.append(Mark(Limit(Slot.MAX_PRICE, high * 100), start, behind_max.end()))
        elif behind_min:
            start = start if before_min is None else before_min
            marks.append(Mark(Limit(Slot.MIN_PRICE, low * 100), start, behind_min.end()))
        elif before_max is not None:
            marks.append(Mark(Limit(Slot.MAX_PRICE, high * 100), before_max, end))
        elif before_min is not None:
            marks.append(Mark(Limit(Slot.MIN_PRICE, low * 100), before_min, end))
    return marks


def _found_numbers(text: str) -> list[Mark[Number]]:
    found = [
        mark
        for mark in numbers(text)
        if mark.end - mark.start <= _LONGEST
        and not text[max(0, mark.start - 1) : mark.start].endswith(("第", "."))
    ]
    for hundred in _HUNDRED.finditer(text):
        size = Decimal({"百": 100, "千": 1000, "万": 10_000}[hundred[0]])
        found.append(Mark(Number(size, size), *hundred.span()))
    return found


@lru_cache(maxsize=4)
def _words_of(lexicon: Lexicon) -> _Words:
    return _Words(lexicon)


_REACH = 10
_LONGEST = 12
_BEST_RATING = 5
_CHINESE = {character: str(digit) for character, digit in DIGITS.items()}
_DIGIT = "[0-9零〇一二两三四五六七八九壹贰叁参肆伍陆柒捌玖]"
_DISCOUNT = re.compile(
    rf"(?:打 ?)?(?:(?P<n>10|十|{_DIGIT}(?:[ .点]{{0,3}}{_DIGIT})?) ?|(?P<half>[半对五] ?(?<=半|对)))折(?!腾|叠|合|磨|射|返|断|线|价处)"
)
_MINUTES = {
    "秒 秒钟 s sec": Decimal(1) / 60,
    "分钟 分 min mins minutes minute fenzhong": Decimal(1),
    "小时 个小时 钟头 个钟头 个钟 h hour hours xiaoshi": Decimal(60),
    "天 日 个工作日 工作日": Decimal(1440),
}
_N = r"(?:\d{1,4}(?:\.\d)?|[一二两三四五六七八九十百]{1,5}|俩|仨)"
_TIME = re.compile(
    rf"(?P<half>半 ?个? ?(?P<halved>小时|天|钟头|分钟))|(?P<quarter>一刻钟)"
    rf"|(?P<n>{_N}) ?(?P<and_half>个半(?=小时|钟头))?(?P<unit>个小时|个钟头|个钟|小时|钟头|分钟|秒钟|个工作日|工作日|秒|分(?!之|期|享|店|$)|天|日(?=内|之内|以内)|(?:mins?|minutes?|h|hours?|sec|s|fenzhong|xiaoshi)(?![a-z]))(?:(?P<rest>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})分钟?)?"
)
_MONEY_NUMBER = r"(?:\d{1,6}(?:\.\d{1,2})?[kw]?|[一二两三四五六七八九十百千万零]{1,8})"
_SUCH = re.compile(r" ?(?:左右|上下)? ?的(?=[\u4e00-\u9fff\0\s,，。;；!！?？~]|$)")
"""200到500的礼品卡有哪些, 推荐一个一百到两百的: where goods are to be shown, these are their prices."""
_FROM_TO = re.compile(
    rf"(?<![\d.])(?P<low>{_MONEY_NUMBER}) ?(?:块钱?|元|¥)? ?(?:到|至|~|-|—|–) ?¥?(?P<high>{_MONEY_NUMBER})(?![\d.]) ?(?:块钱?|元)?(?! ?(?:分钟|小时|天|折|个月|张|个|年|点券|q币|gb?))"
)
_YUAN = re.compile(r" ?(?:块钱|块|元钱|元|圆|rmb|人民币)")
_OTHER_UNIT = re.compile(
    r" ?(?:分|小时|钟|秒|天|月|年|周|季|折|%|星|个|张|份|套|台|点|点券|点卷|q币|qb|g|m|刀|美|日|港|兆|岁|次|单|笔|人|位|款|种|倍|级|楼|结晶|钻|币|杯|[a-z])"
)
_HUNDRED = re.compile(r"[百千万](?<![一二三四五六七八九两几数0-9十百千万上余多来][百千万])(?=元|块)")
