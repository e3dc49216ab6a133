"""The short forms that people make of a product's name, derived from the name alone.

`中国移动流量包` is said 移动流量, `腾讯视频VIP会员` is said 腾讯会员: people keep what tells a
product apart and drop what goes without saying. So a name is cut into tokens by what they do,
and every way of dropping tokens is a form with a cost; what a premium product would have to drop
to sound like its plain sibling costs so much that the plain sibling wins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from itertools import combinations, pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.alternations import either
from nlu.lexicon import Lexicon, word_set
from nlu.normalise import plain
from nlu.roles import COST, STRONG, Form, Role, Token
from nlu.scripts import all_chinese, chinese_count, is_latin
from nlu.trade_words import QUALIFIES, TradeWords, without_blanks

NAMES_KEPT = 1024
"""Names that stay cut: one is looked at several times for each message that may hold it."""
TOKENS_MAX = 7
"""A name with more tokens is only known whole and by its brand: forms grow with two to the tokens."""


class Namer(TradeWords):
    """Cuts names into tokens by the words of the trade, and leaves tokens out."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__(lexicon)
        self._decoration = re.compile(either(map(plain, lexicon.words("goods.decoration"))))
        """What sellers write around a name."""
        self._fillers = frozenset(map(without_blanks, lexicon.words("goods.fillers")))
        """What a name holds and nobody says."""
        self._measures = frozenset(map(without_blanks, lexicon.words("goods.measures")))
        """Units that measure goods from outside, and name none."""
        begins, ends = (
            either(map(plain, lexicon.words(name))) for name in ("goods.note_begins", "goods.note_ends")
        )
        self._note = re.compile(rf"(?:{begins}).+|.*(?:{ends})")
        """What stands behind a name and says how the good comes, what it needs or where it holds."""
        phrases = [plain(word) for word in lexicon.words("goods.generic") if " " in word]
        self._phrases = tuple(sorted(phrases, key=len, reverse=True))
        """Words of the trade that are written in two."""
        self._kinds = word_set(lexicon, "proof.kinds_topped_up")
        self._tokens = lru_cache(maxsize=NAMES_KEPT)(self._tokens_of)
        self._longest = max(map(len, self._words), default=1)
        self._word_heads = frozenset(word[0] for word in self._words)
        self._brand_heads = frozenset(form[0] for form in self._brand_of)
        """What words and brands begin with: at most places of a name none does."""
        self._brand_spotter = AhoCorasick(list(self._brand_of), matchkind=MatchKind.Standard)
        self._longest_brand = max(map(len, self._brand_of), default=1)

    def tokens(
        self, name: str, units: Iterable[str] = (), telling: Set[str] = frozenset()
    ) -> tuple[Token, ...]:
        """`name` cut into tokens; what stands in brackets only qualifies (国区, 快充). `telling`: notes
        that are no words of the trade and yet all that tells a good from its siblings."""
        return self._tokens(name, tuple(units), frozenset(telling))

    def _tokens_of(self, name: str, units: tuple[str, ...], telling: Set[str]) -> tuple[Token, ...]:
        whole = plain(name)
        for phrase in self._phrases if " " in whole else ():
            whole = whole.replace(phrase, phrase.replace(" ", ""))
        if outside := self._undecorated(whole):
            whole = outside
        inside = [part for group in _BRACKETED.findall(whole) for part in _NOTES_APART.split(group)]
        outside = _BRACKETED.sub(" ", whole)
        own_units = (
            frozenset(without_blanks(unit) for unit in units if len(without_blanks(unit)) > 1)
            - self._measures
        )
        spared = frozenset(_ALTERNATIVE.findall(outside))
        tokens: list[Token] = []
        chunks = _CHUNKS_APART.split(_BEFORE_NUMBER.sub("", outside))
        for chunk in self._rejoined(chunks):
            cut = self._noted(tokens, chunk, tuple(self._cut(chunk, own_units)))
            tokens += (
                Token(token.text, Role.GENERIC, token.meaning) if token.text in spared else token
                for token in cut
            )
        for note in inside:
            known = self._words.get(note)
            if known is not None:
                tokens.append(Token(note, *known))
            elif note in telling:
                tokens.append(Token(note, Role.COUNTRY, note))
        return tuple(_glued(tokens))

    def _rejoined(self, chunks: list[str]) -> Iterator[str]:
        """The parts of a name, with well-known brands that a mark cuts in two made whole: 崩坏:星穹铁道."""
        held = ""
        for chunk in chunks:
            both = held + chunk
            if held > "\u4dff" and any(
                both[:length] in self._brand_of for length in range(len(held) + 1, len(both) + 1)
            ):
                held = both
                continue
            if held:
                yield held
            held = chunk
        if held:
            yield held

    def _noted(self, before: list[Token], chunk: str, tokens: tuple[Token, ...]) -> Iterable[Token]:
        """What a part of a name adds to those before it: a note (几分钟到账, 2小时起) only the countries and
        tiers in it; what describes goods that are named in full, all of it at little cost."""
        if not any(token.role in STRONG for token in before):
            return tokens
        if chunk in self._fillers:
            return (Token(chunk, Role.GENERIC, chunk),)
        if self._note.fullmatch(chunk) or _MEASURED.match(chunk):
            carriers = sum(token.role is Role.CARRIER for token in tokens)
            return tuple(
                token
                for token in tokens
                if token.role in QUALIFIES and not (token.role is Role.CARRIER and carriers > 1)
            )
        named = any(token.role in (Role.GENERIC, Role.CONTENT) for token in before)
        told = any(token.role in (Role.BRAND, Role.SUBJECT) for token in tokens)
        chinese = any("\u4e00" <= character <= "\u9fff" for character in chunk)
        if named and told and chinese and len(chunk) >= _DESCRIPTION_MIN and all(map(self._unknown, tokens)):
            return (Token(chunk, Role.NOTE, chunk),)
        return tokens

    def _unknown(self, token: Token) -> bool:
        general = token.role in (Role.BRAND, Role.SUBJECT, Role.GENERIC)
        return general and token.text not in self._brand_of

    def words_of_their_own(self, names: Iterable[str]) -> frozenset[str]:
        """The photoshop of Adobe Photoshop and the 奇异果 of 爱奇艺奇异果: a spelling of a brand that stands in a
        name beside another one in the same letters says more than the brand, and the other goods of the brand
        are not called so."""
        plainly = [plain(name) for name in names]
        words = [[word for word in _LATIN.findall(name) if word in self._brand_of] for name in plainly]
        words += [self._brands_joined(name) for name in plainly]
        return frozenset(
            word
            for of_name in words
            for at, word in enumerate(of_name)
            if any(one != word and self._brand_of[one] == self._brand_of[word] for one in of_name[:at])
        )

    def _brands_joined(self, name: str) -> list[str]:
        """The Chinese brands of a name that stand right behind another one."""
        found: list[str] = []
        if len(self._brand_spotter.find_matches_as_indexes(name, overlapping=True)) < 2:
            return found  # few names hold two, and all are cut here that a message may hold
        for one, other in pairwise(self.tokens(name)):
            chinese = chinese_count(one.text) > 0 and all_chinese(other.text)
            known = one.text in self._brand_of and other.text in self._brand_of
            if chinese and known and one.text + other.text in name:
                found += [one.text, other.text]
        return found

    def telling_notes(self, names: Iterable[str]) -> Mapping[str, Set[str]]:
        """Of names that differ only in a short note in brackets: name -> its note."""
        by_rest: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name in names:
            if (found := _NOTE.search(plain(name))) is not None:
                rest = plain(name)
                by_rest[rest[: found.start()] + rest[found.end() :]].append((name, found[1]))
        return {
            name: frozenset((note,))
            for alike in by_rest.values()
            if len(alike) > 1
            for name, note in alike
            if note not in self._words and not self._decoration.search(note)
        }

    def _undecorated(self, name: str) -> str:
        """`name` without praise and terms of delivery; brackets open where they hold the name itself."""
        bare = _ORNAMENT.sub(" ", self._decoration.sub(" ", name))
        if _BRACKET.search(bare) is None:
            return _BLANKS.sub(" ", bare).strip()
        outside = _BRACKETED.sub(" ", bare)
        own = [token for token in self._cut(without_blanks(outside), frozenset()) if token.role in STRONG]
        if not any(len(token.text) > 1 and not token.text.isdigit() for token in own):
            bare = re.sub(r"[(\[【)\]】]", " ", bare)
        return _BLANKS.sub(" ", bare).strip()

    def _cut(self, chunk: str, units: frozenset[str]) -> Iterator[Token]:
        start = at = 0
        while at < len(chunk):
            found = self._token_at(chunk, at, units)
            if found is None:
                at += 1
                continue
            end = at + len(found.text)
            if self._belongs_behind(chunk[start:at], found):
                # 大会员 of B站大会员, and no b站大.
                yield Token(chunk[start : at - 1], Role.BRAND, chunk[start : at - 1])
                yield Token(chunk[at - 1 : end], Role.BRAND, chunk[at - 1 : end])
            else:
                if at > start:
                    yield from self._brand_tokens(chunk[start:at])
                yield found
            at = start = end
        if start < len(chunk):
            yield from self._brand_tokens(chunk[start:])

    def _belongs_behind(self, front: str, found: Token) -> bool:
        """Whether the one character between a well-known short brand and a kind of goods is of the kind."""
        brand, one = front[:-1], front[-1:]
        between = len(brand) == _SHORT_BRAND and brand in self._brand_of and found.role is Role.GENERIC
        return between and one + found.text in self._kinds

    def _token_at(self, chunk: str, at: int, units: frozenset[str]) -> Token | None:
        first = chunk[at]
        branded = first in self._brand_heads or any(unit[0] == first for unit in units)
        for length in range(min(self._longest_brand, len(chunk) - at), 1, -1) if branded else ():
            word = chunk[at : at + length]
            if word in units:
                return Token(word, Role.UNIT if word not in self._words else self._words[word][0], word)
            if (
                word in self._brand_of
                and length > 2
                and word not in self._words
                and _whole(chunk, at, at + length)
            ):
                return Token(word, Role.BRAND, word)
        worded = first in self._word_heads
        for length in range(min(self._longest, len(chunk) - at), 0, -1) if worded else ():
            word = chunk[at : at + length]
            known = self._words.get(word)
            if known is None or not _whole(chunk, at, at + length):
                continue
            if length == 1 and not (at + 1 == len(chunk) or self._token_at(chunk, at + 1, units)):
                continue
            return Token(word, *known)
        return None

    def _brand_tokens(self, chunk: str) -> Iterator[Token]:
        """Latin and Chinese runs are words of their own; a number belongs to the word before it."""
        for part in _RUNS.findall(chunk):
            unsaid = part in self._fillers or _MEASURED.match(part) is not None
            yield Token(part, Role.GENERIC if unsaid else Role.BRAND, part)

    def forms(self, tokens: tuple[Token, ...]) -> Iterator[Form]:
        """Every natural way to say these tokens shorter, the whole first."""
        yield _form(tokens, ())
        if not any(token.role in STRONG for token in tokens):
            return
        if len(tokens) > TOKENS_MAX:
            strong = tuple(token for token in tokens if token.role in STRONG)
            yield _form(strong, tuple(token for token in tokens if token not in strong))
            return
        for places, cost in _shortened(tuple([token.role for token in tokens])):
            kept = tuple([tokens[at] for at in places])
            yield Form("".join([token.text for token in kept]), cost, kept)


