"""The last look before lines count as understood: whether the message itself proves each of them.

Gathering decides what belongs together; it may be led astray by a word that nobody foresaw. So a line
is held against the message once more, by rules that know nothing of how it came about: every number
said is accounted for, a count counts goods and nothing else, what was refused is not ordered, everybody
who was listed gets something, and nobody gets what stands beside another. What is not proven is asked
about; nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nlu.alternations import any_of
from nlu.assortment import Assortment
from nlu.corrections import CueKind
from nlu.in_front import in_front
from nlu.lexicon import Lexicon, word_set
from nlu.name_table import NameTable
from nlu.numerals import number, numbers, numerals
from nlu.other_numbers import OtherKind
from nlu.proof_of_counts import ProofOfCounts
from nlu.proof_of_denials import ProofOfDenials
from nlu.proof_of_fragments import ProofOfFragments
from nlu.proof_of_goods import ProofOfGoods, crossed
from nlu.proof_of_labels import ProofOfLabels
from nlu.proof_of_lengths import ProofOfLengths
from nlu.proof_of_names import ProofOfNames
from nlu.proof_of_orphans import ProofOfOrphans
from nlu.proof_of_pieces import ProofOfPieces
from nlu.proof_of_recipients import ProofOfRecipients
from nlu.proof_of_refusals import ProofOfRefusals
from nlu.proof_of_shares import ProofOfShares, counts_of_other_sentences
from nlu.proof_of_sizes import ProofOfSizes, half_a_limit, lost_goods, unread_years
from nlu.proof_of_slips import ProofOfSlips
from nlu.proof_of_strangers import strangers_listed, with_strangers
from nlu.proof_of_tiers import ProofOfTiers
from nlu.proof_of_topups import ProofOfTopups
from nlu.reading import Reading
from nlu.records import EventKind, same_value
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven
from nlu.understanding import SpokenLine
from nlu.vocabulary import Vocabulary
from nlu.written_names import WrittenNames


class Prover:
    """Holds lines against their message, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, table: NameTable, goods: Assortment) -> None:
        self._counts = ProofOfCounts(vocabulary, lexicon)
        self._goods = ProofOfGoods(vocabulary, lexicon, table, goods)
        written = WrittenNames(vocabulary)
        self._names = ProofOfNames(vocabulary, table, goods, written)
        self._tiers = ProofOfTiers(table, written)
        self._fragments = ProofOfFragments(vocabulary, lexicon, table, goods, written)
        self._labels = ProofOfLabels(goods, lexicon)
        self._lengths = ProofOfLengths(lexicon)
        self._orphans = ProofOfOrphans(vocabulary)
        self._pieces = ProofOfPieces(vocabulary, lexicon)
        self._shares = ProofOfShares(lexicon)
        self._sizes = ProofOfSizes(vocabulary, lexicon)
        self._recipients = ProofOfRecipients(vocabulary, lexicon)
        self._refusals = ProofOfRefusals(lexicon)
        self._denials = ProofOfDenials(lexicon)
        self._slips = ProofOfSlips(lexicon)
        self._topups = ProofOfTopups(vocabulary, lexicon, goods)
        self._latin_count = re.compile(rf"(?<![a-z]){any_of(lexicon, 'proof.latin_counts')}(?![a-z])")
        self._plain_numerals = frozenset((*lexicon.words("signs.numeral_characters"), *"0123456789"))
        """陆 of 陆续 and 参 of 参加 say no number by themselves."""
        also = any_of(lexicon, "proof.also")
        self._also = (
            re.compile(rf"(?:块钱?|元)?的?(?:那个|这个)?{also}"),
            re.compile(rf"(?:{also}|{any_of(lexicon, 'proof.besides')})(?:一?[张个份])?$"),
        )
        """Behind what is wanted too, and in front of it."""
        self._latin_talk = word_set(lexicon, "signs.latin_talk", "names.latin_talk", "around.latin")
        self._told_behind = re.compile(rf"\s?{any_of(lexicon, 'proof.told_behind')}")
        self._relative = re.compile(any_of(lexicon, "proof.relative"))
        self._in_all = re.compile(
            rf"{any_of(lexicon, 'proof.totals')}[是为要:：\s]{{0,2}}(?P<sum>\d{{2,6}})(?:元|块钱?|(?=[\s,，。;；!！]|$))"
        )
        self._total = re.compile(rf"{any_of(lexicon, 'proof.totals')}[^,，。;；!！?？\n]{{0,6}}$")

    def doubts(self, reading: Reading, lines: Sequence[SpokenLine]) -> dict[int, frozenset[Unproven]]:
        """By place: why a line that is complete in itself is not proven."""
        if not any(line.sku for line in lines):
            return {}
        found: dict[int, frozenset[Unproven]] = {}
        for at, why in self._all(Said.of(reading, lines)):
            if lines[at].sku is not None:
                found[at] = found.get(at, frozenset()) | {why}
        return found

    def hangs_on_talk(self, reading: Reading, doubts: Mapping[int, frozenset[Unproven]]) -> bool:
        """`doubts`: those of its lines. Whether what a message orders may hang on the words beside it, so that none is left out as talk: it
        perhaps refuses or only tells of its lines, by a slip too; or what nobody understood may be a word that
        turns the order around, or goods of their own."""
        if any(why & {Unproven.REFUSED, Unproven.TOLD} for why in doubts.values()):
            return True
        said = Said.of(reading, [SpokenLine()] * len(reading.records))
        found = (*self._slips.doubts(said), *strangers_listed(said), *counts_of_other_sentences(said))
        return bool(found) or unread_years(said) or half_a_limit(said) or lost_goods(said)

    def _all(self, said: Said) -> Iterator[Doubt]:
        yield from self._counts.doubts(said)
        yield from self._sums(said)
        yield from self._goods.doubts(said)
        yield from self._names.doubts(said)
        yield from self._tiers.doubts(said)
        yield from with_strangers(said)
        yield from self._fragments.doubts(said)
        yield from self._orphans.doubts(said)
        yield from self._recipients.doubts(said)
        yield from self._pieces.doubts(said)
        yield from self._sizes.doubts(said)
        yield from self._labels.doubts(said)
        yield from self._lengths.doubts(said)
        yield from self._shares.doubts(said)
        yield from self._refusals.doubts(said)
        yield from self._denials.doubts(said)
        yield from self._slips.doubts(said)
        yield from self._topups.doubts(said)
        if said.turned:
            yield from self._turned_to(said)
            return
        yield from self._numbers(said)
        yield from self._unused(said)
        placed = any(mark.value.kind is OtherKind.LEADING for mark in said.reading.others)
        if CueKind.RESPECTIVELY not in said.reading.cues and not placed:
            yield from crossed(said)

    def _numbers(self, said: Said) -> Iterator[Doubt]:
        """Every number is used, or tells of something else."""
        known = bytearray(len(said.text) + 1)
        events, reading = said.reading.events, said.reading
        spans = [(event.start, event.end) for event in events]
        spans += [event.account.label for event in events if event.account and event.account.label]
        spans += [*reading.refusals, *reading.elsewhere, *((mark.start, mark.end) for mark in reading.others)]
        for start, end in spans:
            known[start:end] = b"\x01" * (end - start)
        unknown = not all(known[at] for at in numerals(said.text))
        found = [
            (mark.start, mark.end)
            for mark in (numbers(said.text) if unknown else ())
            if mark.value.high > 1
            and (mark.end - mark.start > 1 or said.text[mark.start] in self._plain_numerals)
            and not self._told_behind.match(said.text, mark.end)
            and not _piece_of(said.text[mark.start : mark.end], said.recipients)
        ]
        # ttwo: a letter twice.
        for text in dict.fromkeys((said.text, _DOUBLED.sub(r" \1", said.text))):
            found += [match.span() for match in self._latin_count.finditer(text)]
        for start, end in found:
            if not any(known[start:end]):
                yield said.nearest(start), Unproven.NUMBER
        told = {mark.end for mark in reading.others}
        for event in events:
            if (
                event.amount is not None
                and event.start in told
                and not numbers(said.text[event.start : event.end])
            ):
                yield said.nearest(event.start), Unproven.NUMBER  # 五一年: a day, or five and a year?

    def _sums(self, said: Said) -> Iterator[Doubt]:
        """What the message says it makes in all is what the lines make. And of 翻倍 and 分给A和B nobody knows
        how much each of them is."""
        if len(said.recipients) > 1 and self._relative.search(said.text):
            yield from said.all(Unproven.SIZE_UNUSED)
        for match in self._in_all.finditer(said.text):
            whole = number(match["sum"])
            made = self._counts.face_of(said.lines)
            if whole is not None and whole.exact and made is not None and whole.low != made:
                yield from said.all(Unproven.SIZE_UNUSED)

    def _turned_to(self, said: Said) -> Iterator[Doubt]:
        """京东卡200，说错了，天卡200: what was said before the last correction may be dropped, but every size and
        recipient behind it counts that is not refused itself."""
        used = {event.start for record in said.records for event in (*record.amounts, *record.accounts)}
        whole = {e.account.text for record in said.records for e in record.accounts if e.account is not None}
        turns = (event.start for event in said.reading.events if event.kind is EventKind.CORRECTION)
        last = max(turns, default=len(said.text))
        yield from self._added(said, last)
        yield from _unchanged(said)
        for event in said.reading.events:
            if event.kind not in _COUNTING or event.start <= last or event.start in used:
                continue
            if event.account is not None and _piece_of(event.account.text, whole):
                continue
            if not self._refusals.refuses(said, event) and event.start not in said.rejected:
                yield said.nearest(event.start), Unproven.SIZE_UNUSED
        known = [(e.start, e.end) for e in said.reading.events]
        known += [e.account.label for e in said.reading.events if e.account and e.account.label]
        starts = {e.start for e in said.reading.events if e.kind in _OF_GOODS}
        for match in _LATIN.finditer(said.text, min(last, len(said.text))):
            read = any(start < match.end() and match.start() < end for start, end in known)
            strange = match["word"] not in self._latin_talk and not self._goods.calls_so(said, match["word"])
            if match.end() in starts and strange and not read:
                yield said.nearest(match.start()), Unproven.NAME_UNUSED  # …，打错了，是wi11家庭版

    def _added(self, said: Said, turn: int) -> Iterator[Doubt]:
        """京东卡200，哦不对，100的也来一张: what is wanted too behind a correction takes nothing back."""
        behind, before = self._also
        for kind in (EventKind.AMOUNT, EventKind.NAME):
            events = [event for event in said.reading.events if event.kind is kind]
            if not any(event.start < turn for event in events):
                continue
            for event in events:
                also = behind.match(said.text, event.end) or in_front(before, said.text, event.start)
                if event.start > turn and also:
                    yield said.nearest(event.start), Unproven.SIZE_UNUSED

    def _unused(self, said: Said) -> Iterator[Doubt]:
        """Every size and every recipient that was said is in some line."""
        records = said.records
        used = {event.start for record in records for event in (*record.amounts, *record.accounts)}
        for event in said.reading.events:
            if event.start in used:
                continue
            if event.kind is EventKind.ACCOUNT:
                yield said.nearest(event.start), Unproven.RECIPIENT_UNUSED
            elif event.kind is EventKind.AMOUNT:
                front = max(0, event.start - _TOTAL_REACH)
                if not self._total.search(said.text, front, event.start):
                    yield said.nearest(event.start), Unproven.SIZE_UNUSED


