"""How each word of a name may be written: brands by their nicknames and parts, tiers by their synonyms.

`nlu/naming.py` decides which words of a name are said; this decides how they are spelled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from functools import cache
from itertools import pairwise, takewhile

from nlu.naming import Namer
from nlu.roles import QUALIFYING, STRONG, Form, Role, Token
from nlu.scripts import all_chinese
from nlu.sounds import initials, pinyin

PARTIAL_COST = 0.3
"""What it costs to say a brand by its first or last characters alone. Such forms are never guessed at."""
ENDING_COST = 0.7
"""What it costs to say it by its last two characters: whoever goes by these alone is meant first."""
KIND_IN_FRONT_COST = 0.1
KIND_MAX = 3
"""A longer word behind a brand is a name of its own."""
_VERSION_WORD = "版"
INITIALS_COST = 0.2
OTHER_TIER_COST = 0.5
"""What it costs to say a tier by its other name (超级会员 for SVIP): goods that have that very name are meant first."""
LETTERS_COST = 0.1
"""What it costs to say a brand of two or three letters by their names: 优优 for UU."""
LETTERS_MAX = 3
VERSION_COST = 0.4
"""What it costs to leave the version of a program out."""


class Spellings:
    """Spells names; remembers in `partial` which spellings are but part of a brand."""

    def __init__(
        self,
        namer: Namer,
        common: Set[str],
        talk: Set[str] = frozenset(),
        units: Mapping[str, tuple[str, ...]] | None = None,
        own: Set[str] = frozenset(),
        wanted: Callable[[str], bool] | None = None,
        letters: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`common`: words that alone may mean something else. `talk`: characters that no short form of
        a brand holds, since they are words by themselves (我要 of 我要活下去). `own`: words that some
        goods of a brand have beside it, and the others are not called by. `wanted`: which words need be
        spelled at all; by default every one. `letters`: what letters are called, one syllable each."""
        self._own = own
        self._letters = letters or {}
        self._wanted = wanted
        self._namer = namer
        self._common = common
        self._talk = talk
        self._units = units or {}
        """A unit that is a name -> how else it is written: qb for Q币."""
        self.partial: set[str] = set()
        self.lettered: set[str] = set()
        """Words that are nothing but the names of letters; 优优 may as well be somebody's name."""
        self.versionless: set[str] = set()
        """Words that have lost their version: a number behind one is another version, not a size."""

    def of(self, tokens: tuple[Token, ...]) -> Iterator[Form]:
        """The forms of a name with each token written in its several ways."""
        yield from _with_version_of_its_twin(tokens)
        for short in _with_short_year(tokens):
            yield from self._namer.forms(short)
        # of one name: its words stand in many of its forms
        spelled = cache(
            lambda token, alone: tuple(
                spelling for spelling in self._other_spellings(token, alone) if self.wants(spelling[0])
            )
        )
        yield from _with_initials(tokens)
        for form in self._namer.forms(tokens):
            yield form
            yield from self._with_qualifier_in_front(form)
            yield from self._respelled(form, spelled)

    def wants(self, word: str) -> bool:
        """Whether a word need be spelled."""
        return self._wanted is None or self._wanted(word)

    def strong_words(self, tokens: tuple[Token, ...]) -> Iterator[str]:
        """Each way to write each word that can name a product; every form of the name holds one of them."""
        strong = [token for token in tokens if token.role in STRONG]
        if not strong:
            yield "".join(token.text for token in tokens)
        for token in strong:
            yield token.text
            yield from (spelling for spelling, _ in self._other_spellings(token, alone=False))

    def _with_qualifier_in_front(self, form: Form) -> Iterator[Form]:
        """国区steam, 慢充话费: what sets a product apart may stand before its name."""
        for at, token in enumerate(form.tokens):
            if at and token.role in QUALIFYING:
                tokens = (token, *form.tokens[:at], *form.tokens[at + 1 :])
                yield Form("".join([part.text for part in tokens]), form.cost, tokens)
        yield from self._with_kind_in_front(form)

    def _with_kind_in_front(self, form: Form) -> Iterator[Form]:
        """儿童喜马拉雅, 儿童版喜马拉雅: the word behind a well-known brand that sets its goods apart."""
        if len(form.tokens) < 2 or any(token.role is not Role.BRAND for token in form.tokens[:2]):
            return
        brand, kind, *others = form.tokens
        short = all_chinese(kind.text) and 2 <= len(kind.text) <= KIND_MAX
        if short and len(self._namer.brand_spellings(brand.text)) > 1:
            rest = "".join([part.text for part in (brand, *others)])
            for front in (kind.text, kind.text + _VERSION_WORD):
                yield Form(front + rest, form.cost + KIND_IN_FRONT_COST, (kind, brand, *others))

    def _respelled(
        self, form: Form, spelled: Callable[[Token, bool], tuple[tuple[str, float], ...]]
    ) -> Iterator[Form]:
        """`spelled`: how else a word may be written, and whether it is said alone."""
        for at, token in enumerate(form.tokens):
            for spelling, cost in spelled(token, len(form.tokens) == 1):
                changed = Token(spelling, token.role, token.meaning)
                tokens = (*form.tokens[:at], changed, *form.tokens[at + 1 :])
                partial = cost in (PARTIAL_COST, ENDING_COST)
                respelled = Form("".join([part.text for part in tokens]), form.cost + cost, tokens)
                if partial:
                    self.partial.add(respelled.text)
                yield respelled
                if token.role is Role.BRAND:
                    for behind, generic in enumerate(tokens[at + 1 :], at + 1):
                        for short in self._namer.short_generics.get(generic.text, ()):
                            both = (
                                *tokens[:behind],
                                Token(short, Role.GENERIC, generic.meaning),
                                *tokens[behind + 1 :],
                            )
                            shorter = Form(
                                "".join([part.text for part in both]), form.cost + cost + 0.1, both
                            )
                            if partial:
                                self.partial.add(shorter.text)
                            yield shorter

    def _other_spellings(self, token: Token, alone: bool) -> Iterator[tuple[str, float]]:
        if token.role is Role.GENERIC:
            for short in self._namer.short_generics.get(token.text, ()):
                yield short, 0.1
        elif token.role is Role.CONTENT:
            for short in self._namer.short_generics.get(token.text, ()):
                yield short, 0.1
            for spelling in (token.text.removesuffix(_PACK), token.text + _PACK):
                known = self._namer.role_of(spelling)
                if spelling != token.text and known is not None and known[0] is Role.CONTENT:
                    yield spelling, 0.1
        elif token.role is Role.UNIT:
            for spelling in self._units.get(token.text, ()):
                yield spelling, 0.05
        elif token.role is Role.BRAND:
            brand = self._namer.brand_spellings(token.text)
            for spelling in brand if len(brand) > 1 else ():
                if spelling in self._own and spelling != token.text:
                    continue
                spoken = pinyin(spelling) if 2 <= len(spelling) <= 3 and all_chinese(spelling) else None
                if spoken is not None and len(spoken) >= 5:
                    yield spoken, 0.1
            for spelling in self._namer.brand_spellings(token.text):
                if spelling != token.text and spelling not in self._own:
                    yield spelling, 0.05
            for spelling in {token.text: None} | dict.fromkeys(self._namer.brand_spellings(token.text)):
                if (spoken := _LETTERS.sub(self._spoken, spelling)) != spelling:
                    if all_chinese(spoken) and len(spoken) <= LETTERS_MAX:
                        self.lettered.add(spoken)
                    yield spoken, LETTERS_COST
            if _NUMBERED.fullmatch(token.text):
                yield _DIGITS[int(token.text[0])] + token.text[1:], 0.05
            if version := _VERSIONED.fullmatch(token.text):
                yield from self._versions(version["word"], version["number"])
            if all_chinese(token.text) and len(token.text) >= 4:
                for length in range(2, len(token.text)):
                    company = token.text[:length] in self._namer.never_alone
                    if company and self._namer.role_of(token.text[length:]) is None:
                        # 百度 of 百度文库 is a company; only what is about something (视频) goes unsaid.
                        continue
                    if length == 2 and not self._talk.isdisjoint(token.text[:length]):
                        continue
                    if not (alone and token.text[:length] in self._common):
                        yield token.text[:length], PARTIAL_COST
                if len(token.text) >= 5:
                    yield token.text[-4:], PARTIAL_COST
                elif self._may_end(token.text):
                    yield token.text[2:], ENDING_COST  # 茶姬 of 霸王茶姬
            if not alone and all_chinese(token.text) and len(token.text) >= 2:
                yield initials(token.text), 0.3
        elif token.role in (Role.TIER, Role.COUNTRY, Role.CARRIER):
            for spelling in self._namer.synonyms.get((token.role, token.meaning), ()):
                if spelling != token.text:
                    yield spelling, 0.05
            if token.role is Role.TIER:
                for other in self._namer.same_tiers.get(token.meaning, ()):
                    yield other, OTHER_TIER_COST

    def _spoken(self, letters: re.Match[str]) -> str:
        """Letters by their names, where each is known."""
        known = self._letters.keys() >= set(letters[0])
        return "".join(self._letters[letter][0] for letter in letters[0]) if known else letters[0]

    def _may_end(self, brand: str) -> bool:
        """Whether a brand of four characters may be said by the last two: not where the first two are
        a brand by themselves (度盘超会), nor where the last are a word of their own."""
        alone = brand[2:] in self._namer.own_ends or len(self._namer.brand_spellings(brand[:2])) == 1
        return brand[2:] not in self._common and alone

    def _versions(self, word: str, number: str) -> Iterator[tuple[str, float]]:
        """Windows十一; and Windows, which all versions share."""
        if len(number) <= 2 and int(number) > 0:
            yield word + _chinese_number(int(number)), 0.05
        if len(word) >= 5 and word not in self._common:
            self.versionless.add(word)
            yield word, VERSION_COST


