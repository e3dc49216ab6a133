"""Where a parcel goes: the text behind 地址 or 寄到, or what reads like a place with a house number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from nlu.lexicon import Lexicon
from nlu.page import Mark
from nlu.sounds import heard


def addresses(text: str, lexicon: Lexicon) -> list[Mark[tuple[int, int] | None]]:
    """Where addresses stand. The value is where the label stands that introduced one, if any did."""
    marks: list[Mark[tuple[int, int] | None]] = []
    if not _STREET.search(text):
        return marks
    places = lexicon.words("accounts.places")
    for word in lexicon.accounts["address"].labels:
        at = text.find(word)
        while at >= 0:
            start = at + len(word)
            found = _ADDRESS.match(text, start)
            if found and sum(place in found["all"] for place in places) >= 2:
                marks.append(_without_thanks(found, lexicon, (at, start)))
            at = text.find(word, start)
    if not marks and _HOUSE.search(text):
        marks += [_without_thanks(plain, lexicon, None) for plain in _PLAIN_ADDRESS.finditer(text)]
    return marks


def without_label(typed: str, lexicon: Lexicon) -> str:
    """An address as it was typed for an answer, without the words that only say that it is one."""
    front = "|".join(map(re.escape, lexicon.words("accounts.address_front")))
    labels = "|".join(sorted(map(re.escape, lexicon.accounts["address"].labels), key=len, reverse=True))
    bare = re.sub(rf"^(?:(?:{front}|[ ,，])*(?:{labels})[\s:：是为到]*)+", "", typed)
    return bare or typed


def _without_thanks(
    found: re.Match[str], lexicon: Lexicon, label: tuple[int, int] | None
) -> Mark[tuple[int, int] | None]:
    """Thanks, questions and a telephone of its own end an address that goes on in the same line."""
    words = lexicon.words("accounts.after_address")
    ends = [at for word in words if (at := found["all"].find(word)) > _SHORTEST_ADDRESS]
    ends += [at for at in _remarks(found["all"], lexicon) if at > _SHORTEST_ADDRESS]
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
    return re.compile("|".join(lexicon.words("accounts.provinces")))


def _misheard_lead(text: str) -> re.Match[str] | None:
    """寄盗杭州市: what sounds like 到 in front of a province or a city."""
    led = _LED_TO_A_PLACE.match(text)
    return led or (_IN_FRONT_OF_A_PLACE.match(text) if text and heard(text[0]) in _LEADS_HEARD else None)


@lru_cache(maxsize=4)
def _lead(lexicon: Lexicon) -> re.Pattern[str]:
    """What stands between the label of an address and its first place: 为, 寄到, 哎呀."""
    words = sorted(lexicon.words("accounts.fillers"), key=len, reverse=True)
    spoken = "|".join(map(re.escape, words))
    return re.compile(rf"(?:{spoken}|[到往至寄送发给为是在址:, ]|\[[^\]]{{1,3}}\])+(?=[\u4e00-\u9fff]{{2}})")


@lru_cache(maxsize=4)
def _fillers(lexicon: Lexicon) -> re.Pattern[str]:
    """What is no address at its end: pictures, and sounds set apart from it."""
    words = sorted(lexicon.words("accounts.fillers"), key=len, reverse=True)
    spoken = rf"[\s,，~…](?:{'|'.join(map(re.escape, words))})"
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


_ADDRESS = re.compile(r"[ :是为到]{0,4}(?:(?:改|换|写|填)[成为到]?(?:是|:)? ?)?(?P<all>[^\n。;!?|\0]{4,200})")
_STREET = re.compile(r"[省市区县镇乡村路街道巷弄].{0,80}?[号栋幢楼室元区厦场寓园苑村路街]")
_HOUSE = re.compile(r"[\d一二三四五六七八九十百] ?(?:号|栋|幢|楼|室|单元|弄|座|院)")
_PLAIN_ADDRESS = re.compile(
    r"(?P<all>(?:[一-龥]{2,6}省|[一-龥]{2,3}市|北京|上海|天津|重庆|[一-龥]{2,8}自治区)[一-龥]{0,12}(?:市|区|县)[^\n。;!?\0]{2,80}?(?:号|室|楼|栋|单元|路|街)[^\n。;!?\0]{0,60})"
)
_SHORTEST_ADDRESS = 6
_FRONT_MAX = 12
_PLACE = r"(?=[一-龥]{2,6}省|[一-龥]{2,3}市|北京|上海|天津|重庆|[一-龥]{2,8}自治区)"
_IN_FRONT_OF_A_PLACE = re.compile(rf"[一-龥]{_PLACE}")
_LED_TO_A_PLACE = re.compile(rf"[一-龥]{{0,2}}[到往]{_PLACE}")
_LEADS_HEARD = frozenset(map(heard, (*"到往至", *"了着去")))
_CLAUSE = re.compile(r"[^ ,]+")
_SPOKEN_TO = re.compile(r"[您你吗呢哈啦]|^(.)\1{2,}$")
