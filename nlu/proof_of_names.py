"""Whether a name means the goods of its line, and not others that are called or heard so as well.

A short name, a misspelled one and one that lost a character are read as the goods that are likest to them.
Here the letters that were typed are held against what all the other goods are called; the tiers that are no more
than misspelled are in `nlu/proof_of_tiers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from nlu.abbreviations import in_order
from nlu.assortment import EQUAL_SHORT_WITHIN, Assortment
from nlu.mention import BRANDLESS, Closeness
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.records import Event
from nlu.roles import Role
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven
from nlu.siblings import KIN_MAX, NAMES_KEPT
from nlu.sounds import heard
from nlu.understanding import SpokenLine
from nlu.vocabulary import Vocabulary
from nlu.written_names import WrittenNames


class ProofOfNames:
    """Holds names against what all goods of one catalog are called. Immutable."""

    def __init__(
        self, vocabulary: Vocabulary, table: NameTable, goods: Assortment, written: WrittenNames
    ) -> None:
        self._vocabulary, self._table, self._goods = vocabulary, table, goods
        self._telling = lru_cache(maxsize=NAMES_KEPT)(self._telling_of)
        self._written, self._compared = written.all, written.compared
        self._all_written = "\0".join(map(self._written, self._compared))
        self._all_heard = heard(self._all_written)

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Whose name may mean something else."""
        yield from self._siblings(said)
        yield from self._heard_of_kin(said)
        yield from self._unsaid_kinds(said)
        yield from self._words_of_others(said)
        yield from self._called_like_another(said)

    def _siblings(self, said: Said) -> Iterator[Doubt]:
        """万达的票, where its cinemas have two kinds of them: a piece of a name means one thing only where
        nothing else that has it is sold in the size."""
        for at, line, record in said.pairs():
            mention = record.name
            if line.product is None or mention is None or record.qualifiers:
                continue
            best = min(mention.options.values(), default=0.0)
            if best > 0 and any(self._kin_called(mention.text, line.product.value)):
                yield at, Unproven.SIBLING
            if best < BRANDLESS:
                continue
            within = best + (PIECE_WITHIN if mention.partial else EQUAL_SHORT_WITHIN)
            sizes = tuple(event.amount for event in record.amounts if event.amount is not None)
            others = (
                one
                for one, cost in mention.options.items()
                if cost <= within and not self._told_from(said.text, line, one)
            )
            if any(not sizes or self._goods.sold_in(one, sizes) for one in others):
                yield at, Unproven.SIBLING
                continue
            typed = mention.text.replace(" ", "")
            as_written = typed in self._written(line.product.value)
            # 空间黄钻 stands in QQ黄钻贵族(空间黄钻), and not in QQ空间豪华黄钻.
            if (mention.partial or not as_written) and any(
                typed in self._written(one)
                and (not sizes or self._goods.sold_in(one, sizes))
                and not self._told_from(said.text, line, one)
                for one in self._compared
                if one not in mention.options
            ):
                yield at, Unproven.SIBLING  # 呗单词会员: of 不背单词 or of 扇贝单词?

    def _kin_called(self, typed: str, mine: str) -> Iterator[str]:
        """The siblings whose name begins with a short one, too: dc of dc会员 and of dc基础会员."""
        if typed.isascii() and len(typed) <= _SHORT_NAME:
            begins = re.compile(rf"(?:^|\0){re.escape(typed)}")
            kin = self._table.kin(mine)[:KIN_MAX]
            yield from (one for one in kin if one != mine and begins.search(self._written(one)))

    def _told_from(self, text: str, line: SpokenLine, other: str) -> bool:
        """Whether a server, a tier or a country that was said tells the goods of a line from others."""
        assert line.product is not None
        mine, theirs = line.product.value, self._vocabulary.products[other]
        if mine == other or (line.region is not None and line.region.value not in theirs.regions):
            return True
        if self._lifted_above(other, mine, text):
            return True
        apart = self._table.qualifiers[mine] - self._table.qualifiers[other]
        return any(meaning in text and meaning not in plain(theirs.name) for _, meaning in apart)

    def _lifted_above(self, other: str, mine: str, text: str) -> bool:
        """Whether other goods are the same with a tier that nobody said: 黄钻 is the plain one, and not QQ豪华黄钻."""
        own, theirs = self._table.qualifiers[mine], self._table.qualifiers[other]
        more = [meaning for role, meaning in theirs - own if role is Role.TIER]
        alike = not self._table.brands[other].isdisjoint(self._table.brands[mine])
        return alike and own < theirs and bool(more) and not any(meaning in text for meaning in more)

    def _heard_of_kin(self, said: Said) -> Iterator[Doubt]:
        """钞级VIP: words that nobody understood sound like what a sibling is called."""
        left = said.reading.shape.left.over
        slots = [event.start for event in said.reading.events if event.kind in SLOT_EVENTS]
        places = {*slots, *(at - 1 for at in slots if said.text[at - 1 : at] == _OF)}
        runs = (match for match in _RUN.finditer(said.text) if left.issuperset(range(*match.span(1))))
        words = {heard(match[1]) for match in runs if match.end(1) in places}
        for at, line, _ in said.pairs() if words else ():
            if line.product is None:
                continue
            own = heard(self._written(line.product.value))
            kin = [one for one in self._table.kin(line.product.value) if one != line.product.value]
            if any(
                word not in own and word in heard(self._written(one))
                for one in kin[:KIN_MAX]
                for word in words
            ):
                yield at, Unproven.SIBLING

    def _unsaid_kinds(self, said: Said) -> Iterator[Doubt]:
        """玛拉雅会员: a name with a slip means no 喜马拉雅儿童会员 beside a plain one where nothing says 儿童."""
        for at, line, record in said.pairs():
            if line.product is None or record.name is None or record.name.closeness is Closeness.EXACT:
                continue
            telling = self._telling(line.product.value)
            if not telling:
                continue
            # 扣扣超会 says 超级 by its first character.
            sounds = {heard(word if word.isascii() else word[0]) for word in telling}
            whole = heard(said.text)
            if not any(sound in whole for sound in sounds):
                yield at, Unproven.SIBLING

    def _telling_of(self, product_id: str) -> frozenset[str]:
        """The tiers and kinds in the name of goods that one of their siblings does without."""
        own = self._kinds(product_id)
        kin = [one for one in self._table.kin(product_id) if one != product_id]
        others = map(self._kinds, kin[:KIN_MAX])
        return next((own - theirs for theirs in others if theirs < own), frozenset())

    def _kinds(self, product_id: str) -> frozenset[str]:
        name = self._vocabulary.products[product_id].name
        return frozenset(token.text for token in self._table.namer.tokens(name) if token.role in _KINDS)

    def _words_of_others(self, said: Said) -> Iterator[Doubt]:
        """Windows 10 氨装U盘: what stands behind a name are characters of another one that it may mean, and
        that the one which was chosen has not."""
        for at, line, record in said.pairs():
            name = next((e for e in reversed(record.names) if e.mention is record.name), None)
            if line.product is None or name is None or name.mention is None:
                continue
            behind = _behind(said, name)
            if len(behind) < _CHARACTERS_MIN or not 1 < len(name.mention.options) <= KIN_MAX:
                continue
            foreign = behind - set(self._written(line.product.value))
            if any(
                len(foreign & set(self._written(other))) >= max(_CHARACTERS_MIN, len(behind) / 2)
                for other in name.mention.options
                if other != line.product.value and not self._told_from(said.text, line, other)
            ):
                yield at, Unproven.SIBLING

    def _called_like_another(self, said: Said) -> Iterator[Doubt]:
        """喜马拉雅庭会员, 背单词年卡, dc会月卡: what was typed is how other goods are called, or is heard so, and not
        how those are that were chosen."""
        for at, line, record in said.pairs():
            name = next((e for e in reversed(record.names) if e.mention is record.name), None)
            if line.product is None or name is None or name.mention is None or record.qualifiers:
                continue
            mine, mention = line.product.value, name.mention
            own = self._written(mine)
            if mention.closeness is Closeness.TYPO:
                others = [one for one in mention.options if one != mine][:KIN_MAX]
                alike = mention.text not in own and any(mention.text in self._written(o) for o in others)
                alike = alike or self._nearly_a_tier(said.text[name.start : name.end], mine)
            elif mention.closeness is Closeness.EXACT:
                following = [e.start for e in said.beside(name.start, SLOT_EVENTS) if e.start >= name.end]
                typed = said.text[name.start : min(following, default=name.end)].replace(" ", "")
                more = len(typed) > len(said.text[name.start : name.end].replace(" ", ""))
                alike = more and typed not in own and typed in self._all_written
                alike = alike or self._torn_from_another(said, name, mine)
            else:
                typed = said.text[name.start : name.end]
                words = [typed[:length] for length in range(_CALLED_MIN, len(typed) + 1)]
                words = [word for word in words if _CHINESE_ONLY.fullmatch(word)]
                sounds = heard(own)
                alike = any(
                    (word not in own and word in self._all_written)
                    or (heard(word) not in sounds and heard(word) in self._all_heard)
                    for word in words
                )
            if alike:
                yield at, Unproven.SIBLING

    def _nearly_a_tier(self, typed: str, mine: str) -> bool:
        """爱奇艺生金会员: of 黄金 or of 白金?"""
        own = self._written(mine)
        tiers = {
            tier
            for other in self._table.kin(mine)[:KIN_MAX]
            for role, tier in self._table.qualifiers[other] - self._table.qualifiers[mine]
            if role is Role.TIER and _PAIR.fullmatch(tier)
        }
        pairs = ("".join(pair) for pair in pairwise(typed))
        return any(
            pair not in own and (pair[0] == tier[0] or pair[1] == tier[1]) for pair in pairs for tier in tiers
        )

    def _torn_from_another(self, said: Said, name: Event, mine: str) -> bool:
        """dc员月卡, where another good is called dc会员: a character of a longer name is missing."""
        end = name.end
        while end in said.reading.shape.left.over:
            end += 1
        typed = said.text[name.start : end].replace(" ", "")
        if end == name.end or len(typed) < _CALLED_MIN:
            return False
        return any(
            len(word) == len(typed) + 1 and word not in self._written(mine) and in_order(typed, word)
            for other, product in self._compared.items()
            if other != mine
            for word in (plain(alias).replace(" ", "") for alias in (product.name, *product.aliases))
        )


def _behind(said: Said, name: Event) -> frozenset[str]:
    """The characters right behind a name, up to what was read next."""
    behind = [event.start for event in said.beside(name.start, SLOT_EVENTS) if event.start >= name.end]
    return frozenset(said.text[name.end : min(behind, default=said.bounds(name.start)[1])].replace(" ", ""))


PIECE_WITHIN = 10.0
"""Of a piece of a name any other that has it may be meant."""
_CHARACTERS_MIN = 2
_CALLED_MIN = 3
_SHORT_NAME = 2
_OF = "的"
_PAIR = re.compile("[\u4e00-\u9fff]{2}")
_KINDS = frozenset({Role.BRAND, Role.TIER, Role.SUBJECT, Role.CONTENT})
"""儿童 is as good as a brand to the words of the trade."""
_RUN = re.compile("(?=([\u4e00-\u9fff]{2}))")
_CHINESE_ONLY = re.compile("[\u4e00-\u9fff]+")
