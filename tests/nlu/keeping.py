"""Edits that keep the meaning: another way to write, to pause, to be polite or to put in order."""

from __future__ import annotations

import random
import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

from nlu.segmenter import Segmenter
from nlu.sounds import syllable
from tests.bench.made_catalog import sounding_alike
from tests.nlu.mutations import Base, Mutation, edit, keeping, lexicon
from tests.nlu.numbers_spelled import ACCENTED, spelled

FILLERS = ("嗯", "呃", "额", "那个", "就是", "哈", "啊", "那啥", "emmm", "……", "。。。", "，", " ", "~", "～～", "!", "😂",
           "🙏", "👍", "[玫瑰]", "[呲牙]", "哎呀", "这个嘛", "嗯嗯", "hhh", "（笑）", "ing")  # fmt: skip
IN_FRONT = ("老板，", "你好，", "您好 ", "在吗？", "亲，", "哈喽～", "客服你好，", "麻烦了，", "请", "那个，", "急急急！", "hi ",
            "晚上好，", "老板在吗，", "打扰一下，", "师傅，", "小二，", "谢谢，", "不好意思，", "您好打扰了\n")  # fmt: skip
BEHIND = ("，谢谢", "，谢谢啦", "谢谢老板", "，麻烦了", "，辛苦了", "，快点哈", "，急用", "🙏", "～", "！！！", "。", "，感谢",
          "，拜托了", " thx", "，多谢", "哈", "，尽快哦", "，在线等", "\n谢谢", "，祝生意兴隆")  # fmt: skip
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202d\u202e\u2060\ufeff\u00ad\ufe0f"
CONTROLS = "\x00\x01\x07\x08\x0b\x0c\x1b\x1f\x7f\x85\u2028\u2029\ufffd\u180e\u061c\u115f\u3164\u034f"
_LINE_ENDS = dict.fromkeys(map(ord, "\u2028\u2029\x85\x0b\x0c"))
_NO = frozenset("不别没无非勿莫未否改换错取消退如若吗么嘛呢和跟与及或还是去区服")
_CLAUSES = re.compile(r"[，,。；;\n]+")
_TRADITIONAL = tuple(OpenCC(table) for table in ("s2t", "s2tw", "s2hk"))


@cache
def sized() -> frozenset[str]:
    """Characters that are or count numbers: no sound, no slip may touch or make them."""
    words = (*lexicon().words("signs.facet_characters"), *lexicon().words("signs.numeral_characters"))
    return frozenset(
        "".join((*words, *(word for word in lexicon().words("quantities.measure_words") if len(word) == 1)))
        + "零〇幺洞拐勾俩仨双壹贰叁肆伍陆柒捌玖拾佰仟廿几数多两张份套台次件折毛点号第前后个"
    )


def numbers_in(base: Base) -> list[tuple[int, int]]:
    """Numbers in ASCII digits that are a size or a count, and no part of a recipient or a name."""
    return [
        (start + found.start(), start + found.end())
        for start, end, _ in base.places("variant", "quantity")
        for found in re.finditer(r"(?<![\d.,a-zA-Z])\d{1,5}(?![\d.,])", base.text[start:end])
        if not base.kept & set(range(start + found.start(), start + found.end()))
    ]


def outside(base: Base) -> list[int]:
    """Places between characters where something may be put: not inside numbers, words of latin
    letters or recipients."""
    text = base.text
    return [
        at
        for at in range(1, len(text))
        if at not in base.kept
        and at - 1 not in base.kept
        and at in _word_ends(base.text)
        and at not in _named(base)
        and not (
            text[at - 1].isascii() and text[at].isascii() and text[at - 1].isalnum() and text[at].isalnum()
        )
    ]


@cache
def _segmenter() -> Segmenter:
    return Segmenter(word for word in lexicon().vocabulary() if len(word) > 1)


@lru_cache(maxsize=8192)
def _word_ends(text: str) -> frozenset[int]:
    """Nobody pauses inside a word of two syllables."""
    ends, at = set[int](), 0
    for word in _segmenter().words(text):
        at = text.find(word, at) + len(word) if text.find(word, at) >= 0 else at
        ends.add(at)
    return frozenset(ends)


