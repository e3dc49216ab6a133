"""Counts and periods typed in latin letters, written as everybody else writes them: yi ge yue, nian ka,
30 ge, two keys, one month. Readers then need to know each word only once."""

from __future__ import annotations

import re
from collections.abc import Iterator

Rewritten = tuple[int, int, str]
"""`start:end` of a text, and what to read instead."""

_SPELLED = {"yi": "一", "er": "二", "liang": "两", "san": "三", "si": "四", "wu": "五"} | {
    "liu": "六", "qi": "七", "ba": "八", "jiu": "九", "shi": "十", "ban": "半"
}  # fmt: skip
_COUNTED = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"],
        [*range(1, 11), 12],
        strict=True,
    )
)
_MEASURES = {"ge": "个", "zhang": "张", "fen": "份", "tao": "套"}
_PERIODS = {"yue": "月", "ji": "季", "nian": "年", "zhou": "周", "tian": "天"}
_PLURALS = "copies|keys|cards|codes|pcs|pieces|vouchers|coupons|licen[sc]es|tickets|packs|units|subscriptions|memberships|accounts"

_WISHES = "want|need|buy|get|me|order|take|please|pls|gimme|like|and|plus|hi|hello"
_OTHER_THINGS = (
    "years?|months?|weeks?|days?|hours?|hrs?|mins?|minutes?|times?|friends?|kids?|sons?|daughters?|people|persons?|guys|"
    "brothers?|sisters?|students?|customers?|phones?|numbers?|players?|of|or|to|more than|different|hundred|thousand"
)
_SOLD = "cards?|vouchers?|coupons?|codes?|tickets?|keys?"
_PRICE = r"(?:hk|us|au|nt|s|a|c|ca)?\$ ?\d|[¥£€] ?\d|\d+(?:\.\d+)? ?(?:usd|dollars?|bucks|hkd|jpy|yen|eur|euros?|gbp|rmb|cny|yuan)(?![a-z])"

_TOLD_BY_SOUND = "yi|liang|san|si|wu|liu|qi|jiu"
"""Not shi of 要的shi张一百的, ba and er, which are words of their own."""

_LATIN = re.compile("[a-z]")
_NUMBER = rf"(?<![a-z])(?:{'|'.join(_SPELLED)})"
_PINYIN = re.compile(
    rf"(?:(?P<number>{_NUMBER})|(?<=\d)) ?(?P<measure>{'|'.join(_MEASURES)})(?: ?(?P<of>yue|ji du|nian))?(?![a-z])"
    rf"|(?<![a-z])(?P<spelled>{_TOLD_BY_SOUND})(?= ?(?:[个张份套条台]|[年月周季天][卡的]?)(?![a-z]))"
    rf"|(?P<long>{_NUMBER}) ?(?P<period>nian|tian|zhou)(?: ?(?P<card>ka))?(?![a-z])"
    rf"|(?<![a-z])(?P<kind>{'|'.join(_PERIODS)}) ?ka(?![a-z])"
)
_ENGLISH = re.compile(
    rf"(?<![a-z0-9.])(?P<number>{'|'.join(_COUNTED)})"
    rf"(?=(?P<period> (?:months?|years?|weeks?|days?)(?![a-z]))|(?P<named>(?: [a-z0-9]+){{0,4}}? (?:{_PLURALS})(?![a-z])))"
    rf"|(?<![a-z0-9.])(?P<digits>[1-9]\d?)(?P<thing> (?:{_PLURALS}|copy|piece)| ?(?:pcs|ea))(?![a-z0-9])"
    rf"|(?P<in_front>(?<![a-z0-9.] )(?<![a-z0-9.$])|(?<![a-z])(?:{_WISHES}) )(?P<pieces>[1-9]\d?)(?: ?x)?"
    rf"(?! (?:{_OTHER_THINGS})(?![a-z]))"
    rf"(?=(?: [a-z]+){{1,6}} (?:{_PRICE})|(?: [a-z]+){{1,4}}? (?:{_SOLD}) \d)"
)
"""A number in front of goods that are named with their price counts them: I want 2 google play 25 usd, 3 jd cards 100. Behind
another word it may be a part of a name (windows 11 pro)."""


def rewritten(text: str) -> Iterator[Rewritten]:
    """What of a plain text is to be read otherwise, left to right."""
    if _LATIN.search(text) is None:
        return
    found = [(match.start(), match.end(), _in_chinese(match)) for match in _PINYIN.finditer(text)]
    for match in _ENGLISH.finditer(text):
        if match["pieces"]:
            found.append((match.start("pieces"), match.end(), match["pieces"] + "张"))
            continue
        number = match["digits"] or str(_COUNTED[match["number"]])
        counts = match["thing"] or (match["named"] and not match["period"])
        found.append((match.start(), match.end(), f"{number}张" if counts else number))
    end = 0
    for start, stop, said in sorted(found):
        if start >= end:
            yield start, stop, said
            end = stop


def _in_chinese(match: re.Match[str]) -> str:
    if match["spelled"]:
        return _SPELLED[match["spelled"]]
    if match["kind"]:
        return _PERIODS[match["kind"]] + "卡"
    if match["long"]:
        return _SPELLED[match["long"]] + _PERIODS[match["period"]] + ("卡" if match["card"] else "")
    number = _SPELLED[match["number"]] if match["number"] else ""
    period = _PERIODS.get((match["of"] or "").split(" ")[0], "")
    return number + _MEASURES[match["measure"]] + period