def _unchanged(said: Said) -> Iterator[Doubt]:
    """腾讯会员季卡 A，写错了，是爱来艺的季卡: behind a correction stands only what was said before, so that what it
    corrects was not understood."""
    turns = [
        event.end for event in said.reading.events if event.kind is EventKind.CORRECTION and not event.mild
    ]
    last = max(turns, default=None)
    if last is None:
        return
    slots = [event for event in said.reading.events if event.kind in SLOT_EVENTS]
    behind = [event for event in slots if event.start >= last]
    before = [event for event in slots if event.end <= last]
    again = all(any(one.kind is event.kind and same_value(one, event) for one in before) for event in behind)
    sized = any(event.kind is EventKind.AMOUNT for event in behind)
    if again and sized and not said.reading.shape.left.over.isdisjoint(range(last, behind[-1].start)):
        yield from said.all(Unproven.NAME_UNUSED)


_TOTAL_REACH = 12
_OF_GOODS = frozenset({EventKind.QUALIFIER, EventKind.NOUN, EventKind.AMOUNT})
_LATIN = re.compile("(?P<word>[a-z]{2,})[0-9]*")
_DOUBLED = re.compile(r"([a-z])\1")
_COUNTING = frozenset({EventKind.AMOUNT, EventKind.ACCOUNT})
_PIECE_MIN, _PIECE_MAX = 4, 8
"""Of longer ones a digit was lost."""


def _piece_of(digits: str, accounts: Iterable[str]) -> bool:
    """尾号8000: digits of a recipient that is said in full elsewhere."""
    return _PIECE_MIN <= len(digits) <= _PIECE_MAX and any(digits in account for account in accounts)
