"""Where a parcel goes: the text behind 地址 or 寄到, or what reads like a place with a house number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from nlu.alternations import any_of, either
from nlu.lexicon import Lexicon
from nlu.page import Mark
from nlu.sounds import heard


def addresses(text: str, lexicon: Lexicon) -> list[Mark[tuple[int, int] | None]]:
    """Where addresses stand. The value is where the label stands that introduced one, if any did."""
    marks: list[Mark[tuple[int, int] | None]] = []
    landmark = any(word in text for word in lexicon.words("accounts.landmarks"))
    house = _HOUSE.search(text)
    if not landmark and not house and not _STREET.search(text):
        return marks
    for at, start in _labels(text, lexicon):
        found = _ADDRESS.match(text, start)
        if found and _names_a_place(found["all"], lexicon):
            marks.append(_without_thanks(found, lexicon, (at, start)))
    for pattern in (_PLAIN_ADDRESS, _NEAR_ADDRESS) if house else ():
        if not marks:
            marks += [_without_thanks(plain, lexicon, None) for plain in pattern.finditer(text)]
    return marks


def _labels(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Where the words stand that introduce an address, also around the goods: 送5桶水到."""
    for word in lexicon.accounts["address"].labels:
        at = text.find(word)
        while at >= 0:
            yield at, at + len(word)
            at = text.find(word, at + len(word))
    for torn in _TORN_LABEL.finditer(text):
        yield torn.span("to")


def _names_a_place(text: str, lexicon: Lexicon) -> bool:
    """Whether what was introduced as an address has a street and a house, or says beside what it is."""
    if sum(place in text for place in lexicon.words("accounts.places")) >= 2 and _STREET_OR_HOUSE.search(
        text
    ):
        return True
    first = re.split("[,，]", text, maxsplit=1)[0]
    named = any(word in first for word in lexicon.words("accounts.landmarks"))
    return named and len(first) > _SHORTEST_ADDRESS and not _OF_SOMEBODY.match(first)


def without_label(typed: str, lexicon: Lexicon) -> str:
    """An address as it was typed for an answer, without the words that only say that it is one."""
    front = any_of(lexicon, "accounts.address_front")
    labels = either(lexicon.accounts["address"].labels)
    bare = re.sub(rf"^(?:(?:{front}|[ ,，])*(?:{labels})[\s:：是为到]*)+", "", typed)
    return bare or typed


def _without_thanks(
    found: re.Match[str], lexicon: Lexicon, label: tuple[int, int] | None
) -> Mark[tuple[int, int] | None]:
    """Thanks, questions and a telephone of its own end an address that goes on in the same line."""
    words = lexicon.words("accounts.after_address")
    ends = [at for word in words if (at := found["all"].find(word)) > _SHORTEST_ADDRESS]
    ends += [at for at in _remarks(found["all"], lexicon) if at > _SHORTEST_ADDRESS]
    ends += [at for at in _talk_behind(found["all"], lexicon) if at > _SHORTEST_ADDRESS]
    kept = found["all"][: min(ends, default=len(found["all"]))].rstrip(" ,:|/·~-.嗯呃额哈啊")
    if spoken := _fillers(lexicon).search(kept):
        kept = kept[: spoken.start()]
    if province := _province(lexicon).search(kept, 1, _FRONT_MAX):
        return Mark(label, found.start("all") + province.start(), found.start("all") + len(kept))
    lead = _lead(lexicon).match(kept) or _misheard_lead(kept)
    start = found.start("all")
    return Mark(label, start + (lead.end() if lead else 0), start + len(kept))


@lru_cache(maxsize=4)
def _province(lexicon: Lexicon) -> re.Pattern[str]:
    """Where the address begins of which more was taken: 地是址浙江省…"""
    return re.compile(any_of(lexicon, "accounts.provinces"))


def _misheard_lead(text: str) -> re.Match[str] | None:
    """寄盗杭州市: what sounds like 到 in front of a province, a city or its district."""
    led = _LED_TO_A_PLACE.match(text)
    return led or (_IN_FRONT_OF_A_PLACE.match(text) if text and heard(text[0]) in _LEADS_HEARD else None)


@lru_cache(maxsize=4)
def _lead(lexicon: Lexicon) -> re.Pattern[str]:
    """What stands between the label of an address and its first place: 为, 寄到, 哎呀."""
    spoken = any_of(lexicon, "accounts.fillers")
    return re.compile(
        rf"(?:{spoken}|[到往至寄送发给为是在址:, ]|哈(?=[:：,，])|[~～…。!！]|\[[^\]]{{1,3}}\]|\([^()]\))+(?=[\u4e00-\u9fff]{{2}})"
    )


@lru_cache(maxsize=4)
def _fillers(lexicon: Lexicon) -> re.Pattern[str]:
    """What is no address at its end: pictures, and sounds set apart from it."""
    spoken = rf"[\s,，~…]{any_of(lexicon, 'accounts.fillers')}"
    thanks = "[,，\\s]+[谢感多拜麻辛][\u4e00-\u9fff]{0,3}"
    return re.compile(rf"(?:{spoken}|{thanks}|\[[^\]\n]{{1,4}}\]|[^\w)）\]】\"”》]|\s)+$")


