"""Whether a scrap that nobody understood is what a slip left of other goods: 动流量 for one carrier of three,
骏是50 above 网易一卡通15, 夜[呲牙]场票.

A name that lost a character is no name any more. What is left of it stands beside a word that others
share, or beside a size that then takes the goods of its neighbour, and the order looks whole. So a scrap is
held against what the siblings are called: a character of theirs that the chosen goods do not have asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from nlu.abbreviations import in_order
from nlu.alternations import repeatable
from nlu.assortment import Assortment
from nlu.covered import Covered
from nlu.lexicon import Lexicon, word_set
from nlu.mention import Closeness
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.records import Event, EventKind, Record
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven, variant_of
from nlu.siblings import KIN_MAX
from nlu.sounds import heard
from nlu.understanding import Slot, SpokenLine
from nlu.vocabulary import Vocabulary
from nlu.written_names import WrittenNames


class ProofOfFragments:
    """Holds scraps of names against the siblings of the goods of one catalog. Immutable."""

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, table: NameTable, goods: Assortment, written: WrittenNames
    ) -> None:  # fmt: skip
        self._vocabulary, self._table, self._goods = vocabulary, table, goods
        self._few, self._written = written.compared, written.names
        self._latin_tiers = [
            word for word in lexicon.words("signs.latin_tiers") if len(word) >= _LATIN_TIER_MIN
        ]
        self._latin_talk = word_set(lexicon, "signs.latin_talk", "names.latin_talk", "around.latin")
        hums = repeatable(lexicon.words("accounts.fillers"))
        self._silence_before = re.compile(
            rf"(?:{hums}|\[[^\[\]\n]{{1,4}}\]|[^\w\n,。;:]|[a-z]{{2,5}}(?![a-z]))*$"
        )
        self._silence_behind = re.compile(rf"(?:{hums}|\[[^\[\]\n]{{1,4}}\]|[^\w\n,。;:])*")

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Whose goods a scrap may tell to be others."""
        letters = self._unread_letters(said)
        for at, line, record in said.pairs():
            if line.product is None:
                continue
            if self._scrap_at_size(said, record):
                yield at, Unproven.NAME_UNUSED
            if self._of_a_sibling(said, line, record):
                yield at, Unproven.SIBLING
            if self._misspelt(said, line, record):
                yield at, Unproven.SIBLING
            if self._begins_another(said, record, line.product.value):
                yield at, Unproven.SIBLING
            if self._in_brackets(said, record) or self._in_letters(said, record, letters):
                yield at, Unproven.NAME_UNUSED

    def _scrap_at_size(self, said: Said, record: Record) -> bool:
        """骏是50, 饿么月卡: in front of a size that takes the goods of another line stands what is left of a name,
        be there a light word between."""
        left = said.reading.shape.left.over
        if Slot.VARIANT in record.inherited:
            # 百度网盘月卡、知乎会员月喀: a size of its own was said, and the one before was taken instead.
            own = record.names[-1:] if Slot.PRODUCT not in record.inherited else []
            runs = [_RUN_BEHIND.match(said.text, event.end) for event in own]
            return any(run is not None and not left.isdisjoint(range(*run.span())) for run in runs)
        if Slot.PRODUCT not in record.inherited:
            return False
        for event in record.amounts:
            begin, _ = said.bounds(event.start)
            read = [other.end for other in said.beside(event.start, SLOT_EVENTS) if other.end <= event.start]
            begin = max([begin, *read])
            run = _RUN_BEFORE.search(said.text, begin, event.start)
            if run is not None and len(run[0]) <= _NAME_MAX and not left.isdisjoint(range(*run.span())):
                return True
        return False

    def _of_a_sibling(self, said: Said, line: SpokenLine, record: Record) -> bool:
        """动流量, 超那个大杯: a character that nobody understood, beside what says what the goods are, stands in the
        name of a sibling or on another label, and not in their own."""
        assert line.product is not None
        mine = line.product.value
        if self._continues(said, record, mine):
            return True
        scraps = {scrap for scrap in self._scraps(said, record) if _PERIODS.isdisjoint(scrap)}
        if not scraps:
            return False
        variant = variant_of(line, self._vocabulary)
        own = self._written(mine) + (plain(variant.label) if variant is not None else "")
        strange = {scrap for scrap in scraps if scrap not in own}
        if not strange:
            return False
        labels = (plain(one.label) for one in self._vocabulary.products[mine].variants)
        meant = record.name.options if record.name is not None else {}
        others = dict.fromkeys((*meant, *self._table.kin(mine)[:KIN_MAX]))
        return any(scrap in words for words in (*labels, *map(self._written, others)) for scrap in strange)

    def _continues(self, said: Said, record: Record, mine: str) -> bool:
        """度就超会, 冲罗单车: with the character in front of it a name is a short form of what other goods are called."""
        for event in record.names[-1:]:
            run = _RUN_BEFORE.search(said.text, max(0, event.start - 3), event.start)
            typed = said.text[event.start : event.end].replace("的", "").replace(" ", "")
            front = range(*run.span()) if run is not None else range(0)
            left = said.reading.shape.left.over
            near = (place for place in front if place in left or place == event.start - 1)
            for scrap in (said.text[place] for place in near if not said.read.meets(place, place + 1)):
                if scrap in _PERIODS:
                    continue
                sound = heard(scrap + typed)
                if len(sound) < _CALLED_MIN or any(in_order(sound, heard(own)) for own in self._names(mine)):
                    continue
                if any(
                    in_order(sound, heard(name))
                    for one in self._few
                    if one != mine
                    for name in self._names(one)
                ):
                    return True
        return False

    def _names(self, product_id: str) -> Iterator[str]:
        return iter(self._written(product_id).split("\0"))

    def _scraps(self, said: Said, record: Record) -> Iterator[str]:
        """The characters right beside the names and kinds of a record that were not understood, over what is no
        word at all; and the pair that each of them makes with its neighbour."""
        left = said.reading.shape.left.over
        for event in (*record.names[-1:], *record.qualifiers, *record.nouns):
            silent = self._silence_before.search(said.text, 0, event.start)
            before = silent.start() - 1 if silent is not None else event.start - 1
            apart = silent is not None and " " in silent[0]
            if before in left and not (apart and _LONG_RUN.search(said.text, 0, before + 1)):
                yield said.text[before]
                yield said.text[before] + said.text[event.start]
            behind = self._silence_behind.match(said.text, event.end)
            after = behind.end() if behind is not None else event.end
            if after in left:
                yield said.text[after]
                yield said.text[event.end - 1] + said.text[after]

    def _misspelt(self, said: Said, line: SpokenLine, record: Record) -> bool:
        """腾讯evip, 凯叔员会年卡, 兽世界年卡: what a guessed name has of others, and what it swallowed."""
        assert line.product is not None
        name = next((event for event in reversed(record.names) if event.mention is record.name), None)
        if name is None or name.mention is None or name.mention.closeness is Closeness.EXACT:
            return False
        typed, mine = said.text[name.start : name.end], line.product.value
        own = self._written(mine)
        if record.qualifiers:
            return False
        variant = variant_of(line, self._vocabulary)
        period = _PERIOD.search(typed)
        if period is not None and record.amounts and not self._same_period(said, period[0], record):
            return True
        if period is not None and variant is not None and f"半{period[0]}" in variant.label:
            return period[0] not in own
        words = [word for word in _LATIN.findall(typed) if word not in own]
        torn = [word for word in _TORN.findall(typed) if word not in own]
        near = {
            tier
            for tier in self._latin_tiers
            for word in words
            if OSA.distance(word, tier, score_cutoff=1) <= 1
        } | {tier for tier in self._latin_tiers for word in torn if in_order(word, tier)}
        kin = [one for one in self._table.kin(mine)[:KIN_MAX] if one != mine]
        if any(tier not in own and tier in self._written(one) for tier in near for one in kin):
            return True
        bare = _PERIOD.sub("", typed).replace(" ", "")
        if any(in_order(bare, written) for written in own.split("\0")):
            return False
        options = [one for one in name.mention.options if one != mine][:KIN_MAX]
        foreign = set(bare) - set(own) if not name.mention.said else set()
        if any(foreign & set(self._written(one)) for one in options):
            return True  # 喜马拉雅会童: of the children's
        if name.mention.said:
            return False
        far = self._distance(bare, mine)
        best = min(name.mention.options.values())
        likely = name.mention.options[mine] <= best if mine in name.mention.options else False
        if likely and any(
            name.mention.options[one] <= best and self._distance(bare, one) < far for one in options
        ):
            return True
        if any(
            in_order(bare, plain(word).replace(" ", ""))
            for one, product in self._few.items()
            if one != mine and one not in name.mention.options
            for word in (product.name, *product.aliases)
        ):
            return True  # 奇果tv is as well 奇异果tv as 芒果tv
        # Characters in the wrong order are as well those of a sibling that nobody thought of.
        sizes = tuple(event.amount for event in record.amounts if event.amount is not None)
        return any(
            set(bare) <= set(self._written(one)) and (not sizes or self._goods.sold_in(one, sizes))
            for one in kin
            if one not in name.mention.options
        )

    def _distance(self, typed: str, product_id: str) -> int:
        return min(OSA.distance(typed, _FACET.sub("", name)) for name in self._names(product_id))

    def _same_period(self, said: Said, period: str, record: Record) -> bool:
        """Whether the size of a record says the period again that its misspelt name has swallowed."""
        long = _LONG[period[0]]
        return any(event.amount is not None and event.amount.low in long for event in record.amounts)

    def _in_brackets(self, said: Said, record: Record) -> bool:
        """都[玫瑰]送到…, where roses are sold: a picture that the keyboard typed as a word, beside goods in words."""
        names = [event for event in said.reading.events if event.kind is EventKind.NAME]
        return (
            len(names) > 1
            and bool(record.names)
            and all(_bracketed(said.text, event) for event in record.names)
            and not all(_bracketed(said.text, event) for event in names)
        )

    def _begins_another(self, said: Said, record: Record, mine: str) -> bool:
        """pa game pass三个月, wps我会员: with what stands unread in front of a name, or between it and its kind, it is one
        slip from how other goods are called."""
        typed = []
        for name in record.names[-1:]:
            word = _LATIN_IN_FRONT.search(said.text, max(0, name.start - _REACH), name.start)
            read = any(e.start <= word.start() < e.end for e in said.reading.events) if word else True
            if word is not None and not read and word["word"] not in self._latin_talk:
                typed.append(said.text[word.start() : name.end])
            typed += [
                said.text[name.start : noun.end]
                for noun in record.nouns
                if noun.start - name.end == 1
                and _CHINESE.fullmatch(said.text[name.end])
                and said.text[name.end] != _OF
            ]
        words = {plain(one).replace(" ", "") for one in typed}
        return any(
            len(word) > _CALLED_MIN and OSA.distance(word, name, score_cutoff=1) == 1
            for word in words
            for one in self._few
            if one != mine
            for name in self._names(one)
        )

    def _unread_letters(self, said: Said) -> list[re.Match[str]]:
        """Words in letters that nobody read."""
        labels = Covered(e.account.label for e in said.reading.events if e.account and e.account.label)
        return [
            match
            for match in _LETTERS.finditer(said.text)
            if match[0] not in self._latin_talk
            and not said.read.meets(*match.span())
            and not labels.meets(*match.span())
        ]

    def _in_letters(self, said: Said, record: Record, words: Sequence[re.Match[str]]) -> bool:
        """100刀的ube卡, lop点券1000, 奇异果v月卡: letters that nobody read, where goods that were taken over or that only
        a kind says may have their name, or between a name and its size."""
        sizes = {event.start for event in record.amounts} | {event.start - 1 for event in record.amounts}
        if Slot.PRODUCT in record.inherited and any(
            len(word[0]) > 1 and said.clause(word.start()) == said.clause(size.start)
            for word in words
            for size in record.amounts
        ):
            return True  # 再来张100的ste国ma区 behind QB20给A
        if Slot.PRODUCT in record.inherited and any(
            word.start() == said.bounds(word.start())[0] or said.text[word.start() - 1].isspace()
            for word in words
            for size in record.amounts
            if 0 < size.start - word.end() <= _LETTER_WITHIN and word[0] not in _SIGNS
        ):
            return True  # 芒果季卡 A / B那年卡 B
        if record.names:
            named = {event.end for event in record.names}
            torn = any(len(word[0]) == 1 and word.start() in named and word.end() in sizes for word in words)
            if Slot.PRODUCT not in record.inherited:
                return torn
        behind = {event.end for event in record.amounts} | {event.end + 1 for event in record.amounts}
        nouns = {event.start for event in record.nouns}
        for word in words:
            follows = said.text[word.end() : word.end() + 1] in _CARDS
            if (word.start() in behind and follows) or (len(word[0]) > 1 and word.end() in nouns | sizes):
                return True
        return False


