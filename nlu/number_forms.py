"""The forms of numbers that are no amount (`nlu/other_numbers.py`), in the order in which they are looked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache, partial
from itertools import chain

from nlu.alternations import either_whole
from nlu.lexicon import Lexicon
from nlu.numerals import number


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
class Form:
    """One form of such a number, which is the group `all` of its pattern."""

    kind: OtherKind
    needs: frozenset[str]
    """Without any of these characters it cannot be there."""
    pattern: re.Pattern[str]
    value: Callable[[re.Match[str]], int | None]
    beside_read: bool = False
    """It stands beside what was read already, a label of a recipient."""


@lru_cache(maxsize=4)
def forms(lexicon: Lexicon) -> tuple[Form, ...]:
    """What is found first takes its characters away from what comes later."""
    words = partial(_words, lexicon)
    found = (
        _codes(words), _dates(), _hours(words), _ordinals(words), _versions(words, lexicon), _recipients(words),
        _labelled_recipients(), _households(words), _heads(words), _buildings(), _kin(words), _ages(words), _measures(words, lexicon),
        _days(), _scores_and_seats(words), _in_words(words, lexicon),
    )  # fmt: skip
    return tuple(chain.from_iterable(found))


_Words = Callable[..., str]
"""The name of a list of `other_numbers.yaml`, or of another file with that -> its words."""


def _words(lexicon: Lexicon, name: str, file: str = "other_numbers") -> str:
    return f"(?:{either_whole(lexicon.words(f'{file}.{name}'))})"


def _nothing(found: re.Match[str]) -> int | None:
    return None


def _counted(found: re.Match[str]) -> int | None:
    groups = found.groupdict()
    return _value_of(groups["n"] or groups.get("m") or groups.get("o") or groups.get("p") or "")


def _value_of(numeral: str) -> int | None:
    value = number(numeral)
    return int(value.low) if value and value.exact else None


def _counted_from_end(found: re.Match[str]) -> int | None:
    value = _counted(found)
    return -value if value is not None else None


def _form(
    kind: OtherKind, needs: str, pattern: str, value: Callable[[re.Match[str]], int | None] = _nothing
) -> Form:
    return Form(kind, frozenset(needs) - {" "}, re.compile(pattern), value)


_N = r"(?:\d{1,4}|[一二两三四五六七八九十廿卅〇零]{1,4})"
_FEW = "[一二两三四五六七八九十]{1,3}"
_SOME = rf"(?:(?P<n>{_FEW}|[俩仨])|(?P<m>\d{{1,2}}))"
_PAUSES = r"\s,，。;；.!！~"


def _codes(words: _Words) -> Iterator[Form]:
    codes, writing = words("not_accounts", "accounts"), words("writing", "signs")
    yield _form(OtherKind.CODE, "码 号 密 牌 证 话 线", rf"{codes}[ :是为]{{0,3}}(?P<all>[a-z0-9]{{3,32}})")
    rides = rf"{words('rides')}(?:号|是|为|[: ])*"
    yield _form(OtherKind.CODE, "航车班铁", rf"{rides}(?P<all>[a-z]{{0,2}} ?\d{{1,5}})(?![\d元块])")
    # 少打了一个8: says what was wrong with a number that was given before.
    digit = rf"(?P<all>[一1两2]?(?:个|位)(?:数字|数)? ?\d(?![\d.])(?! ?(?:{words('sold_by')}|[a-z%])))"
    yield _form(OtherKind.CODE, "少漏多掉", rf"(?:(?:少|漏|多|掉){writing}了?|(?:漏|掉|少|多)了){digit}")


def _dates() -> Iterator[Form]:
    date = partial(_form, OtherKind.DATE)
    yield date("年", rf"(?P<all>(?:19|20)\d\d ?年(?!卡)(?: ?{_N} ?月(?: ?{_N} ?[日号])?)?)")
    yield date("月", rf"(?P<all>{_N} ?月份?底?(?: ?{_N} ?[日号](?!码)))")
    yield date("月", rf"(?P<all>{_N} ?月(?:份|底|初|末))")
    yield date("-/.年", r"(?<!\d)(?P<all>(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?)(?!\d)")


def _hours(words: _Words) -> Iterator[Form]:
    time = partial(_form, OtherKind.TIME)
    hour = r"(?:[01]?\d|2[0-4]|[一二两三四五六七八九]|十[一二]?|二十[一二三四]?)"
    not_inside = r"(?<![\d一二三四五六七八九十百])"
    exact = rf"(?P<all>{hour} ?点(?:钟|{_N} ?分(?!之)|半|一刻|三刻|整))"
    yield time(":", r"(?<!\d)(?P<all>[0-2]?\d:[0-5]\d(?::[0-5]\d)?)(?!\d)")
    yield time("点", not_inside + exact)
    yield time("点", rf"{words('times_before')}的?(?P<all>{hour} ?点(?:{_N})?(?!券|卷|卡))")
    yield time("点", rf"{not_inside}(?P<all>{hour} ?点){words('times_behind')}")
    # 赶论文到三点, 下班都三点了.
    until = rf"(?<!{words('grows')})到{words('times_before')}?"
    yield time("点", rf"{until}(?P<all>{hour} ?点)(?=[了啦多才]|[{_PAUSES}]|$)")
    yield time("点", rf"[都快](?P<all>{hour} ?点多?)(?=[了啦])")


def _ordinals(words: _Words) -> Iterator[Form]:
    nth = rf"(?P<all>第 ?(?P<n>{_N})(?: ?{words('ordinal_counters')})?)"
    yield _form(OtherKind.ORDINAL, "第", nth, _counted)
    first = rf"(?P<all>[前头] ?(?P<n>{_N}) ?[个条行位张单]?)(?!年|天|月|小时|分钟|点|周)"
    yield _form(OtherKind.LEADING, "前头", rf"(?<![以之提]){first}", _counted)
    last = rf"(?P<all>(?:最后|后面?|末尾?|倒数) ?(?P<n>{_N}) ?[个条行位张](?!月|小时|星期))"
    yield _form(OtherKind.LEADING, "后末倒", rf"(?<![以之然今往稍背]){last}", _counted_from_end)


def _versions(words: _Words, lexicon: Lexicon) -> Iterator[Form]:
    version = partial(_form, OtherKind.VERSION)
    makes, versioned = (_firsts(lexicon.words(f"other_numbers.{name}")) for name in ("makes", "versioned"))
    yield version("g", rf"(?<![\d.])(?P<all>[2-6]g\+?)(?= ?{words('generations_behind')})")
    made = rf"(?<![a-z]){words('makes')} ?(?P<all>\d{{1,2}})(?!\d|\.\d|g|%)"
    yield version(makes, rf"{made}(?= ?{words('versions_behind')})")
    recent = r"(?P<all>(?:[3-9]|1[0-9]|2[0-6]|360))(?!\d|\.\d|g|%|[a-z])"
    no_size = rf"(?! ?(?:{words('sizes_behind')}|\.\d|\d))"
    yield version(versioned, rf"(?<![a-z]){words('versioned')}[ \-]?{recent}{no_size}")
    storage = rf" ?{words('versions_behind')}?[ ,]?(?:64|128|256|512|1024|[12](?=t)) ?(?:g|gb|t|tb)(?![a-z])"
    yield version(versioned, rf"(?<![a-z]){words('versioned')}[ \-]?(?P<all>\d{{1,2}}{storage})")
    level = r"(?<![a-z])(?:vip|svip|lv|等级|v) ?(?P<all>\d{1,2})(?!\d|\.\d)"
    yield version("v级", level + no_size)


def _recipients(words: _Words) -> Iterator[Form]:
    """两个号, 三个手机号, 仨人."""
    recipients = words("recipients")
    counted = (
        rf"{_SOME} ?(?:[个位名] ?(?:{recipients}|q(?=[ :,号\d]|$))|[组条部张台] ?(?:手机|号|油卡|卡号)"
        rf"|[位名口](?=[\u4e00-\u9fff])(?!{words('no_people')}))"
    )
    pair = rf"(?P<p>[俩仨]){recipients}"
    bare = rf"(?P<o>{_FEW}|[俩仨]|\d{{1,2}})(?:人(?!民)|号码|手机号?)"
    # Q币来50个 QQ12345678: so many goods, and then one recipient.
    goods = r"[1-9]\d ?个 ?[a-z]{1,5}号? ?:?[\d\0]"
    # 话费五十手机138…: a size, and then the recipient.
    labelled = r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|\d\d)(?:号码|手机号?) ?[是为:]? ?[\d\0]"
    # 儿童票一张 手机138…: so many tickets, and then the recipient.
    before_label = r"[一二两三四五六七八九十\d]{1,2}张 +(?:手机|号|卡号)[码号]* ?[是为:]? ?[\d\0]"
    another = rf"{goods}|{labelled}|{before_label}|一人 ?{_N}|(?<=[来要整搞拿买])[一1] ?个"
    yield _form(
        OtherKind.MANY,
        "个位名组 条部张台口 人号手俩仨",
        rf"(?<![第\da-z])(?!{another})(?P<all>{counted}|{pair}|{bare})(?!\d)",
        _counted,
    )


def _labelled_recipients() -> Iterator[Form]:
    """来两个手机号码：138…和139…: the word counted was taken for the label of the first of them."""
    numbers = r"1\d{10}(?!\d)[^\d]{1,12}1\d{10}(?!\d)"
    counted = rf"(?<![第\da-z])(?P<all>(?P<n>{_FEW}|[俩仨2-9]) ?[个张部]) ?(?=(?:手机|电话)(?:号码?)?[{_PAUSES}:：是]*{numbers})"
    yield replace(
        _form(OtherKind.MANY, "手电", counted, lambda found: _value_of(found["n"])), beside_read=True
    )


def _households(words: _Words) -> Iterator[Form]:
    """三家都要, 5户, 好几套房子."""
    many = partial(_form, OtherKind.MANY)
    shops = rf"(?P<all>(?P<n>{_FEW})家)(?=的|都|各|[年月季周]卡|{words('firms')})"
    yield many("家", shops, _counted)
    yield many("户", rf"(?<![每第])(?P<all>{_SOME} ?户)(?![口外型主号])", _counted)
    # 换了一批电脑: what came or was bought in numbers, and is none of the order.
    yield many("批", rf"(?<=了)(?P<all>{_FEW}大?批)(?={words('real_goods', 'stance')}|{words('recipients')})")
    houses = rf"{words('houses')}|车(?!票|厘)"
    yield many("几", rf"(?P<all>好?几 ?[套间家处部台辆块](?={houses})|好几 ?户|几 ?户)")


def _heads(words: _Words) -> Iterator[Form]:
    """三位，每人一张; 一共四个; 两个都要."""
    many, few = partial(_form, OtherKind.MANY), rf"(?:(?P<n>{_FEW})|(?P<m>\d{{1,2}}))"
    shared = rf"(?=[\u4e00-\u9fff]{{0,5}}(?<!{words('goods_end_in')})[, ]?{words('shares')})"
    yield many("人位手", rf"(?<![第\d])(?P<all>{few} ?[个位名]){shared}", _counted)
    these = rf"{words('all_of_these')} ?(?P<all>(?:(?P<n>{_N}) ?[个位]|(?P<m>[俩仨])))"
    yield many("共 这 那 上 下 合", rf"{these}(?!月|小时|星期|q|点|年|天|季)", _counted)
    all_of_them = rf"(?P<all>(?:(?P<n>{_FEW}|\d{{1,2}})[个位]|(?P<m>[俩仨]))(?![月年天季周星礼小]))"
    yield many("都", rf"{all_of_them}(?=(?:(?![给到充送来要的])[\u4e00-\u9fff]){{0,3}}都)", _counted)


def _buildings() -> Iterator[Form]:
    parts = rf"(?P<all>(?:\d{{1,3}}|{_FEW}) ?(?:栋|幢|号楼|单元)\d{{0,4}}(?:室|号(?!码))?)"
    yield _form(OtherKind.MEASURE, "栋幢楼元", parts)


def _kin(words: _Words) -> Iterator[Form]:
    """三姐, 二舅, 老二的手机."""
    kin = partial(_form, OtherKind.MEASURE)
    not_inside = r"(?<![第几\d一二两三四五六七八九十百千])"
    of_rank = rf"(?P<all>[二三四五六七八九])(?={words('kin_roots', 'contacts')})(?!公[斤里司分交园])"
    yield kin("二三四五 六七八九", not_inside + of_rank)
    child = r"(?<=[老小])(?=.(?:[的那他她充要,\s:：\d\0]|手机|号))"
    called = r"(?<=老)(?<![养古]老)(?=[二三四五六](?![次国百千万元块年月天周个张份\d]))"
    yield kin("老小", rf"(?:{child}|{called})(?P<all>[一二三四五六七八九])")


def _ages(words: _Words) -> Iterator[Form]:
    """我今年68了, 我妈都七十了; and 我们俩."""
    of_people = partial(_form, OtherKind.MEASURE)
    age = r"(?P<all>[1-9]\d?|[一二三四五六七八九]?十[一二三四五六七八九]?)(?![\d.])"
    kin, adverbs = words("kin_roots", "contacts"), words("aged_adverbs")
    somebody = rf"(?:{words('aged')}|[我你他她咱俺老大小]{{0,2}}{kin}{{1,2}}){adverbs}{{0,3}}"
    aged = rf"(?<![给帮替为我你他她])(?:{somebody}|今年)"
    yield of_people("了啦", rf"{aged}(?: ?{age})(?=[了啦](?:[{_PAUSES}]|$))")
    this_year = rf"(?:今年|^本人|(?<=[{_PAUSES}])本人){adverbs}?"
    yield of_people("年本", rf"{this_year} ?{age}(?=[{_PAUSES}])")
    yield of_people("俩仨", rf"{words('people_counted')}(?P<all>[俩仨])")


def _measures(words: _Words, lexicon: Lexicon) -> Iterator[Form]:
    measure, measured = partial(_form, OtherKind.MEASURE), _firsts(lexicon.words("other_numbers.measures"))
    yield measure("号", rf"(?P<all>\d{{1,3}} ?号{words('numbered_places')})(?!型|箱|器|票|卡)")
    first = f"(?=[{re.escape(measured)}])"
    yield measure(measured, rf"(?P<all>(?:\d+(?:\.\d+)?|{_N}) ?{first}{words('measures')})")


def _days() -> Iterator[Form]:
    """8号, 二十日."""
    day = r"(?:[12]?\d|3[01]|[一二三四五六七八九]|十[一二三四五六七八九]?|二十[一二三四五六七八九]?|三十一?)"
    behind = r"(?!码|线|机|店|卡|券|票|游|套|包|体|充|\d(?!\d?[:点时])| ?:| ?是 ?[a-z0-9])"
    before_hour = r" ?[日号](?=[12]?\d:\d\d)"
    alone = rf"(?: ?日|号(?!\0)| 号(?! ?[a-z\0])){behind}"
    yield _form(
        OtherKind.DATE,
        "日号",
        rf"(?<![\d一二三四五六七八九十百千万.])(?P<all>{day}(?:{before_hour}|{alone}))",
    )


def _scores_and_seats(words: _Words) -> Iterator[Form]:
    measure = partial(_form, OtherKind.MEASURE)
    points = r"(?<![点时\d.])(?P<all>(?:[1-9]\d{1,2}|[一二两三四五六七八九十百零]{2,4}) ?分)(?![钟之\d])"
    yield measure("分", points)
    yield measure("o", r"(?P<all>\d{1,3} ?(?:years?|yrs?|yo)[ -]old)")
    yield measure("h", r"(?<![a-z])s?he(?:'s| is) (?P<all>\d{1,2})(?![\d.])")
    seat = rf"(?P<all>(?:\d{{1,3}}|{_FEW}) ?号{words('seats')})(?!型|票|卡|券|主|\d)"
    yield measure("号", seat)
    # 高三的, 大二了: how far somebody's schooling is.
    yield measure("初高大研博", r"(?P<all>[初高大研博][一二三四])(?=的|了|生|,|$|学|下|上|班)")
    yield measure("样种", rf"(?P<all>{_FEW}[样种])(?=东西|商品|都|[:,\s])")
    yield measure("满", r"(?P<all>满 ?\d+(?:元|块)? ?[减送返打] ?\d+(?:元|块)?)")
    rows = r"(?P<all>[一1每] ?[行排列页](?: ?[一1] ?[个张条份组])?)(?!业|政)"
    yield measure("行排列页", rows)


def _in_words(words: _Words, lexicon: Lexicon) -> Iterator[Form]:
    """一次配齐, 试一试, 25块5还行, 一起."""
    yield _form(OtherKind.TIME, "一1", rf"(?P<all>[一1]次)(?={words('at_once_behind')})")
    counted = r"(?<![0-9一二两三四五六七八九十][\u4e00-\u9fff])"  # 三张一张100
    yield _form(OtherKind.WORD, "一", rf"{counted}(?<=([\u4e00-\u9fff]))(?P<all>一)(?=\1)")
    # A price is said back with what is thought of it. Nothing is sold in such sizes.
    price = r"(?P<all>\d{1,4}(?:[块元]\d{1,2}|\.\d{1,2}[块元]?)(?:钱|毛)?)(?![\d元块折])"
    thought = rf"(?=[\s,…~。.啊哦的嗯]{{0,4}}{words('fair')})"
    yield _form(OtherKind.MEASURE, "块元.", rf"(?<![\d.]){price}{thought}")
    # 省五块是五块: whatever is saved is welcome.
    saved = rf"(?P<all>{words('saved')}(?P<sum>{_NUMERALS}{{1,4}}[块元毛]?)是(?P=sum))"
    yield _form(OtherKind.WORD, "是", saved)
    # 工资就剩300了: what somebody has left is nothing that he buys.
    has_left = rf"{words('purses')}[里上头]?{words('left_adverbs')}*{words('has_left')}"
    money = (
        rf"(?P<all>(?:\d{{1,5}}|{_NUMERALS}{{1,6}})(?:多|来)?[块元]?)(?!\d)(?=[了啦呢钱]|[{_PAUSES}还要都]|$)"
    )
    yield _form(OtherKind.MEASURE, "剩有余", rf"{has_left}{money}")
    numeral = lexicon.words("numerals.words")
    yield _form(OtherKind.WORD, _firsts(numeral), _numeral_words(numeral, lexicon))


def _numeral_words(words: Collection[str], lexicon: Lexicon) -> str:
    """Words with a numeral in them; 二十分钟 is no 十分, 两张三百的 no 张三."""
    goes_on, counted = lexicon.groups("other_numbers.goes_on"), _words(lexicon, "counted_behind")
    guarded = []
    for word in sorted(words, key=lambda word: (-len(word), word)):
        front = f"(?<!{_NUMERALS})" if word[0] in "十百千万" else ""
        back = f"(?!{counted})" if re.match(_NUMERALS, word[-1]) else ""
        if word in goes_on:
            back = f"(?!{either_whole(goes_on[word])})"
        elif word[-1].isdigit():
            front, back = r"(?<!\d)", r"(?!\d)"
        guarded.append(f"{front}{re.escape(word)}{back}")
    return f"(?=[{re.escape(_firsts(words))}])(?P<all>" + "|".join(guarded) + ")"


_NUMERALS = "[0-9一二两三四五六七八九十百千万几数]"


def _firsts(words: Iterable[str]) -> str:
    """The characters that words begin with, for a quick look ahead of trying each of many words."""
    return "".join(sorted({word[0] for word in words}))
