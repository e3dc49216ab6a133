"""Whether a tier was said that the goods of a line do not have, misspelled or torn; or one that was left out.

A tier tells goods from their siblings: of 慢用充 nothing is left that any reader knows, and the plain goods would
be ordered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from nlu.alternations import NEVER
from nlu.name_table import NameTable
from nlu.roles import Role
from nlu.said import Doubt, Said, Unproven
from nlu.siblings import KIN_MAX
from nlu.sounds import heard
from nlu.written_names import WrittenNames


class ProofOfTiers:
    """Holds tiers against those of the goods of one catalog. Immutable."""

    def __init__(self, table: NameTable, written: WrittenNames) -> None:
        self._table, self._written = table, written.all
        words = (word for word, (role, _) in table.namer.words.items() if role is Role.TIER)
        self._tiers = [word for word in words if len(word) >= _SLIPS_FROM and _CHINESE_ONLY.fullmatch(word)]
        tiers = (meaning for role, meaning in table.namer.words.values() if role is Role.TIER)
        pairs = sorted({tier for tier in tiers if _PAIR.fullmatch(tier)})
        self._tiers_heard = frozenset(map(heard, pairs))
        self._torn = re.compile("|".join(map(_torn, pairs)) or NEVER)

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Whose tier may be another."""
        yield from self._torn_tiers(said)
        yield from self._slipped_tiers(said)
        yield from self._unsaid_plain_tiers(said)

    def _torn_tiers(self, said: Said) -> Iterator[Doubt]:
        """慢用充, 要曼充: the tier of a sibling with a character that slipped in between, or misspelled."""
        left = said.reading.shape.left.over
        pairs = {said.text[at : at + 2] for place in left for at in (place - 1, place) if at >= 0}
        misheard = {heard(pair) for pair in pairs if _PAIR.fullmatch(pair)} & self._tiers_heard
        if not misheard and not self._torn.search(said.text):
            return
        for at, line, _ in said.pairs():
            if line.product is None:
                continue
            mine = line.product.value
            theirs = {one for other in self._table.kin(mine) for one in self._table.qualifiers[other]}
            for role, tier in theirs - self._table.qualifiers[mine]:
                pair = role is Role.TIER and _PAIR.fullmatch(tier) is not None
                torn = pair and re.search(_torn(tier), said.text)
                if torn or (pair and heard(tier) in misheard):
                    yield at, Unproven.TIER_UNUSED

    def _slipped_tiers(self, said: Said) -> Iterator[Doubt]:
        """专版业, 专噎版: what nobody understood behind a name is one slip from a tier that the goods do not have,
        and from none that they have."""
        left = said.reading.shape.left.over
        for at, line, record in said.pairs():
            if line.product is None or not record.names:
                continue
            run = _RUN_BEHIND.match(said.text, record.names[-1].end)
            if run is None or left.isdisjoint(range(*run.span("run"))):
                continue
            own = self._written(line.product.value)
            words = [word for word in self._tiers if _slipped(run["run"], word)]
            if words and run["run"][:_SLIPS_FROM] not in own and not any(word in own for word in words):
                yield at, Unproven.TIER_UNUSED

    def _unsaid_plain_tiers(self, said: Said) -> Iterator[Doubt]:
        """Nitro月卡, where Discord Nitro is sold and another good is called Nitro基础版: who leaves 基础 out means
        the goods that have neither it nor a tier above it."""
        for at, line, record in said.pairs():
            if line.product is None or record.name is None:
                continue
            mine, typed = line.product.value, record.name.text.replace(" ", "")
            if not any(b in typed and self._table.namer.role_of(b) is None for b in self._table.brands[mine]):
                continue
            unsaid = [
                (role, tier)
                for role, tier in self._table.qualifiers[mine]
                if role is Role.PLAIN_TIER
                and not any(
                    word in said.text for word in self._table.namer.synonyms.get((role, tier), (tier,))
                )
            ]
            named_so = typed in self._written(mine).split("\0")
            if (
                unsaid
                and not named_so
                and any(
                    one != mine and typed in self._written(one) and not self._tiers_of(one)
                    for one in list(record.name.options)[:KIN_MAX]
                )
            ):
                yield at, Unproven.SIBLING

    def _tiers_of(self, product_id: str) -> frozenset[tuple[Role, str]]:
        qualifiers = self._table.qualifiers[product_id]
        return frozenset(one for one in qualifiers if one[0] in (Role.TIER, Role.PLAIN_TIER))


def _torn(tier: str) -> str:
    """The pattern of a tier with a character that slipped in between: 慢用充."""
    return f"{tier[0]}[\u4e00-\u9fff]{tier[1]}"


def _slipped(typed: str, word: str) -> bool:
    """Whether a text begins with what is one slip from a word, and not with the word itself."""
    near = (typed[:length] for length in range(len(word) - 1, len(word) + 2))
    return not typed.startswith(word) and any(OSA.distance(one, word, score_cutoff=1) == 1 for one in near)


_PAIR = re.compile("[\u4e00-\u9fff]{2}")
_RUN_BEHIND = re.compile(" ?的?(?P<run>[\u4e00-\u9fff]{2,6})")
_CHINESE_ONLY = re.compile("[\u4e00-\u9fff]+")
_SLIPS_FROM = 3
"""Of a shorter word too little is left after a slip."""
