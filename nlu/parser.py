"""One message in, one `Understanding` out: the only door into this package.

A message is read once: spelling is made plain, then each reader takes its characters away in an
order in which no later one can be misled, then what was found is put together to lines, and last
of all it is decided what the customer wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from nlu.accounts import carrier
from nlu.alternations import any_of
from nlu.answers import Answers
from nlu.asked_beside import USAGE, Asked, AskedBeside
from nlu.assembling import ORDERING, assembled, with_unknown_goods
from nlu.assortment import Assortment
from nlu.beside import SURELY_HARMFUL, Beside, asked_about
from nlu.besides import besides
from nlu.clause_judge import ClauseJudge
from nlu.complaints import Complaints
from nlu.confidence import Clues, clues_of
from nlu.corrections import CueKind
from nlu.deeds import Deeds
from nlu.evidence import Evidence, evidence_of
from nlu.examples import Guess
from nlu.explanation import Explanation, explained
from nlu.for_whom import ForWhom, for_him
from nlu.goods import Goods
from nlu.idle import Idle
from nlu.in_context import in_context
from nlu.in_english import InEnglish
from nlu.in_hand import asked_for, in_hand, position
from nlu.intents import Intents
from nlu.large_names import LargeNames
from nlu.lexicon import Lexicon
from nlu.lines import LineReader, Spoken, each_uncounted
from nlu.masking import LOOKED_AT_MAX, Masked, Masker
from nlu.mention import EQUAL_WITHIN
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.one_clause import OneClause
from nlu.parts import Parts
from nlu.places import SURE
from nlu.products import Names
from nlu.proof import Prover
from nlu.reading import Reader, Reading
from nlu.records import EventKind, Record
from nlu.said import Unproven
from nlu.said_beside import SaidBeside
from nlu.signs import Signs
from nlu.talk import Talk, sizes_left_out
from nlu.understanding import (
    NOTHING_EXPECTED,
    Expectation,
    Intent,
    LineInHand,
    Measure,
    Slot,
    SlotSpan,
    SpokenLine,
    Understanding,
)
from nlu.variants import Sizes, VariantReading
from nlu.vocabulary import ProductWords, VariantWords, Vocabulary

LENGTH_MAX = 2000
PRODUCTS_SPELLED_MAX = 1000
"""Of a larger catalog the names are spelled out as messages come, not all at once."""

UNREADABLE = "unreadable"
"""The topic of what came as the name of a picture or a voice message: `[图片]`."""

_WANTED = frozenset({EventKind.QUANTITY, EventKind.ACCOUNT})
_WISHING = (CueKind.ORDER, CueKind.TOPUP, CueKind.OWN_REQUEST)
_JUDGED = frozenset({Intent.ORDER, Intent.MODIFY})
"""What is asked about where something is said beside it that is not surely harmless."""
_ACTING = ORDERING | {Intent.CONFIRM, Intent.PAY}
_PROVEN = ORDERING | {Intent.CANCEL, Intent.SAVE_CONTACT}
"""What has lines; a question is answered whatever the message proves."""


@dataclass(frozen=True, slots=True)
class _Meant:
    """What one reading of a message means."""

    understood: Understanding
    seen: Evidence
    doubts: Mapping[int, frozenset[Unproven]] | None
    """By place: why a line is not proven; None where its intent has no lines to prove."""

    @property
    def whole_order(self) -> bool:
        """Whether it orders, and nothing of the goods is open or wrong."""
        return (
            self.understood.intent is Intent.ORDER
            and bool(self.understood.lines)
            and not self.understood.problems
            and all(
                line.sku is not None and not line.problems and not line.uncounted
                for line in self.understood.lines
            )
        )


class Parser:
    """Understands messages about one catalog. Immutable; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, length_max: int = LENGTH_MAX) -> None:
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._length_max = length_max
        self._signs = Signs.read(lexicon)
        names = _names_of(vocabulary, lexicon)
        self._reader = Reader(vocabulary, lexicon, names)
        self._sizes = Sizes(vocabulary, lexicon, self._reader.units)
        self._assortment = Assortment(
            vocabulary, names.table, self._sizes, "话费", lexicon.words("names.destination_leads")
        )
        goods = Goods(
            vocabulary,
            names,
            self._assortment,
            lexicon.words("goods.editions"),
            lexicon.words("names.places"),
        )
        self._lines = LineReader(vocabulary, lexicon, names, goods)
        self._prover = Prover(vocabulary, lexicon, names.table, self._assortment)
        self._intents = Intents(lexicon)
        asked_beside = AskedBeside(lexicon)
        self._one_clause = OneClause(lexicon, asked_beside)
        judge = ClauseJudge(lexicon.beside_kinds, lexicon.beside)
        self._beside = Beside(judge, Idle(lexicon), InEnglish(lexicon))
        self._talk = Talk(judge.weighing(lexicon.talk), lexicon)
        self._said_beside = SaidBeside(asked_beside, self._talk)
        media = any_of(lexicon, "remarks.media")
        self._media = re.compile(
            rf"(?:\s*[\[【(]\s*{media}[^\]】)]{{0,30}}[\]】)]\s*(?:\d{{1,3}}\s*(?:秒|s|\"|″)?)?)+\s*"
        )
        self._complaints, self._deeds = Complaints(lexicon), Deeds(lexicon)
        self._for_whom = ForWhom(lexicon)
        self._masker = Masker(lexicon)

    def understand(self, text: str, expectation: Expectation = NOTHING_EXPECTED) -> Understanding:
        """What `text` means. What stands behind `length_max` characters is not read, and then
        nothing is ordered: half a message may mean the opposite of the whole. So it is with one that
        is crammed with names and numbers."""
        if _LINK.fullmatch(text):
            # An address on the web says nothing, whatever its letters and digits look like.
            return Understanding(text, Intent.OUT_OF_SCOPE, 0.9)
        if self._media.fullmatch(plain(text)):
            return Understanding(text, Intent.OUT_OF_SCOPE, 0.95, topic=UNREADABLE)
        if expectation is not NOTHING_EXPECTED:
            named = self._for_whom.read(text, expectation.people)
            if named is not None:
                heard = self.understand(named.text, replace(expectation, people=()))
                return for_him(named, replace(heard, text=text), expectation)
        if expectation.lines:
            alone = self._said_beside.answer(text, expectation, self.understand)
            if alone is not None:
                return alone
        kind = self._kind_asked(expectation)
        reading = self._reader.read(text[: self._length_max], self._assortment, kind)
        meant = self._meant(text, reading, expectation, kind)
        if reading.told and meant.understood.intent is Intent.ORDER and not meant.whole_order:
            without = self._reader.read(text[: self._length_max], self._assortment, kind, reading.told)
            better = self._meant(text, without, expectation, kind)
            if better.whole_order:
                reading, meant = without, better
        understood = meant.understood
        fresh = expectation.nothing_in_hand
        if fresh and understood.intent is Intent.PROVIDE and all(line.sku for line in understood.lines):
            # 德亚25欧 is no bare value: it says what is wanted, and nothing had been asked.
            understood = replace(understood, intent=Intent.ORDER if understood.lines else understood.intent)
        if fresh and not meant.whole_order:
            understood = self._without_talk(text, reading, meant) or understood
        if fresh and (understood.intent is Intent.FAQ or not meant.whole_order):
            understood = self._said_beside.order(text, self.understand, self._wished) or understood
        if len(text) > self._length_max or reading.crowded:
            intent = Intent.OUT_OF_SCOPE if understood.intent in _ACTING else understood.intent
            understood = replace(understood, intent=intent, lines=(), confidence=0.0)
        if not expectation.lines:
            understood = self._said_beside.wants_nothing(understood, expectation)
        if expectation is NOTHING_EXPECTED:
            return understood
        answered = self._answers.read(understood, expectation, self.understand)
        answered = self._one_clause.read(text, answered, expectation, self.understand) or answered
        return self._said_beside.remark(answered, expectation) if expectation.lines else answered

    @cached_property
    def _answers(self) -> Answers:
        """Made when the first question was asked: nobody's first message answers one."""
        return Answers(self._vocabulary, self._lexicon)

    def _meant(self, text: str, reading: Reading, expectation: Expectation, kind: str | None) -> _Meant:
        """What a reading means, before it is taken for an answer."""
        seen = evidence_of(reading, self._signs)
        guess = self._intents.decide(seen)
        if guess.intent is Intent.ORDER and expectation.asking in (None, Slot.CONFIRM):
            told = self._deeds.told(reading)
            guess = guess if told is None else Guess(*told, SURE)
        guess = in_context(guess, seen, reading, expectation, self._signs)
        place = position(reading.page.text, len(expectation.lines))
        hand = in_hand(expectation, place)
        records = [
            asked_for(reading.page.text, record, expectation.asking, kind) for record in reading.records
        ]
        if guess.intent is Intent.REORDER or (expectation.lines and hand is None):
            reading = _recipient_only(reading, records)
        spoken = self._spoken(reading, records, hand)
        spoken = each_uncounted(spoken)
        doubts = self._doubts(reading, spoken) if guess.intent in _PROVEN else None
        if doubts:
            spoken = [
                replace(one, line=_doubted(one.line, doubts[at])) if at in doubts else one
                for at, one in enumerate(spoken)
            ]
        understood = assembled(text, reading, guess, spoken, self._lexicon.confidence)
        understood = with_unknown_goods(understood, reading, partial(self._talk.asks_for, reading))
        understood = self._placed(understood, place, expectation)
        understood = self._complaints.heard(understood)
        if not expectation.lines:
            understood = self._complaints.goods_back(understood)
        if understood.intent in _JUDGED and not expectation.lines and self._beside.disturbs(reading):
            understood = replace(understood, lines=tuple(map(asked_about, understood.lines)))
        understood = besides(reading.page.text, understood, reading.events, expectation, self._signs)
        return _Meant(understood, seen, doubts)

    def _spoken(
        self, reading: Reading, records: Sequence[Record], hand: LineInHand | None = None
    ) -> list[Spoken]:
        """What each record means as a line; `hand` is the line in hand."""
        alone = len(records) == 1
        return [self._lines.line(reading.page, record, reading.shape, hand, alone) for record in records]

    def _wished(self, asked: Asked) -> bool:
        """Whether what is left says that something is wanted: in so many words, by a count, or by a recipient."""
        reading = self._reader.read(asked.rest[: self._length_max], self._assortment)
        said = {event.kind for event in reading.events}
        return (asked.topic != USAGE and not said.isdisjoint(_WANTED)) or any(
            reading.cues.get(kind) for kind in _WISHING
        )

    def _without_talk(self, text: str, reading: Reading, meant: _Meant) -> Understanding | None:
        """What a message orders besides its talk; None where that is no whole order either. `meant`: what it
        means with its talk."""
        heard = self._talk.left_out(reading)
        if heard is None or self._beside.disturbs(reading, SURELY_HARMFUL):
            return None
        doubts = meant.doubts
        if doubts is None:
            doubts = self._doubts(reading, self._spoken(reading, reading.records))
        if self._prover.hangs_on_talk(reading, doubts):
            return None
        if self._intents.calls_off(meant.seen):
            return None
        again = self._reader.read(heard, self._assortment)
        better = self._meant(text, again, NOTHING_EXPECTED, None)
        if not better.whole_order:
            return None
        lines = better.understood.lines
        products = [line.product.value for line in lines if line.product is not None]
        unheard = sizes_left_out(reading, again)
        sized = any(self._assortment.sold_in(one, (size,)) for size in unheard for one in products)
        return None if sized else better.understood

    def evidence(self, text: str) -> Evidence:
        """What `text` shows of what it wants, for fitting the weights of intents."""
        return evidence_of(self._reader.read(text[: self._length_max], self._assortment), self._signs)

    def clues(self, text: str) -> Clues:
        """What the confidence in `text` comes from, for fitting the weights."""
        reading = self._reader.read(text[: self._length_max], self._assortment)
        understood = self.understand(text)
        return clues_of(reading, understood.intent, understood.clear, understood.lines)

    def explain(self, text: str) -> Explanation:
        """What `text` means as the first message of a conversation, and from which pieces that comes."""
        return explained(self._reader.read(text[: self._length_max], self._assortment), self.understand(text))

    def _kind_asked(self, expectation: Expectation) -> str | None:
        """The kind of recipient that was asked for: a bare number or word is then one."""
        if expectation.asking is not Slot.ACCOUNT:
            return None
        kinds = {
            self._vocabulary.products[line.product_id].account_kind
            for line in expectation.lines
            if line.product_id is not None and line.product_id in self._vocabulary.products
        } - {"none"}
        return kinds.pop() if len(kinds) == 1 else None

    def _doubts(self, reading: Reading, spoken: Sequence[Spoken]) -> Mapping[int, frozenset[Unproven]]:
        """By place: why a line is not proven by the message."""
        return self._prover.doubts(reading, [one.line for one in spoken])

    def _placed(
        self, understood: Understanding, place: int | None, expectation: Expectation
    ) -> Understanding:
        """With the position of the line in hand that was meant."""
        if not expectation.lines or understood.intent is not Intent.MODIFY:
            return understood
        lines = understood.lines
        if place is not None and len(lines) == 1:
            lines = (replace(lines[0], position=place),)
        return replace(understood, lines=lines)

    @property
    def phone_credit(self) -> str | None:
        """The product that plain phone credit is; None where none is sold, or several are."""
        called = self._assortment.topup
        plain = [one for one, cost in called.items() if cost <= min(called.values()) + EQUAL_WITHIN]
        return plain[0] if len(plain) == 1 else None

    @property
    def credit_of_carriers(self) -> tuple[str, ...]:
        """The products that are phone credit, where each is of another carrier."""
        return tuple(one for one in self._assortment.topup if self._assortment.of_carrier(one))

    def charges(self, product_id: str, number: str) -> bool:
        """Whether the number is of a network that the goods are for; so it is where that cannot be told."""
        network = carrier(number, self._lexicon)
        served = self._assortment.carriers.carriers_of(product_id)
        return network is None or not served or network in served

    @property
    def lexicon(self) -> Lexicon:
        """The words that it was compiled with."""
        return self._lexicon

    def masked(
        self, text: str, expectation: Expectation = NOTHING_EXPECTED, names: Iterable[str] = ()
    ) -> Masked:
        """The beginning of `text` without what is the customer's own, for keeping it to learn from.
        `names` are those of people he is known to speak of."""
        reading = self._reader.read(text[:LOOKED_AT_MAX], self._assortment, self._kind_asked(expectation))
        return self._masker.masked(reading, names)

    def variant_for(self, product_id: str, measure: Measure) -> VariantReading:
        """The variant of a product by a size that was said in another message."""
        return self._sizes.fit_measure(product_id, measure)