def _bracketed(text: str, event: Event) -> bool:
    return text[event.start - 1 : event.start] == "[" and text[event.end : event.end + 1] == "]"


_LATIN_TIER_MIN = 3
_PERIODS = frozenset(("年", "季", "月", "周", "天", "日"))
_FACET = re.compile(r"\([^()]*\)")
_CALLED_MIN = 3
_REACH = 12
_OF = "的"
_LATIN_IN_FRONT = re.compile("(?<![a-z0-9@._-])(?P<word>[a-z]{2,8}) ?$")
_LETTER_WITHIN = 2
_SIGNS = frozenset("xv")
"""Letters that count or say a tier."""
_CARDS = frozenset(("卡", "券", "会", "币"))
_LETTERS = re.compile("(?<![a-z0-9@._-])[a-z]+(?![a-z0-9@._-])")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_NAME_MAX = 6
"""More characters in a row are no name that was left over but talk."""
_RUN_BEHIND = re.compile("[\u4e00-\u9fff]{1,3}")
_RUN_BEFORE = re.compile("[\u4e00-\u9fff]+$")
_LONG_RUN = re.compile("[\u4e00-\u9fff]{3}$")
"""In front of a blank it ends a clause of its own: 家里换了大电视 芒果季卡."""
_LATIN = re.compile("[a-z]{3,}")
_TORN = re.compile("(?<![a-z])[a-z]{2}(?![a-z])")
"""腾讯ip of 腾讯svip."""
_LONG = {"年": (1, 12, 365, 360), "季": (3, 90), "月": (1, 30, 31), "周": (1, 7)}
_PERIOD = re.compile("[年季月周][卡费票]")