_LATIN = re.compile("[a-z]{2,}")
_ORNAMENT = re.compile(r"[^\w\s.+&#'()\[\]【】\-·・/,、:]")
"""Stars, hearts and flashes around a name."""
_BRACKET = re.compile(r"[(\[【)\]】]")
_BRACKETED = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_NOTES_APART = re.compile(r"[\s,、/]+")
_CHUNKS_APART = re.compile(r"[\s\-_·・/,、:+&]+")
_BEFORE_NUMBER = re.compile(r"(?<=[a-z]) (?=[0-9])")
_BLANKS = re.compile(r"\s+")
_NUMBERED = r"[0-9]{1,2}[a-fh-ln-su-z](?![a-z0-9])"
"""2D, 4K, 5E: one word. 5G and 1T measure."""
_RUNS = re.compile(
    rf"[a-z]+[0-9.]*|{_NUMBERED}|(?:(?!{_NUMBERED})[^a-z0-9])+[0-9]+(?![a-z])|(?:(?!{_NUMBERED})[^a-z])+"
)


_SHORT_BRAND = 2
_DESCRIPTION_MIN = 3
_SHORT = 3
"""A form of so many words is a short one."""
_ALTERNATIVE = re.compile(
    r"(?<![a-z0-9])(?:\d{1,2}[a-z]|[a-z]{1,3}\d)/(\d{1,2}[a-z]|[a-z]{1,3}\d)(?![a-z0-9])"
)
"""The 3D of 2D/3D: whoever says the first, or none, leaves nothing out."""
_MEASURED = re.compile(r"\d+(?:天|日|小时|分钟|个?月|年|周|次|张|国|秒|用户|人|台|设备)")
"""How a part of a name begins that says how much of it there is: 8天无限流量, 2小时起."""
_NOTE = re.compile(r"[(\[【]([a-z0-9\u4e00-\u9fff]{2,6})[)\]】]")


