"""Numbers that are no amount: dates, times, ordinals, versions, ages, codes, other people's numbers.

Taking them away before amounts are read is what keeps 5G套餐, 第3个 and 10点50分 from being bought.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from nlu.alternations import either_whole
from nlu.lexicon import Lexicon
from nlu.numerals import number, number_at
from nlu.page import Mark, Page
from nlu.units import Units


class OtherKind(StrEnum):
    ORDINAL = "ordinal"
    """第二个, 第3单: `value` is which, from 1."""
    DATE = "date"
    TIME = "time"
    MEASURE = "measure"
    """18岁, 3楼, 5斤, 3天前: counted, and not what a shop of virtual goods sells by."""
    VERSION = "version"
    """5G套餐, 苹果15, iphone 14, vip8: the number is part of a name."""
    CODE = "code"
    """A verification code, a courier number, a digit that was left out of a number."""
    WORD = "word"
    """A word in which a numeral counts nothing: 一起, 万一, 十分, 百度."""
    MANY = "many"
    """How many recipients there are: 两个号, 三个手机号, 这四个人. `value` of them."""
    LEADING = "leading"
    """Some of the lines: 前两个 is 2, 后三个 is -3, 最后一个 is -1."""
    REACHED = "reached"
    """The customer's own phone, at which he can be reached (`nlu/reached_at.py`)."""


@dataclass(frozen=True, slots=True)
class OtherNumber:
    kind: OtherKind
    value: int | None = None


def read(page: Page, lexicon: Lexicon, units: Units | None = None) -> tuple[Mark[OtherNumber], ...]:
    """All such numbers in what is still free, left to right; claims them.

    Call after references, accounts and the exact names of products (`win11` may be for sale). `units`:
    what the shop sells by counts here, whatever it is elsewhere: 一篇, 2级.
    """
    text = page.rest()
    characters = set(text)
    adverbs = lexicon.words("numerals.adverbs")
    marks: list[Mark[OtherNumber]] = []
    for form in _forms(lexicon):
        if form.needs and characters.isdisjoint(form.needs):
            continue
        for found in form.pattern.finditer(text):
            start, end = found.span("all")
            sold = form.kind in _COUNTED and units is not None and _sold_so(found["all"], units)
            if sold and found["all"] not in adverbs:
                continue
            if (
                form.kind is OtherKind.DATE
                and units is not None
                and units.by_day
                and _DAYS.match(text, start)
            ):
                continue
            if start < end and page.free(start, end):
                page.take(start, end)
                marks.append(Mark(OtherNumber(form.kind, form.value(found)), start, end))
    return tuple(sorted(marks, key=lambda mark: mark.start))


_DAYS = re.compile(
    r"[0-9一二三四五六七八九十]{1,3}日(?![\u4e00-\u9fff])|[0-9一二三四五六七八九十]{1,3}日(?=[的券票卡])"
)
"""So many days, where the shop counts them so and no day of the month is told by what happens then."""


def _sold_so(text: str, units: Units) -> bool:
    """Whether a text is a number and nothing but a unit of the shop behind it."""
    mark = number_at(text, 0)
    unit = units.pattern.match(text, mark.end) if mark is not None else None
    return unit is not None and unit.end() == len(text)