def _remarks(text: str, lexicon: Lexicon) -> Iterator[int]:
    """Where something stands that belongs to no address: a clause that takes back, thanks or speaks to
    somebody, and the question for the price."""
    refusing = (*lexicon.words("stance.forbid"), *lexicon.words("stance.correction_or_drop"))
    prices = [word for word in lexicon.words("stance.price") if len(word) > 1 and not word.isascii()]
    yield from (at for word in prices if (at := text.find(word)) >= 0)
    polite = (*lexicon.words("stance.polite"), *lexicon.words("stance.thanks"))
    for clause in _CLAUSE.finditer(text):
        if clause.start() and (
            _SPOKEN_TO.search(clause[0])
            or clause[0].startswith(polite)
            or any(word in clause[0] for word in refusing)
        ):
            yield clause.start()


def _talk_behind(text: str, lexicon: Lexicon) -> Iterator[int]:
    """Where a clause of its own begins that names no place, person or number: 门口有狗, 到了喊我一声."""
    talk = lexicon.words("accounts.address_remarks")
    house = _HOUSE.search(text)
    for clause in _BEHIND_A_COMMA.finditer(text, house.end() if house else 0):
        said = clause[0].strip(" ,，…")
        person = len(said) <= _PERSON_MAX and not said.endswith(_NO_PERSON)
        where = _PART_OF_ADDRESS.search(said) is not None or person
        if said and (said.startswith(talk) or not where):
            yield clause.start()


_BEHIND_A_COMMA = re.compile("[,，…][^,，…]+")
_PART_OF_ADDRESS = re.compile(
    r"[0-9]{5}|[0-9一二三四五六七八九十a-z](?:号|栋|幢|楼|室|单元|弄|座|院|门|层|期|区)|[省市区县镇乡村路街巷弄栋幢室苑园厦场店院府校](?:内|里|旁|口|门|东|西|南|北|对面|附近|隔壁|后|前|$)"
)
_PERSON_MAX = 4
"""The name of who receives it: 张三, 欧阳先生."""
_NO_PERSON = ("了", "谢", "吧", "呀", "呢", "哦", "嘛")
"""How no name ends, but thanks and talk: 可烦了, 子谢."""
_ADDRESS = re.compile(r"[ :是为到]{0,4}(?:(?:改|换|写|填)[成为到]?(?:是|:)? ?)?(?P<all>[^\n。;!?|\0]{4,200})")
_TORN_LABEL = re.compile(r"[送寄][^\n,，。;!?送寄]{1,16}(?P<to>[到往至])(?=[\u4e00-\u9fff]{2})")
_STREET_OR_HOUSE = re.compile(
    r"[省市区县镇乡村路街道巷弄].{0,80}?[号栋幢楼室元区厦场寓园苑村路街]|[园苑院寓村].{0,12}?[0-9一二三四五六七八九十] ?(?:号|栋|幢|单元|室|楼)"
)
_STREET = re.compile(r"[省市区县镇乡村路街道巷弄].{0,80}?[号栋幢楼室元区厦场寓园苑村路街]")
_OF_SOMEBODY = re.compile("[我你他她咱俺]|楼下|附近|旁边|隔壁|对面")
_HOUSE = re.compile(r"[\d一二三四五六七八九十百] ?(?:号|栋|幢|楼|室|单元|弄|座|院)")
_PLAIN_ADDRESS = re.compile(
    r"(?P<all>(?:[一-龥]{2,6}省|[一-龥]{2,3}市|北京|上海|天津|重庆|[一-龥]{2,8}自治区)[一-龥]{0,12}(?:市|区|县)[^\n。;!?\0]{2,80}?(?:号|室|楼|栋|单元|路|街)[^\n。;!?\0]{0,60})"
)
_NEAR_ADDRESS = re.compile(
    r"(?:^|[\s,，:])(?:[我他她咱]?(?:们|家)?(?:就?住)?在|地点是|送|寄)?(?P<all>(?![我他她咱]|家在|住在)[一-龥]{2,8}?"
    r"(?:路|街|巷|大道|小区|花园|苑|村|家属院|公寓|新村|社区|宿舍)[一-龥]{0,6}[0-9一二三四五六七八九十]{1,5} ?(?:号|栋|幢|弄|单元|组)[^\n。;!?\0]{0,60})"
)
"""An address in the shop's own town: 建设路52号3单元402."""
_SHORTEST_ADDRESS = 6
_FRONT_MAX = 12
PROVINCE_OR_CITY = re.compile(r"[一-龥]{2,6}省|[一-龥]{2,3}市|北京|上海|天津|重庆|[一-龥]{2,8}自治区")
_PLACE = r"(?=[一-龥]{2,6}省|[一-龥]{2,3}[市区]|北京|上海|天津|重庆|[一-龥]{2,8}自治区)"
_IN_FRONT_OF_A_PLACE = re.compile(rf"[一-龥]{_PLACE}")
_LED_TO_A_PLACE = re.compile(rf"[一-龥]{{0,2}}(?:[到往]|址[:：是为到]?){_PLACE}")
_LEADS_HEARD = frozenset(map(heard, (*"到往至", *"了着去")))
_CLAUSE = re.compile(r"[^ ,]+")
_SPOKEN_TO = re.compile(r"[您你吗呢哈啦]|^(.)\1{2,}$")
