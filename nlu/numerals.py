"""Numbers as people write and say them, read by place value, exact or openly not exact.

一百五 is 150, 一百零五 is 105; 三五百, 十几 and 100多 are no single number, and nobody may
read one out of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from nlu.alternations import any_of
from nlu.lexicon import Lexicon
from nlu.page import Mark
from nlu.words import Words


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, both ends included.

    `exact` is False for a range and for everything approximate (百来, 100左右, 三五百, 十几),
    also where both ends happen to be the same.
    """

    low: Decimal
    high: Decimal
    exact: bool = True
    arabic: bool = False
    """Whether it was written in digits 0-9 (perhaps with a 万, k or w behind)."""
    shortened: bool = False
    """The last place was left out: 一百五, 3万5. A measure word behind makes it ambiguous."""

    @property
    def value(self) -> Decimal | None:
        """The one number that was meant, or None when no one number was."""
        return self.low if self.exact else None


def number_at(text: str, start: int) -> Mark[Number] | None:
    """The longest number that begins at `start`, or None."""
    string = _DIGIT_STRING.match(text, start)
    if string and (mark := _digit_string(text, string)):
        return mark
    vague = _VAGUE_HUNDREDS.match(text, start)
    if vague:
        largest = Decimal(_SCALES[vague[0][0]])
        return Mark(Number(largest * 8 / 10, largest * 2, exact=False), start, vague.end())
    return _Sum(text, start).read()


@lru_cache(maxsize=64)
def numbers(text: str) -> tuple[Mark[Number], ...]:
    """All numbers of `text`, left to right, not overlapping. Linear in the text.

    Purely by form: 一 of 一起 is found too. Whoever asks decides what counts (`Lexicon` lists
    words in which a numeral counts nothing).
    """
    marks = []
    at = 0
    while found := _START.search(text, at):
        mark = number_at(text, found.start())
        if mark:
            marks.append(mark)
        at = mark.end if mark else found.end()
    return tuple(marks)


def numerals(text: str) -> Iterator[int]:
    """Where the characters stand with one of which every number begins."""
    return (found.start() for found in _START.finditer(text))


def number(text: str) -> Number | None:
    """The number that the whole of `text` is, or None."""
    mark = number_at(text, 0)
    return mark.value if mark and mark.end == len(text) else None