def _names_of(vocabulary: Vocabulary, lexicon: Lexicon) -> Names:
    if len(vocabulary.products) > PRODUCTS_SPELLED_MAX:
        return LargeNames(vocabulary, lexicon)
    table = NameTable(vocabulary, lexicon)
    return Names(
        table,
        lexicon,
        Parts(vocabulary.products.values(), lexicon, table.namer.words, table.namer.short_generics),
    )


def _recipient_only(reading: Reading, records: Sequence[Record]) -> Reading:
    """充到138… without goods or a size, where it is known what is ordered: no phone is to be topped up."""
    if any(record.names or record.nouns or record.amounts for record in records):
        return reading
    return replace(reading, shape=replace(reading.shape, tops_up=False))


_LINK = re.compile(r"\s*(?:https?://|www\.)[!-~]+\s*", re.IGNORECASE)


def _doubted(line: SpokenLine, why: frozenset[Unproven]) -> SpokenLine:
    """The line with what is not proven left open."""
    if Unproven.REGION in why:
        line = replace(line, region=None)
    if Unproven.RECIPIENT in why:
        line = replace(line, account=None, account_kind=None)
    if why <= {Unproven.REGION, Unproven.RECIPIENT} or line.sku is None:
        return line
    return replace(line, sku=None, sku_options=(line.sku.value,))


__all__ = ["Parser", "ProductWords", "SlotSpan", "VariantReading", "VariantWords", "Vocabulary"]
