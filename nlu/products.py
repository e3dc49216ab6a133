"""Which product is meant: names found in a message, exact first, by sound and spelling where left.

All forms of all names are one automaton, run once over the message. What it finds is a `Mention`:
the products that it may be, with what it would cost to call each one that. Deciding between them
waits until sizes, regions and numbers are known (`nlu/goods.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.abbreviations import Abbreviations
from nlu.few_words import FewWords, Finder
from nlu.growing import grown
from nlu.half_spelled import half_spelled
from nlu.lexicon import Lexicon, word_set
from nlu.name_table import Entry, MentionKind, NameTable, squeezed
from nlu.naming import Role
from nlu.page import Page
from nlu.parts import Part, Parts, clauses_with
from nlu.sounds import heard, initials, pinyin
from nlu.spellings import all_chinese
from nlu.typos import Misspellings, sounds_near

_CARD = re.compile("[季年周半]卡")
"""A period never belongs to what only sounds like a name."""
_LATIN = re.compile("[a-z]")
_CHINESE_RUN = re.compile("[\u4e00-\u9fff]+")
_SPOKEN_VERSION = re.compile(r"[a-z][一二三四五六七八九十]+$")
_OTHER_VERSION = re.compile(r"(?:\d+|[一二三四五六七八九十]+)(?!\d|[个张份套台件单月年天块元])")
"""Behind a program's name: Windows 7 is no Windows of another version."""


SHORT_BRAND = 3
"""Of a brand of so few characters one that sounds otherwise makes another brand."""


SHORT_PART = 2
"""A part of a name of so few characters may mean something else."""


BRANDLESS = 2.0
"""What a name costs from which on it lacks a brand."""


SHORT_FORM_COST = 1.0
"""What it costs to call a product by some of the characters of its name."""


class Closeness(Enum):
    """How a name was recognised; the value is the sureness that this leaves."""

    EXACT = 1.0
    PARTIAL = 0.9
    SOUND = 0.85
    TYPO = 0.8

    __hash__ = object.__hash__  # looked up for every name found; enum's own is written in Python


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found at `start:end` of the page's text."""

    start: int
    end: int
    text: str
    kind: MentionKind
    options: Mapping[str, float] = field(default_factory=dict)
    """Product id -> what it costs to call it this. For regions: product id -> 0."""
    closeness: Closeness = Closeness.EXACT
    thin: bool = False
    """A word that may mean something else (世界, 滴滴): a name only where a fitting size stands by."""
    role: Role | None = None
    meaning: str = ""
    """Of a qualifier: which. Of a region: its squeezed spelling. Of an unknown good: its brand."""
    said: frozenset[str] = frozenset()
    """Meanings of the tiers, countries and carriers inside the name."""
    family: Mapping[str, float] = field(default_factory=dict)
    """The options that the name has without its tiers and countries."""
    partial: bool = False
    """Only the first or last characters of a brand were said."""
    tail: bool = False
    """It was the last ones."""

    @property
    def guessed(self) -> bool:
        """Whether what was typed is not the name itself, only near to it."""
        return self.partial or self.closeness is not Closeness.EXACT