def hedged(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a word next to `start:end` says that the number there is only about right."""
    before, after, far = _hedges(lexicon)
    if far.search(text, max(0, start - _REACH), start):
        return True
    while start > 0 and text[start - 1] == " ":
        start -= 1
    while end < len(text) and text[end] == " ":
        end += 1
    return before.ending_at(text, start) is not None or after.starting_at(text, end) is not None


@lru_cache(maxsize=4)
def _hedges(lexicon: Lexicon) -> tuple[Words[str], Words[str], re.Pattern[str]]:
    return (
        Words.of(lexicon.words("numerals.about_before")),
        Words.of(lexicon.words("numerals.about_after")),
        re.compile(rf"{any_of(lexicon, 'numerals.about_far')}[一-龥]{{0,4}}$"),
    )


_REACH = 8
"""大概充个100: how far a hedge may stand from its number."""
DIGITS = {
    **dict(zip(["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"], range(10), strict=True)),
    **dict(zip(["〇", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"], range(10), strict=True)),
    "两": 2,
    "参": 3,
    "弍": 2,
}
_TENS = {"廿": 20, "卅": 30}
_PAIRS = {"俩": 2, "仨": 3}
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000}
_GREAT = {"万": 10_000, "w": 10_000, "亿": 100_000_000}

_COUNTED = ("张", "个", "份", "单", "套", "件", "台", "笔", "条", "只")
_START = re.compile(r"[0-9零〇一壹二贰弍两三叁参四肆五伍六陆七柒八捌九玖十拾百佰千仟廿卅俩仨几数]")
# Behind a factor a comma parts two items (500x2,200x3), elsewhere thousands.
_LITERAL = re.compile(r"(?<![x×*✕])(?<![x×*✕] )\d{1,3}(?:,\d{3})+(?![\d.x×*✕])|\d+(?:\.\d+)?")
_DIGIT_STRING = re.compile(r"[零〇一壹二贰三叁四肆五伍六陆七柒八捌九玖]{2,}")
_VAGUE_HUNDREDS = re.compile(
    r"百八十(?![一二三四五六七八九])|千八百(?![一二三四五六七八九])|百十来|百十[几多]?(?=[块元个张])|[百千万]来(?=[块元圆个张份])"
)
_FRACTION = re.compile(r"点([零〇一二三四五六七八九]{1,4})(?![十百千万点]|分|半|刻|钟|券)")
_SPOKEN_FRACTION = re.compile(r"点(\d{1,2})(?=\s*[元块折])")
_INDEFINITE = re.compile(r"[几数](?=[十百千万])")
_MORE = re.compile(
    r"\+(?=$|[\s,。的块元以!])|多(?!少|久|长|谢|送|种|大|次|快)|余(?!额)|大几|几(?![十百千万点])|来(?=[块元圆岁天月年小分个张份套件单次杯台笔条只毛刀美日港])"
)


def _digit_string(text: str, found: re.Match[str]) -> Mark[Number] | None:
    """六四八 is 648 said digit by digit; 三五 may be "three to five" and is left to the sum."""
    digits = [DIGITS[character] for character in found[0]]
    followed = text[found.end() : found.end() + 1]
    if followed in _SCALES or followed in _GREAT:
        if len(digits) == 2:
            return None
        # 一二三百: a list or a range, in any case no one number.
        scale = Decimal(_SCALES.get(followed, 0) or _GREAT.get(followed, 0))
        low, high = Decimal(min(digits)) * scale, Decimal(max(digits)) * scale
        return Mark(Number(low, high, exact=False), found.start(), found.end() + 1)
    if len(digits) == 2 and digits[1] != 0 and digits[0] != 0:
        if _neighbours(digits[0], digits[1]):
            return Mark(Number(Decimal(digits[0]), Decimal(digits[1]), exact=False), *found.span())
        # 六八 may be 68, or a list of two: nobody can know.
        both = Decimal(digits[0] * 10 + digits[1])
        return Mark(Number(both, both, exact=False), *found.span())
    value = Decimal(int("".join(map(str, digits))))
    return Mark(Number(value, value), *found.span())


def _neighbours(first: int, second: int) -> bool:
    """二三, 五六 and 三五 say "or so"."""
    return second == first + 1 or (first, second) == (3, 5)


class _Sum:
    """One number read by place value, one character at a time: each is looked at once."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start, self.at = text, start, start
        self.closed = Decimal(0)  # what stands in front of 万 and 亿
        self.low = self.high = Decimal(0)  # the section being read
        self.smallest = Decimal(100_000)  # the scale last used: the next has to be smaller
        self.open: tuple[Decimal, Decimal] | None = None  # digits that wait for their scale
        self.zero = self.exact = True
        self.arabic = self.shortened = self.any = False

    def read(self) -> Mark[Number] | None:
        while self.at < len(self.text) and self._step(self.text[self.at]):
            pass
        if not self.any:
            return None
        self._close_shortened()
        low, high = sorted((self.closed + self.low, self.closed + self.high))
        number = Number(low, high, self.exact, self.arabic, self.shortened)
        return self._with_more(self._with_fraction(Mark(number, self.start, self.at)))

    def _step(self, character: str) -> bool:
        if character.isascii() and character.isdigit():
            return self._literal()
        if character in DIGITS:
            return self._zero() if DIGITS[character] == 0 else self._digit(character)
        if character in _TENS or character in _PAIRS:
            return self._whole(character)
        if character in _SCALES:
            return self._scale(character)
        if character in _GREAT:
            return self._great(character)
        return self._indefinite() if character in "几数" else False

    def _literal(self) -> bool:
        found = _LITERAL.match(self.text, self.at)
        assert found is not None
        value = Decimal(found[0].replace(",", ""))
        if self.open is not None or (self.any and (self.closed == 0 or not self.exact)):
            # Behind a Chinese scale a digit ends the number it belongs to: 1百5, 2k5, 1千零1.
            if self.open is not None or not self.arabic or value >= self.smallest or "." in found[0]:
                return False
        elif self.any and value >= 10_000:
            return False
        self.open = (value, value)
        if not self.any:
            self.arabic = True
        elif len(found[0]) > 1:
            self.zero = True  # 3万4000 leaves nothing out
        return self._advance(found.end())

    def _zero(self) -> bool:
        following = self.text[self.at + 1 : self.at + 2]
        if self.open is not None or (self.zero and self.any):
            return False
        if self.any and not (following in DIGITS or following.isdigit() or following in ("十", "拾")):
            return False
        self.zero = True
        if not self.any:
            self.open = (Decimal(0), Decimal(0))
        return self._advance(self.at + 1)

    def _digit(self, character: str) -> bool:
        digit = DIGITS[character]
        following = self.text[self.at + 1 : self.at + 2]
        if self.open is not None:
            return False
        if character == "两" and self.any and following not in _SCALES:
            return False  # 一百两张: two of them, not 120
        if (
            character == "一"
            and self.any
            and not self.zero
            and self.smallest >= 100
            and following in _COUNTED
        ):
            return False  # 五百一张: one of 500
        pair = (Decimal(digit), Decimal(digit))
        width = 1
        if following in DIGITS and DIGITS[following] and following != "两" and character != "零":
            if _neighbours(digit, DIGITS[following]):
                pair, width, self.exact = (Decimal(digit), Decimal(DIGITS[following])), 2, False
            elif not self.any:
                # 六八, 一三五 before a scale: no one number.
                pair, width, self.exact = (Decimal(digit), Decimal(DIGITS[following])), 2, False
        self.open = pair
        return self._advance(self.at + width)

    def _whole(self, character: str) -> bool:
        if self.any:
            return False
        if character in _PAIRS:
            self.open = (Decimal(_PAIRS[character]),) * 2
            self._advance(self.at + 1)
            return False
        self.low = self.high = Decimal(_TENS[character])
        self.smallest = Decimal(10)
        self.zero = False
        return self._advance(self.at + 1)

    def _scale(self, character: str) -> bool:
        scale = Decimal(_SCALES[character])
        if character == "k" and not self._latin_scale():
            return False
        if scale >= self.smallest:
            return False
        if self.open is None:
            if scale == 10:
                if self.any and not self.zero and self.smallest == 10:
                    return False
                self.open = (Decimal(1), Decimal(1))
            elif self.any or not self._hundred_and(scale):
                return False
            else:
                self.open = (Decimal(1), Decimal(1))
        low, high = self.open
        if low == 0:
            return False
        self.low, self.high = self.low + min(low, high) * scale, self.high + max(low, high) * scale
        self.open, self.smallest, self.zero = None, scale, False
        return self._advance(self.at + 1)

    def _hundred_and(self, scale: Decimal) -> bool:
        """百二 is 120 in speech; 百 alone, 百度 and 千万别 are no number."""
        following = self.text[self.at + 1 : self.at + 2]
        behind = self.text[self.at + 2 : self.at + 3]
        return (
            DIGITS.get(following, 0) > 0
            and following != "两"
            and following != ""
            and behind not in (*_SCALES, *_GREAT, *DIGITS)
        )

    def _great(self, character: str) -> bool:
        if not self.any or (character == "w" and not self._latin_scale()):
            return False
        if self.closed and self.closed < _GREAT[character] * 10 and character != "亿":
            return False
        if self.low + (self.open[0] if self.open else 0) == 0:
            return False
        self._close_open()
        scale = Decimal(_GREAT[character])
        if self.low != self.high:
            self.exact = False
        self.closed += self.low * scale
        if self.low != self.high:
            self.high, self.low = (self.high - self.low) * scale, Decimal(0)
        else:
            self.low = self.high = Decimal(0)
        self.smallest, self.zero = scale, False
        return self._advance(self.at + 1)

    def _indefinite(self) -> bool:
        found = _INDEFINITE.match(self.text, self.at)
        if not found or self.open is not None or (self.any and self.text[self.at] == "数"):
            return False
        self.open, self.exact = (Decimal(2), Decimal(9)), False
        return self._advance(found.end())

    def _latin_scale(self) -> bool:
        following = self.text[self.at + 1 : self.at + 2]
        return self.arabic and not (following.isascii() and following.isalpha())

    def _advance(self, to: int) -> bool:
        self.at, self.any = to, True
        return True

    def _close_open(self) -> None:
        if self.open is not None:
            self.low, self.high = self.low + self.open[0], self.high + self.open[1]
            self.open = None

    def _close_shortened(self) -> None:
        if self.open is not None and not self.zero and self.smallest >= 100 and self.open[0] < 10:
            place = self.smallest / 10
            self.open = (self.open[0] * place, self.open[1] * place)
            self.shortened = True
        self._close_open()

    def _with_fraction(self, mark: Mark[Number]) -> Mark[Number]:
        number = mark.value
        if not number.exact or number.shortened:
            return mark
        found = (
            _SPOKEN_FRACTION.match(self.text, mark.end)
            if number.arabic
            else _FRACTION.match(self.text, mark.end)
        )
        if not found or number.low != int(number.low):
            return mark
        digits = "".join(str(DIGITS.get(character, character)) for character in found[1])
        value = number.low + Decimal(f"0.{digits}")
        return Mark(replace(number, low=value, high=value), mark.start, found.end())

    def _with_more(self, mark: Mark[Number]) -> Mark[Number]:
        found = _MORE.match(self.text, mark.end)
        if not found or mark.value.low < 10:
            return mark
        end = found.end()
        scale = Decimal(_GREAT.get(self.text[end : end + 1], 1))  # 二百余万 goes on
        low, high = mark.value.low * scale, mark.value.high * scale
        wider = high + max(Decimal(9), high - 1)
        return Mark(replace(mark.value, low=low, high=wider, exact=False), mark.start, end + (scale > 1))