@lru_cache(maxsize=1024)
def _shortened(roles: tuple[Role, ...]) -> tuple[tuple[tuple[int, ...], float], ...]:
    """Which tokens of such roles stay where some are dropped, and what that costs. The names of a shop are
    built in few ways."""
    places = range(len(roles))
    dropped = [gone for count in places[1:] for gone in combinations(places, count)]
    # The shortest are the most natural, and may not be lost where there are too many.
    dropped.sort(key=lambda gone: len(roles) - len(gone) > _SHORT)
    return tuple(
        (tuple(at for at in places if at not in gone), sum([COST[roles[at]] for at in gone]))
        for gone in dropped
        if any(roles[at] in STRONG for at in places if at not in gone)
    )


def _form(kept: tuple[Token, ...], gone: tuple[Token, ...]) -> Form:
    return Form("".join([token.text for token in kept]), sum([COST[token.role] for token in gone]), kept)


def _glued(tokens: list[Token]) -> Iterator[Token]:
    """A brand of one character is no brand: it belongs to the word behind it (大会员, 花卡)."""
    held: str | None = None
    for at, token in enumerate(tokens):
        if held is not None and token.role in QUALIFIES:
            yield Token(held, Role.BRAND, held)
            held = None
        elif held is not None:
            token = Token(held + token.text, Role.BRAND, held + token.text)
            held = None
        lone = len(token.text) == 1 and token.role is Role.BRAND and not token.text.isdigit()
        if lone and at + 1 < len(tokens):
            held = token.text
            continue
        yield token
    if held is not None:
        yield Token(held, Role.BRAND, held)


def _whole(chunk: str, start: int, end: int) -> bool:
    """A latin word counts only where it stands alone: `pro` is not in `prime`."""
    before, after = chunk[start - 1 : start], chunk[end : end + 1]
    return not (
        (is_latin(chunk[start]) and before and is_latin(before))
        or (is_latin(chunk[end - 1]) and after and is_latin(after))
    )