def _with_initials(tokens: tuple[Token, ...]) -> Iterator[Form]:
    """Adobe CC of Adobe Creative Cloud全家桶: the first word, and the letters of the others."""
    words = [token.text for token in takewhile(_is_latin_brand, tokens)]
    if len(words) > 2:
        short = words[0] + "".join(word[0] for word in words[1:])
        yield Form(short, INITIALS_COST, (Token(short, Role.BRAND, short),))


def _is_latin_brand(token: Token) -> bool:
    return token.role is Role.BRAND and token.text.isascii() and token.text.isalpha()


def _with_version_of_its_twin(tokens: tuple[Token, ...]) -> Iterator[Form]:
    """诺顿360 of 诺顿 Norton 360: of a brand in two scripts either may have the number."""
    for at, (one, other) in enumerate(pairwise(tokens)):
        version = _VERSIONED.fullmatch(other.text)
        if version and one.role is Role.BRAND and all_chinese(one.text):
            both = Token(one.text + version["number"], Role.BRAND, one.text + version["number"])
            rest = (*tokens[:at], both, *tokens[at + 2 :])
            yield Form(both.text, 0.0, (both,))
            yield Form("".join(token.text for token in rest), 0.0, rest)


def _with_short_year(tokens: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    """Office21 and 21版Office of Office 2021: of a program the year is said without its century."""
    for at, token in enumerate(tokens):
        year = _YEAR.fullmatch(token.text)
        if year is None or token.role is not Role.BRAND:
            continue
        word, before = year["word"], tokens[:at]
        if not word and before and _LATIN_WORD.fullmatch(before[-1].text):
            word, before = before[-1].text, before[:-1]
        if not word:
            continue
        rest = tuple(Token(one, Role.BRAND, one) for one in (year["rest"],) if one) + tokens[at + 1 :]
        for said in (word + year["short"], year["short"] + _EDITION + word, year["year"] + _EDITION + word):
            yield (*before, Token(said, Role.BRAND, word + year["year"]), *rest)


_YEAR = re.compile("(?P<word>[a-z]*)(?P<year>20(?P<short>[0-9]{2}))(?P<rest>[\u4e00-\u9fff]*)")
_LATIN_WORD = re.compile("[a-z]{3,}")
_EDITION = "版"
_PACK = "包"
"""流量 and 流量包 are one thing."""
_LETTERS = re.compile(r"(?<![a-z0-9])[a-z]{2,3}(?![a-z0-9])")
_NUMBERED = re.compile(r"\d[a-z]")
"""2D, which is heard as 二D."""
_VERSIONED = re.compile(r"(?P<word>[a-z]+)(?P<number>\d{1,4})")
_DIGITS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")


def _chinese_number(number: int) -> str:
    """A number below a hundred as it is spoken."""
    tens, ones = divmod(number, 10)
    spoken = ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (
        _DIGITS[ones] if ones else ""
    )
    return spoken or _DIGITS[0]