def _named(base: Base) -> set[int]:
    """Places inside the goods' names and the sizes: a slip there is another kind of edit."""
    return {
        at for start, end, _ in base.places("product", "variant", "quantity") for at in range(start + 1, end)
    }


def put(text: str, at: int, what: str) -> str:
    return text[:at] + what + text[at:]


@edit
def homophone(base: Base, chance: random.Random) -> Mutation | None:
    """话费 as 话废; also of a word of stance (布要, 曲消), which people type as well."""
    places = [
        at
        for at, character in enumerate(base.text)
        if "\u4e00" <= character <= "\u9fff" and character not in sized() and at not in base.kept
    ]
    if not places:
        return None
    at = chance.choice(places)
    others = [
        other
        for other in sounding_alike().get(syllable(base.text[at]) or "", ())
        if other != base.text[at] and other not in sized() and other not in _NO
    ]
    if not others:
        return None
    return keeping("homophone", base, base.text[:at] + chance.choice(others) + base.text[at + 1 :])


@edit
def traditional(base: Base, chance: random.Random) -> Mutation | None:
    table = chance.choice(_TRADITIONAL)
    text = "".join(
        character if at in base.kept else table.convert(character) for at, character in enumerate(base.text)
    )
    return keeping("traditional", base, text)


@edit
def full_width(base: Base, chance: random.Random) -> Mutation | None:
    """All of the message or one stretch of it as a Chinese keyboard types it."""
    start, end = (
        (0, len(base.text)) if chance.random() < 0.5 else sorted(chance.sample(range(len(base.text) + 1), 2))
    )
    words = {at for at in base.kept if not _numeric(base)}
    text = "".join(
        chr(ord(character) + 0xFEE0)
        if start <= at < end and "!" <= character <= "~" and at not in words
        else character
        for at, character in enumerate(base.text)
    )
    return keeping("full_width", base, text)


@edit
def number_spelled(base: Base, chance: random.Random) -> Mutation | None:
    """100 as 一百, 壹佰, １００, 1️⃣0️⃣0️⃣, ①…"""
    found = numbers_in(base)
    if not found:
        return None
    start, end = chance.choice(found)
    ways = spelled(int(base.text[start:end]), base.text[end : end + 1])
    return keeping("number_spelled", base, base.text[:start] + chance.choice(ways) + base.text[end:])


@edit
def foreign_digits(base: Base, chance: random.Random) -> Mutation | None:
    """Digits of other scripts, all of them or one: they look alike or are the same number."""
    places = [at for at, character in enumerate(base.text) if character in "0123456789"]
    if not places or not _numeric(base):
        return None
    some = set(
        places if chance.random() < 0.5 else chance.sample(places, min(len(places), chance.randint(1, 3)))
    )
    zero = chance.choice(ACCENTED)
    text = "".join(
        zero(int(character)) if at in some else character for at, character in enumerate(base.text)
    )
    return keeping("foreign_digits", base, text)


@edit
def filler(base: Base, chance: random.Random) -> Mutation | None:
    text = base.text
    for at in sorted(
        chance.sample(outside(base), min(len(outside(base)), chance.randint(1, 3))), reverse=True
    ):
        said = chance.choice(FILLERS)
        if said.isascii() and text[:at].rstrip().endswith((":", "：")):
            continue  # id: hhh would be an account of that name
        if _between_numbers(text, at) and "，" in said:
            continue  # two numbers with a comma between them are a list, and without one they are a question
        if (
            said.isascii()
            and said[-1].isalpha()
            and text[at : at + 1].isascii()
            and text[at : at + 1].isalpha()
        ):
            continue  # emmmmuch is another word
        joins = said in ("，", "、", " ", "~", "……") or not said.isascii()
        if joins or not (text[at - 1 : at].isalnum() and text[at - 1 : at].isascii()):
            text = put(text, at, said)
    return keeping("filler", base, text)


def _between_numbers(text: str, at: int) -> bool:
    return text[:at].rstrip()[-1:].isdigit() and text[at:].lstrip()[:1].isdigit()


