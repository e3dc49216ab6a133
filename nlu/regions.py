"""The folk names of servers: `安卓q区`, `苹果微信`, `跨3a`, `电信2区` for the catalog's own names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import takewhile

from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.numerals import number
from nlu.sounds import pinyin

PINYIN_MIN = 4
SERVER = "区"
_NUMBER_ALONE = re.compile("[0-9一二三四五六七八九十百]+")
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")


def spellings_of(regions: Iterable[str], lexicon: Lexicon) -> Mapping[str, tuple[str, ...]]:
    """Squeezed spelling -> the regions (catalog's own names) that it may mean, for one product."""
    swaps = lexicon.groups("names.region_parts")
    carriers = {word for words in lexicon.groups("goods.carrier").values() for word in words}
    found: dict[str, dict[str, None]] = defaultdict(dict)
    regions = tuple(regions)
    known = {plain(region).replace(" ", "") for region in regions}
    ending = common_ending(regions)
    # 安卓QQ is said as 安卓QQ区 is.
    bare = tuple(part.removesuffix(SERVER) for part in swaps if part.endswith(SERVER))
    for region in regions:
        name = plain(region).replace(" ", "")
        shorter = [form for short in _without_letter(name, known) for form in _spellings(short, swaps)]
        shorter += [form for half in _in_two_scripts(region) for form in _spellings(half, swaps)]
        shorter += _spellings(name + SERVER, swaps) if name.endswith(bare) else ()
        for spelling in (*_spellings(name, swaps), *_without_ending(name, ending), *shorter):
            # 10 of 10服 is as well so many dollars.
            bare_number = _NUMBER_ALONE.fullmatch(spelling) is not None and spelling != name
            # 联通1 of 联通1区 is as well the beginning of 联通1G.
            bare_number = bare_number or (spelling[-1:].isdecimal() and spelling[:-1] in carriers)
            if (
                len(spelling) > 1
                and not bare_number
                and (spelling not in carriers or spelling == plain(region))
            ):
                found[spelling][region] = None
                if (typed := _in_pinyin(spelling)) is not None:
                    found[typed][region] = None
    return {spelling: tuple(meant) for spelling, meant in found.items()}


def common_ending(regions: Iterable[str]) -> str:
    """What all the regions of a product end with and nobody needs to say: 校区 of 南湖校区 and 东校区."""
    names = [plain(region).replace(" ", "") for region in regions]
    if len(names) < 2:
        return ""
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*map(reversed, names), strict=False))
    return "".join(column[0] for column in alike)[::-1]


def _without_ending(region: str, ending: str) -> Iterator[str]:
    """南湖 of 南湖校区; 东校 and 东区 of 东校区."""
    own = region[: len(region) - len(ending)]
    if ending and own:
        yield own
        yield own + ending[0]
        yield own + ending[-1]


def _in_two_scripts(region: str) -> tuple[str, ...]:
    """Asia and 亚服 of Asia 亚服."""
    halves = plain(region).split()
    return tuple(halves) if len(halves) == 2 and halves[0].isascii() != halves[1].isascii() else ()


def _in_pinyin(region: str) -> str | None:
    """guanfu for 官服; None where a server's name holds more than characters, or its pinyin may be anything."""
    if _CHINESE.fullmatch(region) is None:
        return None
    typed = pinyin(region)
    return typed if typed is not None and len(typed) >= PINYIN_MIN else None


def _without_letter(region: str, known: Set[str]) -> Iterator[str]:
    """跨三 of 跨三A, which may be 跨三B as well."""
    short = region[:-1]
    if len(short) > 1 and "a" <= region[-1] <= "z" and not short[-1].isascii() and short not in known:
        yield short


def _spellings(region: str, swaps: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    forms = {region}
    forms |= {_in_digits(form) for form in forms}
    forms |= {_short(form) for form in forms}
    for word, others in swaps.items():
        forms |= {form.replace(word, other) for form in forms if word in form for other in others}
    forms |= {_short(form) for form in forms}
    for form in list(forms):
        for word in swaps:
            for part in (word, *swaps[word]):
                if form.startswith(part) and len(form) > len(part):
                    rest = _short(form[len(part) :])
                    # 安卓QQ for 手Q安卓
                    forms |= {rest + other + end for other in (word, *swaps[word]) for end in ("", SERVER)}
    yield from forms


def _in_digits(text: str) -> str:
    """电信一区 as 电信1区; 跨十 is left alone."""
    return "".join(
        str(int(read.low))
        if (read := number(character)) and not character.isdigit() and read.exact and read.low < 10
        else character
        for character in text
    )


def _short(region: str) -> str:
    """Without the word for `server` at the end: 电信一区 is said 电信一."""
    for ending in ("专区", "大区", "服务器", "区", "服"):
        if region.endswith(ending) and len(region) - len(ending) >= 2:
            return region[: -len(ending)]
    return region