_COUNTED = frozenset({OtherKind.MEASURE, OtherKind.WORD, OtherKind.MANY})
_ValueOf = Callable[[re.Match[str]], int | None]
_N = r"(?:\d{1,4}|[一二两三四五六七八九十廿卅〇零]{1,4})"
_GOODS_ENDS = "".join(("币券卡杯", "月年天周季", "点钻石", "张次份的"))
"""What ends in one of them is bought, and is nobody: 三个金币."""
_FEW = "[一二两三四五六七八九十]{1,3}"
_HOUR = r"(?:[01]?\d|2[0-4]|[一二两三四五六七八九]|十[一二]?|二十[一二三四]?)"
_NOT_INSIDE = r"(?<![\d一二三四五六七八九十百])"
_UNITS = r"(?! ?(?:元|块|圆|张|个|份|套|年|月|天|季|周|折|台|次|\.\d|\d|刀|美|[十百千万]|点券|笔|单))"


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of such a number. `needs`: without any of these characters it cannot be there."""

    kind: OtherKind
    pattern: re.Pattern[str]
    needs: frozenset[str]
    value: _ValueOf


@lru_cache(maxsize=4)
def _forms(lexicon: Lexicon) -> tuple[_Form, ...]:
    return tuple(
        _Form(kind, re.compile(pattern), frozenset(needs) - {" "}, value)
        for kind, needs, pattern, value in (*_days_and_hours(lexicon), *_names_and_counts(lexicon))
    )


_Row = tuple[OtherKind, str, str, _ValueOf]


def _days_and_hours(lexicon: Lexicon) -> Iterator[_Row]:
    before = either_whole(lexicon.words("other_numbers.times_before"))
    behind = either_whole(lexicon.words("other_numbers.times_behind"))
    codes = either_whole(lexicon.words("accounts.not_accounts"))
    date, time = OtherKind.DATE, OtherKind.TIME
    yield (
        OtherKind.CODE,
        "码 号 密 牌 证 话 线",
        rf"(?:{codes})[ :是为]{{0,3}}(?P<all>[a-z0-9]{{3,32}})",
        _nothing,
    )
    writing = either_whole(lexicon.words("signs.writing"))
    # 少打了一个8: says what was wrong with a number that was given before.
    digit = r"(?P<all>[一1两2]?(?:个|位)(?:数字|数)? ?\d(?![\d.])(?! ?(?:[元块圆折张个份套年月天季周台次笔单]|[a-z%])))"
    yield (
        OtherKind.CODE,
        "少漏多掉",
        rf"(?:(?:少|漏|多|掉)(?:{writing})了?|(?:漏|掉|少|多)了){digit}",
        _nothing,
    )
    yield date, "年", rf"(?P<all>(?:19|20)\d\d ?年(?!卡)(?: ?{_N} ?月(?: ?{_N} ?[日号])?)?)", _nothing
    yield date, "月", rf"(?P<all>{_N} ?月份?底?(?: ?{_N} ?[日号](?!码)))", _nothing
    yield date, "月", rf"(?P<all>{_N} ?月(?:份|底|初|末))", _nothing
    yield date, "-/.年", r"(?<!\d)(?P<all>(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?)(?!\d)", _nothing
    yield time, ":", r"(?<!\d)(?P<all>[0-2]?\d:[0-5]\d(?::[0-5]\d)?)(?!\d)", _nothing
    exact = rf"(?P<all>{_HOUR} ?点(?:钟|{_N} ?分(?!之)|半|一刻|三刻|整))"
    yield time, "点", _NOT_INSIDE + exact, _nothing
    yield time, "点", rf"(?:{before})的?(?P<all>{_HOUR} ?点(?:{_N})?(?!券|卷|卡))", _nothing
    yield time, "点", rf"{_NOT_INSIDE}(?P<all>{_HOUR} ?点)(?:{behind})", _nothing


def _names_and_counts(lexicon: Lexicon) -> Iterator[_Row]:
    words = {name: either_whole(lexicon.words(f"other_numbers.{name}")) for name in _LISTS}
    many, version = OtherKind.MANY, OtherKind.VERSION
    yield OtherKind.ORDINAL, "第", rf"(?P<all>第 ?(?P<n>{_N})(?: ?[个张单条笔份行款种家位项样])?)", _group
    first = rf"(?P<all>[前头] ?(?P<n>{_N}) ?[个条行位张单]?)(?!年|天|月|小时|分钟|点|周)"
    yield OtherKind.LEADING, "前头", rf"(?<![以之提]){first}", _group
    last = rf"(?P<all>(?:最后|后面?|末尾?|倒数) ?(?P<n>{_N}) ?[个条行位张](?!月|小时|星期))"
    yield OtherKind.LEADING, "后末倒", rf"(?<![以之然今往稍背]){last}", _group_from_end
    yield version, "g", rf"(?<![\d.])(?P<all>[2-6]g\+?)(?= ?(?:{words['generations_behind']}))", _nothing
    made = rf"(?<![a-z])(?:{words['makes']}) ?(?P<all>\d{{1,2}})(?!\d|\.\d|g|%)"
    makes = _firsts(lexicon.words("other_numbers.makes"))
    yield version, makes, rf"{made}(?= ?(?:{words['versions_behind']}))", _nothing
    recent = r"(?P<all>(?:[3-9]|1[0-9]|2[0-6]|360))(?!\d|\.\d|g|%|[a-z])"
    versioned = _firsts(lexicon.words("other_numbers.versioned"))
    yield version, versioned, rf"(?<![a-z])(?:{words['versioned']})[ \-]?{recent}{_UNITS}", _nothing
    yield (
        version,
        "v级",
        rf"(?<![a-z])(?:vip|svip|lv|等级|v) ?(?P<all>\d{{1,2}})(?!\d|\.\d){_UNITS}",
        _nothing,
    )
    counted = rf"(?:(?P<n>{_FEW}|[俩仨])|(?P<m>\d{{1,2}})) ?(?:[个位名] ?(?:{words['recipients']}|q(?=[ :,号\\d]|$))|[组条部张台] ?(?:手机|号|油卡|卡号)|[位名口](?=[\u4e00-\u9fff])(?![位名口](?:数|单|额|味|令|红|袋|罩|径|号|字)))"
    pair = rf"(?:[俩仨](?:{words['recipients']}))"
    # Q币来50个 QQ12345678: so many goods, and then one recipient.
    goods = r"[1-9]\d ?个 ?[a-z]{1,5}号? ?:?[\d\0]"
    # 话费五十手机138…: a size, and then the recipient.
    labelled = r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|\d\d)(?:号码|手机号?) ?[是为:]? ?[\d\0]"
    # 儿童票一张 手机138…: so many tickets, and then the recipient.
    before_label = r"[一二两三四五六七八九十\d]{1,2}张 +(?:手机|号|卡号)[码号]* ?[是为:]? ?[\d\0]"
    yield (
        many,
        "个位名组 条部张台口 人号手俩仨",
        rf"(?<![第\da-z])(?!{goods})(?!{labelled})(?!{before_label})(?!一人 ?{_N})(?!(?<=[来要整搞拿买])[一1] ?个)(?P<all>{counted}|{pair}|(?P<o>{_FEW}|[俩仨]|\d{{1,2}})(?:人(?!民)|号码|手机号?))(?!\d)",
        _group,
    )
    yield many, "家", rf"(?P<all>(?P<n>{_FEW})家)(?=的|都|各|[年月季周]卡|门?店|公司|网吧|餐厅|饭店)", _group
    yield (
        many,
        "户",
        rf"(?<![每第])(?P<all>(?:(?P<n>{_FEW}|[俩仨])|(?P<m>\d{{1,2}})) ?户)(?![口外型主号])",
        _group,
    )
    houses = "(?:出租)?(?:房|屋|店|门面|铺)|车(?!票|厘)|表"
    yield many, "几", rf"(?P<all>好?几 ?[套间家处部台辆块](?={houses})|好几 ?户|几 ?户)", _nothing
    shared = rf"(?=[\u4e00-\u9fff]{{0,5}}(?<![{_GOODS_ENDS}])[, ]?(?:{words['shares']}))"
    yield many, "人位手", rf"(?<![第\d])(?P<all>(?:(?P<n>{_FEW})|(?P<m>\d{{1,2}})) ?[个位名]){shared}", _group
    together = "一共|总共|共|这|那|以上|上面|下面|以下|合计"
    yield (
        many,
        "共 这 那 上 下 合",
        rf"(?:{together}) ?(?P<all>(?:(?P<n>{_N}) ?[个位]|(?P<m>[俩仨])))(?!月|小时|星期|q|点|年|天|季)",
        _group,
    )
    yield (
        many,
        "都",
        rf"(?P<all>(?:(?P<n>{_FEW}|\d{{1,2}})[个位]|(?P<m>[俩仨]))(?![月年天季周星礼小]))(?=(?:(?![给到充送来要的])[\u4e00-\u9fff]){{0,3}}都)",
        _group,
    )
    yield (
        OtherKind.MEASURE,
        "栋幢楼元",
        rf"(?P<all>(?:\d{{1,3}}|{_FEW}) ?(?:栋|幢|号楼|单元)\d{{0,4}}(?:室|号(?!码))?)",
        _nothing,
    )
    kin = either_whole(lexicon.words("contacts.kin_roots"))
    yield (
        OtherKind.MEASURE,
        "二三四五 六七八九",
        rf"(?<![第几\d一二两三四五六七八九十百千])(?P<all>[二三四五六七八九])(?={kin})(?!公[斤里司分交园])",
        _nothing,
    )  # 三姐, 二舅
    yield (
        OtherKind.MEASURE,
        "老小",
        r"(?:(?<=[老小])(?=.(?:[的那他她充要,\s:：\d\0]|手机|号))|(?<=老)(?<![养古]老)(?=[二三四五六](?![次国百千万元块年月天周个张份\d])))"
        r"(?P<all>[一二三四五六七八九])",
        _nothing,
    )  # 老二的手机
    age = r"(?P<all>[1-9]\d?|[一二三四五六七八九]?十[一二三四五六七八九]?)(?![\d.])"
    somebody = (
        rf"(?:{words['aged']}|[我你他她咱俺老大小]{{0,2}}(?:{kin}){{1,2}})(?:{words['aged_adverbs']}){{0,3}}"
    )
    aged = rf"(?<![给帮替为我你他她])(?:{somebody}|今年)"
    yield OtherKind.MEASURE, "了啦", rf"{aged}(?: ?{age})(?=[了啦](?:[{_PAUSES}]|$))", _nothing  # 我今年68了
    this_year = rf"(?:今年|^本人|(?<=[{_PAUSES}])本人)(?:{words['aged_adverbs']})?"
    yield OtherKind.MEASURE, "年本", rf"{this_year} ?{age}(?=[{_PAUSES}])", _nothing
    yield (
        OtherKind.MEASURE,
        "俩仨",
        rf"(?:{words['people_counted']})(?P<all>[俩仨])",
        _nothing,
    )  # 我们俩
    yield (
        OtherKind.MEASURE,
        "号",
        r"(?P<all>\d{1,3} ?号(?:[机桌座房窗柜厅院]|包间|工位))(?!型|箱|器|票|卡)",
        _nothing,
    )
    measured = _firsts(lexicon.words("other_numbers.measures"))
    yield (
        OtherKind.MEASURE,
        measured,
        rf"(?P<all>(?:\d+(?:\.\d+)?|{_N}) ?(?=[{re.escape(measured)}])(?:{words['measures']}))",
        _nothing,
    )
    day = r"(?:[12]?\d|3[01]|[一二三四五六七八九]|十[一二三四五六七八九]?|二十[一二三四五六七八九]?|三十一?)"
    behind_day = r"(?!码|线|机|店|卡|券|票|游|套|包|体|充|\d(?!\d?[:点时])| ?:| ?是 ?[a-z0-9])"
    yield (
        OtherKind.DATE,
        "日号",
        rf"(?<![\d一二三四五六七八九十百千万.])(?P<all>{day}(?: ?[日号](?=[12]?\d:\d\d)|(?: ?日|号(?!\0)| 号(?! ?[a-z\0])){behind_day}))",
        _nothing,
    )
    points = r"(?<![点时\d.])(?P<all>(?:[1-9]\d{1,2}|[一二两三四五六七八九十百零]{2,4}) ?分)(?![钟之\d])"
    yield OtherKind.MEASURE, "分", points, _nothing
    yield OtherKind.MEASURE, "o", r"(?P<all>\d{1,3} ?(?:years?|yrs?|yo)[ -]old)", _nothing
    yield OtherKind.MEASURE, "h", r"(?<![a-z])s?he(?:'s| is) (?P<all>\d{1,2})(?![\d.])", _nothing
    seat = rf"(?P<all>(?:\d{{1,3}}|{_FEW}) ?号(?:机|位|桌|座|包厢|包间|包房|房|床|窗口|车厢))(?!型|票|卡|券|主|\d)"
    yield OtherKind.MEASURE, "号", seat, _nothing
    yield (
        OtherKind.MEASURE,
        "初高大研博",
        r"(?P<all>[初高大研博][一二三四])(?=的|了|生|,|$|学|下|上|班)",
        _nothing,
    )
    yield OtherKind.MEASURE, "样种", rf"(?P<all>{_FEW}[样种])(?=东西|商品|都|[:,\s])", _nothing
    yield OtherKind.MEASURE, "满", r"(?P<all>满 ?\d+(?:元|块)? ?[减送返打] ?\d+(?:元|块)?)", _nothing
    yield (
        OtherKind.MEASURE,
        "行排列页",
        r"(?P<all>[一1每] ?[行排列页](?: ?[一1] ?[个张条份组])?)(?!业|政)",
        _nothing,
    )
    yield OtherKind.TIME, "一1", rf"(?P<all>[一1]次)(?=(?:{words['at_once_behind']}))", _nothing
    yield OtherKind.WORD, "一", r"(?<=([\u4e00-\u9fff]))(?P<all>一)(?=\1)", _nothing  # 试一试
    # 25块5还行: a price is said back with what is thought of it. Nothing is sold in such sizes.
    price = r"(?P<all>\d{1,4}(?:[块元]\d{1,2}|\.\d{1,2}[块元]?)(?:钱|毛)?)(?![\d元块折])"
    yield (
        OtherKind.MEASURE,
        "块元.",
        rf"(?<![\d.]){price}(?=[\s,…~。.啊哦的嗯]{{0,4}}(?:{words['fair']}))",
        _nothing,
    )
    numeral = lexicon.words("numerals.words")
    yield OtherKind.WORD, _firsts(numeral), _numeral_words(numeral), _nothing


_PAUSES = r"\s,，。;；.!！~"
_LISTS = (
    "aged",
    "aged_adverbs",
    "at_once_behind",
    "makes",
    "versioned",
    "versions_behind",
    "generations_behind",
    "measures",
    "recipients",
    "people_counted",
    "shares",
    "fair",
)


def _numeral_words(words: Collection[str]) -> str:
    """Words with a numeral in them; 二十分钟 is no 十分, 两张三百的 no 张三."""
    guarded = []
    for word in sorted(words, key=lambda word: (-len(word), word)):
        front = f"(?<!{_NUMERALS})" if word[0] in "十百千万" else ""
        back = "(?![十百千万亿零元块毛折个张份点杯瓶盒枚支件])" if re.match(_NUMERALS, word[-1]) else ""
        if word == "十分":
            back = "(?!钟|之)"
        elif word == "一会":
            back = "(?!员)"
        elif word[-1].isdigit():
            front, back = r"(?<!\d)", r"(?!\d)"
        guarded.append(f"{front}{re.escape(word)}{back}")
    return f"(?=[{re.escape(_firsts(words))}])(?P<all>" + "|".join(guarded) + ")"


def _firsts(words: Iterable[str]) -> str:
    """The characters that words begin with, for a quick look ahead of trying each of many words."""
    return "".join(sorted({word[0] for word in words}))


_NUMERALS = "[0-9一二两三四五六七八九十百千万几数]"


def _nothing(found: re.Match[str]) -> int | None:
    return None


def _group(found: re.Match[str]) -> int | None:
    groups = found.groupdict()
    value = number(groups["n"] or groups.get("m") or groups.get("o") or "")
    return int(value.low) if value and value.exact else None


def _group_from_end(found: re.Match[str]) -> int | None:
    value = _group(found)
    return -value if value is not None else None