@edit
def politeness(base: Base, chance: random.Random) -> Mutation | None:
    front, behind = chance.choice((("", 1), (1, ""), (1, 1)))
    said_first, said_last = chance.choice(IN_FRONT) if front else "", chance.choice(BEHIND) if behind else ""
    if said_last[:1].isalpha() and len(base.text) - 1 in base.kept and not _numeric(base):
        return None  # 哈 without a pause behind the name of a player is a part of it
    text = said_first + base.text + said_last
    return keeping("politeness", base, text)


@edit
def clauses_swapped(base: Base, chance: random.Random) -> Mutation | None:
    """The number first, then the goods; or the rows of a list in another order."""
    # A number that is broken over lines is one clause: with its parts swapped it says another number.
    cuts = [found for found in _CLAUSES.finditer(base.text) if not base.kept & set(range(*found.span()))]
    starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(base.text)]
    pieces = [base.text[start:end] for start, end in zip(starts, ends, strict=True)]
    clauses = [clause for clause in pieces if clause.strip()]
    if len(clauses) < 2 or not (base.plain_order and len(base.lines) == 1) or not _numeric(base):
        return None
    return keeping(
        "clauses_swapped", base, chance.choice("，,\n。 ").join(chance.sample(clauses, len(clauses)))
    )


@edit
def rows_reordered(base: Base, chance: random.Random) -> Mutation | None:
    rows = [row for row in base.text.split("\n") if row.strip()]
    whole = all(line[2] and line[2] in re.sub(r"[ -]", "", base.text) for line in base.lines)
    if len(rows) < 2 or not base.plain_order or len(rows) != len(base.lines) or not whole:
        return None
    return keeping("rows_reordered", base, "\n".join(chance.sample(rows, len(rows))))


@edit
def line_breaks(base: Base, chance: random.Random) -> Mutation | None:
    end = chance.choice(("\n", "\r\n", "\n\n", " \n", "\n\n\n\n"))
    if "\n" in base.text:
        return keeping("line_breaks", base, base.text.replace("\n", end) + chance.choice(("", end)))
    places = [
        found.start() for found in re.finditer("[，,。；]", base.text) if found.start() not in base.kept
    ]
    if not places:
        return None
    at = chance.choice(places)
    return keeping("line_breaks", base, base.text[:at] + end + base.text[at + 1 :])


@edit
def punctuation(base: Base, chance: random.Random) -> Mutation | None:
    """Marks left out, doubled or others in their place; never so that two numbers meet."""
    way = chance.choice(
        (
            "" if base.plain_order or not base.complete else "，",
            "  ",
            "，，",
            "。",
            "…",
            "~",
            "!",
            ";",
            "/",
            "|",
            "·",
        )
    )
    characters = list(base.text)
    meeting = re.search(r"[a-zA-Z0-9][，,。！!～~；; ]+[a-zA-Z0-9]", base.text) is not None
    for at, character in enumerate(base.text):
        beside = base.text[max(0, at - 1) : at], base.text[at + 1 : at + 2]
        meets = all(c.isascii() and c.isalnum() for c in beside)
        if character in "，,。！!～~；; " and at not in base.kept and not meets:
            characters[at] = way if way or not meeting else " "
    return keeping("punctuation", base, "".join(characters))


@edit
def number_spaced(base: Base, chance: random.Random) -> Mutation | None:
    """138 0013 8000, 1380013-8000, broken over two lines."""
    found = [(start, end) for start, end, _ in base.places("account") if base.text[start:end].isdigit()]
    if not found:
        return None
    start, end = chance.choice(found)
    digits, gap = (
        base.text[start:end],
        chance.choice((" ", "-", "  ", "\u3000", "—", "·", "\u00a0", " - ", "\n", "，", ".")),
    )
    if gap == "\n" and len(digits) != 11:
        return None  # two lines are two recipients, if each of them may be one
    if len(digits) == 11 and chance.random() < 0.6:
        groups = chance.choice(((3, 4, 4), (4, 3, 4), (4, 4, 3), (3, 3, 5), (3, 8), (7, 4)))
        cuts = [sum(groups[:count]) for count in range(1, len(groups))]
    else:
        cuts = sorted(chance.sample(range(1, len(digits)), min(len(digits) - 1, chance.randint(1, 3))))
    parts = [digits[one:other] for one, other in zip([0, *cuts], [*cuts, len(digits)], strict=True)]
    return keeping("number_spaced", base, base.text[:start] + gap.join(parts) + base.text[end:])