class Names:
    """Finds the names of one catalog. Immutable once built; safe to share."""

    dense = False
    """Whether the catalog is so large that next to each of its names there is another: then what is only
    near to a name may as well be near to one that is not sold here, and is asked about."""
    passing = False
    """Whether it is made for a message or two: then little is made ahead."""

    def __init__(self, table: NameTable, lexicon: Lexicon, parts: Parts) -> None:
        self._lexicon = lexicon
        self.table = table
        self._parts = parts
        self._entries = self.table.entries
        self._families = self.table.families
        self._common = word_set(lexicon, "names.common_words")
        self._callers = tuple(word for word in lexicon.words("contacts.called_upon") if len(word) > 1)
        self._ends_name = word_set(lexicon, "signs.numeral_characters", "aside.function_characters")
        self._patterns = list(self._entries)
        self._automaton = self._finder(self._patterns)
        self._build_fuzzy()
        self._tiers = table.namer.long_tiers
        self._written = table.written
        self._abbreviations = Abbreviations(self._written, word_set(lexicon, "signs.no_name_characters"))

    def _build_fuzzy(self) -> None:
        names = [text for text, entry in self._entries.items() if self._may_be_guessed(text, entry)]
        self._guessable = names
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for text in names:
            if _chinese_count(text) >= 2:
                self._by_sound[heard(text)].append(text)
        for text, entry in self._entries.items():
            thin = entry.kind is MentionKind.NAME and entry.thin and not self.table.is_partial(text, entry)
            if thin and len(text) == 2 and all_chinese(text) and text not in self._common:
                self._by_sound[heard(text)].append(text)
        servers = self._servers_heard()
        for text in servers:
            self._by_sound[heard(text)].append(text)
        self._sounds = list(self._by_sound)
        self._sound_automaton = self._finder(self._sounds)
        if not self.passing:
            self._all_in_latin = self._spelled_in_latin(names)
        soft, parts = self.table.soft, self._lexicon.groups("names.region_parts")
        slips = [text for text in names if len(text) >= 3 and text not in soft]
        slips += [text for text in servers if len(text) > 3 and not any(part in text for part in parts)]
        self._typos = Misspellings(slips, self._lexicon, self.passing)

    def _may_be_guessed(self, text: str, entry: Entry) -> bool:
        """Whether what is only near to a spelling may be meant for it."""
        if entry.kind is MentionKind.UNKNOWN:
            return len(text) > 3
        return (
            entry.kind is MentionKind.NAME
            and not entry.thin
            and not self.table.is_partial(text, entry)
            and not self.table.lost_version(text)
            and not _SPOKEN_VERSION.search(text)
        )

    def _in_latin(self, text: str) -> tuple[Finder, list[list[str]]]:
        """The names by their pinyin and initials; for a message or two only those short enough for `text`."""
        if not self.passing:
            return self._all_in_latin
        longest = max(map(len, _CHINESE_RUN.split(text)))
        return self._spelled_in_latin(name for name in self._guessable if len(name) <= longest)

    def _spelled_in_latin(self, names: Iterable[str]) -> tuple[Finder, list[list[str]]]:
        by_pinyin: dict[str, list[str]] = defaultdict(list)
        for text in names:
            if _chinese_count(text) >= 2:
                spoken = pinyin(text)
                if spoken is not None and len(spoken) >= 4:
                    by_pinyin[spoken].append(text)
            if all_chinese(text) and len(text) >= 2:
                short = initials(text)
                if short not in self._entries and short not in self.table.namer.words:
                    by_pinyin[short].append(text)
        return self._finder(list(by_pinyin)), list(by_pinyin.values())

    def _finder(self, words: list[str]) -> Finder:
        return FewWords(words) if self.passing else AhoCorasick(words, matchkind=MatchKind.Standard)

    def _servers_heard(self) -> list[str]:
        """The servers that are found by their sound, and longer ones with a slip. None that is told from
        another by one character: 华东电信, 港澳台服, 电信一区."""
        regions = [text for text, entry in self._entries.items() if entry.kind is MentionKind.REGION]
        if not regions:
            return []
        exact = word_set(self._lexicon, "signs.numeral_characters", "signs.compass")
        telling = [word for word, (role, _) in self.table.namer.words.items() if role in _OF_SERVERS]
        return [
            text
            for text in regions
            if len(text) >= 3
            and all_chinese(text)
            and exact.isdisjoint(text)
            and not any(word in text for word in telling)
        ]

    def likely(self, text: str) -> tuple[str, ...]:
        """The products whose names are likest to something in `text`, likest first, to be asked about
        where no name was understood. A small catalog has no need to guess: its names are spelled out
        with all their slips."""
        return ()

    def read(self, page: Page) -> tuple[Mention, ...]:
        """All names in what is still free, left to right, none overlapping. Claims nothing."""
        text, places = squeezed(page.rest())
        edges = frozenset(at for at in range(1, len(text)) if places[at] - places[at - 1] > 1)
        apart = frozenset(at for at in edges if places[at] - places[at - 1] > _A_BLANK)
        exact = self._exact(text, edges)
        chosen = _longest(self._with_sound(text, exact, edges))
        taken = bytearray(len(text))
        for mention in chosen:
            if mention.kind is not MentionKind.REGION:
                continue
            taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
        whole = any(mention.kind is MentionKind.NAME and not mention.partial for mention in chosen)
        if not whole or _unread(text, taken):
            others = [mention for mention in exact if mention.kind in _NO_SLIPS]
            nouns = [mention for mention in exact if mention.kind is MentionKind.NOUN]
            slips = [
                slip
                for slip in self._misspelled(text, taken, edges, others)
                if (slip.kind is not MentionKind.UNKNOWN or not _spelled_right(slip, nouns))
                and apart.isdisjoint(range(slip.start + 1, slip.end))
            ]
            chosen = _longest([*(_or_a_slip(mention, slips) for mention in chosen), *slips])
        chosen = _longest([*chosen, *self._said_by_parts(text, chosen, edges)])
        chosen = _longest([*chosen, *self._only_of_kind(text, chosen)])
        if not any(mention.kind in _GOODS for mention in chosen):
            chosen = [*chosen, *self._abbreviated(text, chosen)]
        named = grown(text, list(self._put_together(text, chosen)), self._written)
        return tuple(_moved(mention, places) for mention in named)

    def _said_by_parts(
        self, text: str, chosen: Sequence[Mention], edges: frozenset[int]
    ) -> Iterator[Mention]:
        """Goods said by parts of their names, in the clauses in which nothing else is named, or where the
        part holds what seemed to be the name of others: 奇异果 of 银河奇异果TV, 猫砂 of 猫砂盆."""
        known = bytearray(len(text))
        for mention in chosen:
            known[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
        named = [m for m in chosen if m.kind in (MentionKind.NAME, MentionKind.UNKNOWN)]
        closed = clauses_with(text, [(mention.start, mention.end) for mention in named])
        for part in self._parts.read(text, closed, edges):
            if sum(not one for one in known[part.start : part.end]) >= SHORT_PART:
                yield self._by_part(text, part)
        if not any(map(_said_shorter, named)):
            return
        whole = [(m.start, m.end) for m in named if not _said_shorter(m)]
        for part in self._parts.read(text, clauses_with(text, whole), edges, labels=False):
            beside = [m for m in named if m.start < part.end and part.start < m.end]
            words = [text[m.start : m.end] for m in beside]
            part.options = {
                one: cost
                for one, cost in part.options.items()
                if all(self._parts.in_name(one, word) for word in words)
            }
            more = not all(known[part.start : part.end])
            if beside and part.options and more and all(_within(m, part) for m in beside):
                yield self._by_part(text, part)

    def _by_part(self, text: str, part: Part) -> Mention:
        closeness = Closeness.SOUND if part.by_sound else Closeness.PARTIAL
        thin = part.end - part.start <= SHORT_PART
        said = text[part.start : part.end]
        return Mention(part.start, part.end, said, MentionKind.NAME, part.options, closeness, thin=thin)

    def _only_of_kind(self, text: str, chosen: Sequence[Mention]) -> Iterator[Mention]:
        """Goods named by their kind alone, where nothing is named and nothing else is for the same."""
        if any(mention.kind in _GOODS for mention in chosen):
            return
        for part in self._parts.kinds(text, bytearray(len(text))):
            if any(
                one.kind is MentionKind.NOUN
                and one.role is Role.SUBJECT
                and part.start <= one.start < one.end <= part.end
                and one.options.keys() == part.options.keys()
                for one in chosen
            ):
                said = text[part.start : part.end]
                yield Mention(part.start, part.end, said, MentionKind.NAME, part.options, Closeness.PARTIAL)

    def _exact(self, text: str, edges: frozenset[int]) -> list[Mention]:
        found = []
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        starts = frozenset(start for _, start, end in matches if end - start > 1)
        for index, start, end in matches:
            if not _bounded(text, start, end, edges):
                continue
            if end - start == 1 and self._within_word(text, end, edges, starts):
                continue
            if self.table.lost_version(self._patterns[index]) and _OTHER_VERSION.match(text, end):
                continue
            found.append(self._mention(self._patterns[index], start, end, Closeness.EXACT))
        return found

    def _within_word(self, text: str, end: int, edges: frozenset[int], starts: frozenset[int]) -> bool:
        """Whether a name of one character goes on to a word that nobody knows: 瓦 in 瓦斯."""
        following = text[end : end + 1]
        if end in edges or end in starts or not "\u4e00" <= following <= "\u9fff":
            return False
        return following not in self._ends_name and following != "里"

    def _mention(self, pattern: str, start: int, end: int, closeness: Closeness) -> Mention:
        entry = self._entries[pattern]
        partial = entry.kind is MentionKind.NAME and self.table.is_partial(pattern, entry)
        return Mention(
            start,
            end,
            pattern,
            entry.kind,
            entry.options,
            closeness,
            entry.thin,
            entry.role,
            entry.meaning,
            entry.said,
            self._families.get(entry.family, {}),
            partial,
            partial and not self._begins_brand(pattern, entry),
        )

    def _begins_brand(self, pattern: str, entry: Entry) -> bool:
        return any(brand.startswith(pattern[:2]) for one in entry.options for brand in self.table.brands[one])

    def _with_sound(self, text: str, exact: list[Mention], edges: frozenset[int]) -> list[Mention]:
        """Names that sound as typed count where nothing exact covers as much."""
        found = list(exact)
        for index, start, end in self._sound_automaton.find_matches_as_indexes(heard(text), overlapping=True):
            typed = text[start:end]
            if (
                typed in self._entries
                or _CARD.search(typed)
                or not self._typos.same_facets(typed, self._by_sound[self._sounds[index]][0])
                or not _bounded(text, start, end, edges)
                or "\0" in typed
            ):
                continue
            if end - start == 2 and typed in self._common:
                continue
            alone = all(self._entries[one].thin for one in self._by_sound[self._sounds[index]])
            if alone and end - start == 2 and not text[end : end + 1].isdigit():
                continue  # 喜查50: what may mean something else counts only in front of a size
            found.append(self._heard(self._by_sound[self._sounds[index]], start, end))
        if _LATIN.search(text) is None:
            return found
        found += self._half_spelled(text, edges)
        finder, names = self._in_latin(text)
        for index, start, end in finder.find_matches_as_indexes(text, overlapping=True):
            if end - start == SHORT_BRAND - 1 and not _at_a_number(text, start, end):
                continue  # hf300, 50hf: so short only at a size
            if _bounded(text, start, end, edges) and text[start:end] not in self._common:
                found.append(self._heard(names[index], start, end))
        return found

    def _half_spelled(self, text: str, edges: frozenset[int]) -> Iterator[Mention]:
        """Names of which a part was typed in pinyin: 芒guoTV."""
        half = half_spelled(text)
        if half is None:
            return
        for index, first, last in self._sound_automaton.find_matches_as_indexes(
            half.sounds, overlapping=True
        ):
            start, end = half.places[first], half.places[last]
            patterns = self._by_sound[self._sounds[index]]
            short = last - first < SHORT_BRAND
            if (
                half.mixed(first, last)
                and (not short or _SIZE_BEHIND.match(text, end))
                and _bounded(text, start, end, edges)
                and self._typos.same_facets(text[start:end], patterns[0])
            ):
                yield replace(self._heard(patterns, start, end), thin=short)

    def _heard(self, patterns: list[str], start: int, end: int) -> Mention:
        closeness = Closeness.SOUND
        merged: dict[str, float] = {}
        for pattern in patterns:
            for product_id, cost in self._entries[pattern].options.items():
                merged[product_id] = min(cost, merged.get(product_id, cost))
        entry = self._entries[patterns[0]]
        short = end - start == 2
        return Mention(
            start,
            end,
            patterns[0],
            self._entries[patterns[0]].kind,
            merged,
            closeness,
            short,
            None,
            "",
            entry.said,
            self._families.get(entry.family, {}),
        )

    def _misspelled(
        self, text: str, taken: bytearray, edges: frozenset[int], others: list[Mention]
    ) -> Iterator[Mention]:
        """Names with a slip; where it is in the tier, the name without it is meant as well: 话费费充 is 话费
        as much as 话费慢充. `others`: goods of others and tiers that are spelled right, so no slips; no
        more is whom one speaks to: 老板港服 is no 老任港服."""
        for start, end, near in self._typos.read(text, taken, edges):
            patterns = [
                pattern
                for pattern in near
                if self._same_brand(text[start:end], pattern)
                and not self._cut_short(text[start:end], pattern)
                and self._same_tier(text[start:end], pattern)
                and all(
                    text[max(start, o.start) : min(end, o.end)] in pattern
                    for o in others
                    if start < o.end and o.start < end
                )
                and all(word in pattern for word in self._callers if word in text[start:end])
                and edges.isdisjoint((start + 1, end - 1))
            ]
            if not patterns:
                continue
            merged: dict[str, float] = {}
            for pattern in patterns:
                options = self._entries[pattern].options
                # vsip is as near to svip as to vip, whatever a name with the one costs more.
                lead = min(options.values(), default=0.0) if len(patterns) > 1 else 0.0
                for product_id, cost in options.items():
                    merged[product_id] = min(cost - lead, merged.get(product_id, cost - lead))
            entry = self._entries[patterns[0]]
            family = self._families.get(entry.family, {})
            if any(
                tier in pattern and tier not in text[start:end]
                for pattern in patterns
                for tier in self._tiers
            ):
                merged = dict.fromkeys((*merged, *family), min(merged.values(), default=0.0))
            yield Mention(
                start,
                end,
                patterns[0],
                self._entries[patterns[0]].kind,
                merged,
                Closeness.TYPO,
                False,
                None,
                "",
                entry.said,
                family,
            )

    def _cut_short(self, typed: str, pattern: str) -> bool:
        """Whether a brand that is not sold lacks its beginning or end: 阿里云 is no misspelled 阿里云盘."""
        unknown = self._entries[pattern].kind is MentionKind.UNKNOWN
        return unknown and (pattern.startswith(typed) or pattern.endswith(typed))

    def _same_brand(self, typed: str, pattern: str) -> bool:
        """Whether a slip leaves a short brand what it was: 中石化加油卡 is no misspelled 中石油加油卡."""
        if len(typed) != len(pattern):
            return True
        return all(
            sounds_near(typed[at : at + len(brand)], brand)
            for brand in self._brands_in(pattern)
            if len(brand) <= SHORT_BRAND and (at := pattern.find(brand)) >= 0
        )

    def _same_tier(self, typed: str, pattern: str) -> bool:
        """Whether a slip leaves the word that tells a good from its siblings what it was, by its sound or but
        for a character that no such word has: 话费快的 is no misspelled 话费慢的."""
        foreign = set(typed) - set(pattern)
        if foreign.isdisjoint(self.table.namer.telling_apart):
            return True
        sounds = heard(typed)
        return all(
            heard(word) in sounds
            for at in range(len(pattern))
            for length in _TIER_LENGTHS
            if (word := pattern[at : at + length])
            and len(word) == length
            and (role := self.table.namer.role_of(word)) is not None
            and role[0] in _APART
        )

    def _brands_in(self, pattern: str) -> frozenset[str]:
        """The brands of a spelling's products that it holds; 加油卡 says what it is, not whose."""
        options = self._entries[pattern].options
        return frozenset(
            brand
            for one in options
            for brand in self.table.brands[one]
            if brand in pattern and self.table.namer.role_of(brand) is None
        )

    def _abbreviated(self, text: str, chosen: list[Mention]) -> Iterator[Mention]:
        taken = bytearray(len(text))
        for mention in chosen:
            taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
        for start, end, meant in self._abbreviations.read(text, taken):
            options = dict.fromkeys(meant, SHORT_FORM_COST)
            yield Mention(start, end, text[start:end], MentionKind.NAME, options, Closeness.PARTIAL)

    def _put_together(self, text: str, mentions: list[Mention]) -> Iterator[Mention]:
        """Names that stand side by side and are one: 中石化 and 加油卡, PS Plus and 二档."""
        held: Mention | None = None
        for mention in sorted(mentions, key=lambda mention: mention.start):
            beside = held is not None and text[held.end : mention.start] in ("", "的")
            if held is not None and beside and (both := self._together(held, mention)):
                held = both
                continue
            if held is not None:
                yield held
            held = mention
        if held is not None:
            yield held

    def _together(self, one: Mention, other: Mention) -> Mention | None:
        """The one name that two make, if they do: the second is no brand, or narrows the first."""
        if other.kind is not MentionKind.NAME or other.closeness is not Closeness.EXACT:
            return None
        text = one.text + other.text
        lacking = min(other.options.values(), default=0.0) >= BRANDLESS
        if one.kind is MentionKind.UNKNOWN and (lacking or not self._brands_in(other.text)):
            return replace(one, end=other.end, text=text)
        if one.kind is not MentionKind.NAME or not other.options:
            return None
        if one.options.keys() < other.options.keys():
            return replace(one, end=other.end, text=text)  # xunyou加速器: the second says only what it is
        narrows = len(other.options) < len(one.options) and other.options.keys() <= one.options.keys()
        if not narrows:
            return self._described(one, other)
        said = one.said | other.said
        return replace(
            one, end=other.end, text=text, options=dict.fromkeys(other.options, 0.1), thin=False, said=said
        )

    def _described(self, one: Mention, other: Mention) -> Mention | None:
        """顺丰 of 顺丰寄件券: behind a whole name a second word that lacks its brand is anybody's."""
        brands = self.table.brands
        whole = one.closeness is Closeness.EXACT and min(one.options.values(), default=9.0) < BRANDLESS
        lacking = min(other.options.values()) >= BRANDLESS and self._brands_in(one.text)
        kin = any(brands[mine] & brands[others] for mine in one.options for others in other.options)
        return replace(one, end=other.end) if whole and lacking and not kin else None


_OF_SERVERS = frozenset({Role.COUNTRY, Role.CARRIER})
_GOODS = frozenset({MentionKind.NAME, MentionKind.UNKNOWN})
_APART = frozenset({Role.TIER, Role.COUNTRY, Role.CARRIER})
_TIER_LENGTHS = (2, 3, 4)
_NO_SLIPS = frozenset({MentionKind.UNKNOWN, MentionKind.QUALIFIER})


def _said_shorter(mention: Mention) -> bool:
    """Whether it is no whole name or alias of anything, so that a longer name may hold it."""
    return mention.kind is MentionKind.NAME and min(mention.options.values(), default=0.0) > 0


def _within(mention: Mention, part: Part) -> bool:
    """Whether a part of a name goes on where a mention ends, or begins before it."""
    longer = part.end - part.start > mention.end - mention.start
    return longer and part.start <= mention.start and mention.end <= part.end


def _or_a_slip(mention: Mention, slips: list[Mention]) -> Mention:
    """格茉会员 may be part of 格茉朗琮会员, and as well 笺格茉会员 with a slip."""
    if not mention.partial:
        return mention
    cost = min(mention.options.values(), default=0.0)
    more = {
        product_id: cost
        for slip in slips
        if slip.start <= mention.start and mention.end <= slip.end
        for product_id in slip.options
        if product_id not in mention.options
    }
    return replace(mention, options={**mention.options, **more}) if more else mention


def _moved(mention: Mention, places: list[int]) -> Mention:
    start, end = places[mention.start], places[mention.end - 1] + 1
    if start == mention.start and end == mention.end:
        return mention
    return replace(mention, start=start, end=end)


def _longest(mentions: Iterable[Mention]) -> list[Mention]:
    """Of mentions that overlap the longest stands; of equally long ones the surer."""

    def rank(mention: Mention) -> tuple[float, int, int, int]:
        reach = mention.end - mention.start
        closeness = mention.closeness
        return (_PENALTY[closeness] - reach, _GUESSED[closeness], _ORDER[mention.kind], mention.start)

    chosen: list[Mention] = []
    occupied: set[int] = set()
    for mention in sorted(mentions, key=rank):
        places = range(mention.start, mention.end)
        if occupied.isdisjoint(places):
            chosen.append(mention)
            occupied.update(places)
    return chosen


_PENALTY = {Closeness.EXACT: 0.0, Closeness.PARTIAL: 0.5, Closeness.SOUND: 0.9, Closeness.TYPO: 1.2}
"""By how many characters a name that was only guessed at counts as shorter."""
_GUESSED = {Closeness.EXACT: 0, Closeness.PARTIAL: 1, Closeness.SOUND: 2, Closeness.TYPO: 3}
"""The surer first."""
_ORDER = {
    MentionKind.NAME: 0,
    MentionKind.REGION: 1,
    MentionKind.UNKNOWN: 2,
    MentionKind.QUALIFIER: 3,
    MentionKind.NOUN: 4,
}


def _spelled_right(slip: Mention, nouns: Iterable[Mention]) -> bool:
    """Whether what was typed is a kind of goods, and no misspelled brand that is not sold: 电影会员 is no 电报会员."""
    inside = (noun for noun in nouns if slip.start <= noun.start and noun.end <= slip.end)
    return any(noun.text not in slip.text for noun in inside)


def _at_a_number(text: str, start: int, end: int) -> bool:
    """Whether a size stands right in front or behind: hf300, 50hf, 50块hf."""
    return text[end : end + 1].isdigit() or _SIZED.search(text, 0, start) is not None


_A_BLANK = 2
"""Characters further apart had words between them: what is not spelled right is not put together over them."""
_SIZE_BEHIND = re.compile("[0-9]|[年月季周]卡|会员|[一两半]年")
_SIZED = re.compile(r"\d(?:元|块钱?)?$")


def _bounded(text: str, start: int, end: int, edges: frozenset[int]) -> bool:
    """A latin name counts only where no latin letter continues it; `edges` are where blanks stood."""
    before = "" if start in edges else text[start - 1 : start]
    after = "" if end in edges else text[end : end + 1]
    if (text[end - 1].isdigit() and after.isdigit()) or (text[start].isdigit() and before.isdigit()):
        return False
    return not (_latin(text[start]) and _latin(before)) and not (_latin(text[end - 1]) and _latin(after))


def _unread(text: str, taken: bytearray) -> bool:
    run = 0
    for character, done in zip(text, taken, strict=True):
        run = run + 1 if not done and ("\u4e00" <= character <= "\u9fff" or _latin(character)) else 0
        if run >= 3:
            return True
    return False


def _latin(character: str) -> bool:
    return character != "" and "a" <= character <= "z"


def _chinese_count(text: str) -> int:
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


__all__ = ["Closeness", "Mention", "MentionKind", "Names"]