@edit
def number_spoken(base: Base, chance: random.Random) -> Mutation | None:
    """A recipient said digit by digit, with 幺 and 洞, with pauses."""
    found = [
        (start, end)
        for start, end, _ in base.places("account")
        if re.fullmatch(r"[0-9]{5,}", base.text[start:end])
    ]
    if not found:
        return None
    start, end = chance.choice(found)
    names = chance.choice(
        (
            "零一二三四五六七八九",
            "零幺二三四五六七八九",
            "洞幺两三四五六拐八勾",
            "〇一二三四五六七八九",
            "零壹贰叁肆伍陆柒捌玖",
        )
    )
    spoken = "".join(names[int(digit)] for digit in base.text[start:end])
    if len(spoken) == 11 and chance.random() < 0.5:
        pause = chance.choice(("，", " ", "、", "…", "呃", "嗯"))
        spoken = pause.join((spoken[:3], spoken[3:7], spoken[7:]))
    return keeping("number_spoken", base, base.text[:start] + spoken + base.text[end:])


@edit
def invisible(base: Base, chance: random.Random) -> Mutation | None:
    """Zero-width and direction marks anywhere, inside numbers too."""
    text = base.text
    for _ in range(chance.randint(1, 5)):
        text = put(text, chance.randint(0, len(text)), chance.choice(INVISIBLE))
    return keeping("invisible", base, text)


@edit
def control_characters(base: Base, chance: random.Random) -> Mutation | None:
    """What terminals and broken keyboards send. Some of it ends a line, and no line ends inside a word."""
    text, ends = base.text, _word_ends(base.text)
    for at in sorted((chance.randint(0, len(text)) for _ in range(chance.randint(1, 4))), reverse=True):
        control = chance.choice(CONTROLS if at in ends else CONTROLS.translate(_LINE_ENDS))
        if not {at, at - 1} & base.kept or _numeric(base):
            text = put(text, at, control)
    return keeping("control_characters", base, text)


@edit
def capitals(base: Base, chance: random.Random) -> Mutation | None:
    way = chance.choice((str.upper, str.lower, str.title))
    kept = base.kept if not _numeric(base) else frozenset()
    text = "".join(c if at in kept else way(c) for at, c in enumerate(base.text))
    return keeping("capitals", base, text)


@edit
def look_alikes(base: Base, chance: random.Random) -> Mutation | None:
    """Cyrillic and mathematical letters for latin ones."""
    places = [at for at, c in enumerate(base.text) if c.isascii() and c.isalpha() and at not in base.kept]
    if not places:
        return None
    characters = list(base.text)
    for at in chance.sample(places, min(len(places), chance.randint(1, 3))):
        characters[at] = _look_alike(characters[at], chance)
    return keeping("look_alikes", base, "".join(characters))


@edit
def padded(base: Base, chance: random.Random) -> Mutation | None:
    """A very long message around the same few words; behind what is read, nothing is ordered."""
    stuff = chance.choice(("啊", " ", "呵呵", "~", "\n", "。", "😂", "急", "a", "老板"))
    length = chance.choice((20, 50, 50, 100, 100, 300, 300, 1900, 2500))
    pad = (stuff * length)[:length]
    front = chance.random() < 0.5 or not _numeric(base)
    return keeping("padded", base, pad + " " + base.text if front else base.text + " " + pad)


def _look_alike(character: str, chance: random.Random) -> str:
    cyrillic = dict(zip("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ", strict=True))
    bold = chr(
        ord(character)
        - ord("a" if character.islower() else "A")
        + (0x1D41A if character.islower() else 0x1D400)
    )
    return chance.choice((cyrillic.get(character, bold), bold, unicodedata.normalize("NFKC", bold)))


def _numeric(base: Base) -> bool:
    """Whether all recipients are numbers, so that their spelling does not matter."""
    return all(line[2] is None or line[2].isdigit() for line in base.lines)
