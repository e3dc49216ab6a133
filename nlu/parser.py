"""One message in, one `Understanding` out: the only door into this package.

A message is read once: spelling is made plain, then each reader takes its characters away in an
order in which no later one can be misled, then what was found is put together to lines, and last
of all it is decided what the customer wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nlu.answers import Answers
from nlu.assortment import Assortment
from nlu.beside import SURELY_HARMFUL, Beside, asked_about
from nlu.besides import besides
from nlu.clause_judge import ClauseJudge
from nlu.complaints import Complaints
from nlu.confidence import Clues, clues_of, confidence
from nlu.corrections import CueKind
from nlu.evidence import Evidence, evidence_of
from nlu.examples import Guess
from nlu.explanation import Explanation, explained
from nlu.goods import Goods
from nlu.idle import Idle
from nlu.in_hand import asked_for, in_hand, position
from nlu.intents import Intents
from nlu.large_names import LargeNames
from nlu.lexicon import Lexicon
from nlu.lines import LineReader, Spoken, without_echoes
from nlu.masking import LOOKED_AT_MAX, Masked, Masker
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.parts import Parts
from nlu.products import Names
from nlu.proof import Prover
from nlu.reading import Reader, Reading
from nlu.records import EventKind, Record
from nlu.said import Unproven
from nlu.signs import Signs
from nlu.talk import Talk
from nlu.understanding import (
    NOTHING_EXPECTED,
    Expectation,
    Intent,
    LineInHand,
    Measure,
    Problem,
    ProblemCode,
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
OPTIONS_MAX = 8

UNREADABLE = "unreadable"
"""The topic of what came as the name of a picture or a voice message: `[图片]`."""

_TAKES_SLOTS = frozenset(
    {
        Intent.ORDER,
        Intent.PROVIDE,
        Intent.MODIFY,
        Intent.OUT_OF_SCOPE,
        Intent.CONFIRM,
        Intent.DENY,
        Intent.SAVE_CONTACT,
    }
)
_JUDGED = frozenset({Intent.ORDER, Intent.MODIFY})
"""What is asked about where something is said beside it that is not surely harmless."""
_ORDERING = frozenset({Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.REORDER})
_ACTING = _ORDERING | {Intent.CONFIRM, Intent.PAY}
_LISTING = frozenset({Intent.PRICE, Intent.SEARCH, Intent.FAQ, Intent.STATUS})


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
        goods = Goods(vocabulary, names, self._assortment, lexicon.words("goods.editions"))
        self._lines = LineReader(vocabulary, lexicon, names, goods)
        self._prover = Prover(vocabulary, lexicon, names.table, self._assortment)
        self._intents = Intents(lexicon)
        self._answers = Answers(vocabulary, lexicon)
        judge = ClauseJudge(lexicon.beside_kinds, lexicon.beside)
        self._beside = Beside(judge, Idle(lexicon))
        self._talk = Talk(judge.weighing(lexicon.talk), lexicon)
        media = "|".join(map(re.escape, lexicon.words("remarks.media")))
        self._media = re.compile(
            rf"(?:\s*[\[【(]\s*(?:{media})[^\]】)]{{0,30}}[\]】)]\s*(?:\d{{1,3}}\s*(?:秒|s|\"|″)?)?)+\s*"
        )
        self._complaints = Complaints(lexicon)
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
        kind = self._kind_asked(expectation)
        reading = self._reader.read(text[: self._length_max], self._assortment, kind)
        understood = self._meant(text, reading, expectation, kind)
        if reading.told and understood.intent is Intent.ORDER and not _whole(understood):
            without = self._reader.read(text[: self._length_max], self._assortment, kind, reading.told)
            better = self._meant(text, without, expectation, kind)
            if better.intent is Intent.ORDER and _whole(better):
                reading, understood = without, better
        if expectation is NOTHING_EXPECTED and not (understood.intent is Intent.ORDER and _whole(understood)):
            understood = self._without_talk(text, reading) or understood
        if len(text) > self._length_max or reading.crowded:
            intent = Intent.OUT_OF_SCOPE if understood.intent in _ACTING else understood.intent
            understood = replace(understood, intent=intent, lines=(), confidence=0.0)
        if expectation is NOTHING_EXPECTED:
            return understood
        return self._answers.read(understood, expectation, self.understand)

    def _meant(
        self, text: str, reading: Reading, expectation: Expectation, kind: str | None
    ) -> Understanding:
        """What a reading means, before it is taken for an answer."""
        seen = evidence_of(reading, self._signs)
        guess = self._in_context(self._intents.decide(seen), seen, reading, expectation)
        place = position(reading.page.text, len(expectation.lines))
        hand = in_hand(expectation, place)
        records = [asked_for(record, expectation.asking, kind) for record in reading.records]
        spoken = self._proven(reading, self._spoken(reading, records, hand))
        understood = self._assembled(text, reading, guess, spoken)
        understood = self._placed(understood, place, expectation)
        understood = self._complaints.heard(understood)
        if not expectation.lines:
            understood = self._complaints.goods_back(understood)
        if understood.intent in _JUDGED and not expectation.lines and self._beside.disturbs(reading):
            understood = replace(understood, lines=tuple(map(asked_about, understood.lines)))
        return besides(reading.page.text, understood, reading.events, expectation, self._signs)

    def _spoken(
        self, reading: Reading, records: Sequence[Record], hand: LineInHand | None = None
    ) -> list[Spoken]:
        """What each record means as a line; `hand` is the line in hand."""
        alone = len(records) == 1
        return [self._lines.line(reading.page, record, reading.shape, hand, alone) for record in records]

    def _without_talk(self, text: str, reading: Reading) -> Understanding | None:
        """What a message orders besides its talk; None where that is no whole order either."""
        heard = self._talk.left_out(reading)
        if heard is None or self._beside.disturbs(reading, SURELY_HARMFUL):
            return None
        if self._refuses(reading) or self._prover.left_open(reading):
            return None
        again = self._reader.read(heard, self._assortment)
        understood = self._meant(text, again, NOTHING_EXPECTED, None)
        return understood if understood.intent is Intent.ORDER and _whole(understood) else None

    def _refuses(self, reading: Reading) -> bool:
        """Whether the message perhaps refuses or only tells of what it seems to order, by a slip too."""
        lines = [one.line for one in self._spoken(reading, reading.records)]
        doubts = self._prover.doubts(reading, lines)
        return any(why & {Unproven.REFUSED, Unproven.TOLD} for why in doubts.values())

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

    def _in_context(self, guess: Guess, seen: Evidence, reading: Reading, expectation: Expectation) -> Guess:
        """What a message wants while a question stands open or an order lies in hand."""
        if not expectation.lines and expectation.asking is None:
            return guess
        if self._signs.postponed.search(reading.page.text) and not seen.corrected:
            return guess
        slots = seen.slots > 0 or bool(reading.records)
        if expectation.asking in (Slot.PRODUCT, Slot.REGION, Slot.VARIANT) and slots and len(seen.text) <= 4:
            return Guess(Intent.PROVIDE, None, 0.85)
        dropping = bool(seen.cues.get(CueKind.DROP)) and seen.goods and len(expectation.lines) > 1
        if dropping or (self._signs.drop_line.search(reading.page.text) and len(expectation.lines) > 1):
            return Guess(Intent.MODIFY, None, 0.9)
        remembering = guess.intent is Intent.SAVE_CONTACT and reading.remembered is not None
        if guess.intent not in _TAKES_SLOTS or not slots or remembering:
            return guess
        if seen.goods and guess.intent is Intent.ORDER:
            return guess
        changes = seen.has(CueKind.MODIFY) or seen.corrected or expectation.quoted
        if guess.intent in (Intent.CONFIRM, Intent.DENY) and not changes:
            return guess if not seen.slots else Guess(Intent.PROVIDE, None, 0.8)
        intent = Intent.MODIFY if changes else Intent.PROVIDE
        return Guess(intent, None, max(0.85, guess.confidence))

    def _proven(self, reading: Reading, spoken: list[Spoken]) -> list[Spoken]:
        """With the sizes of lines left open that the message does not prove."""
        doubts = self._prover.doubts(reading, [one.line for one in spoken])
        return [
            replace(one, line=_doubted(one.line, doubts[at])) if at in doubts else one
            for at, one in enumerate(spoken)
        ]

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

    def _assembled(self, text: str, reading: Reading, guess: Guess, spoken: list[Spoken]) -> Understanding:
        intent = guess.intent
        lines: tuple[SpokenLine, ...] = ()
        options: tuple[str, ...] = ()
        problems: tuple[Problem, ...] = ()
        spans = [*reading.spans]
        unknown = reading.unknown
        if intent in _ORDERING:
            unknown = _unknown_goods(reading)
            known = [
                one
                for one, record in zip(spoken, reading.records, strict=True)
                if _says_something(one.line) and not (record.name is not None and not record.name.options)
            ]
            lines = without_echoes(tuple(one.line for one in known))
            spans += [span for one in known for span in one.spans]
            if unknown:
                problems = tuple(Problem(Slot.PRODUCT, ProblemCode.PRODUCT_UNKNOWN, word) for word in unknown)
                lines = tuple(one.line for one in known if one.line.product or one.line.product_options)
        elif intent is Intent.CANCEL:
            # Which order is called off is said by its goods or its recipient.
            lines = tuple(one.line for one in spoken if one.line.product or one.line.account)
        elif intent is Intent.SAVE_CONTACT:
            # Only whom to remember: what the shop's plain product would be has nothing to do with it.
            lines = tuple(
                SpokenLine(account=one.line.account, account_kind=one.line.account_kind)
                for one in spoken
                if one.line.account
            )
            if len(reading.owners) == len(lines):
                lines = tuple(
                    replace(line, contact=name) for line, name in zip(lines, reading.owners, strict=True)
                )
        elif intent is Intent.SEARCH and reading.unknown:
            problems = tuple(
                Problem(Slot.PRODUCT, ProblemCode.PRODUCT_UNKNOWN, word) for word in reading.unknown
            )
        if intent in _LISTING:
            options = self._asked_about(spoken)
        clues = clues_of(reading, intent, guess.confidence, lines)
        return Understanding(
            text=text,
            intent=intent,
            confidence=round(confidence(self._lexicon.confidence, clues), 4),
            clear=guess.confidence,
            lines=lines,
            options=options,
            problems=problems,
            filters=reading.filters,
            sort=reading.sort if intent in (Intent.SEARCH, Intent.PRICE) else None,
            order_ref=reading.order_ref,
            payment=reading.payment,
            contact=_name_of(reading) if intent is Intent.SAVE_CONTACT else reading.contact,
            forgets=intent is Intent.SAVE_CONTACT
            and reading.remembered is not None
            and reading.remembered.forgotten,
            renews=_name_of(reading) if reading.remembered and reading.remembered.renewed else None,
            topic=guess.topic,
            adds=bool(CueKind.ADD in reading.cues),
            spans=tuple(sorted(spans, key=lambda span: (span.start, span.end))),
        )

    def _asked_about(self, spoken: list[Spoken]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for one in spoken:
            variant = one.decision.variant
            if variant.sku_id and one.line.measure is not None:
                found[variant.sku_id] = None
            elif one.decision.product_id:
                found[one.decision.product_id] = None
            else:
                found |= dict.fromkeys(one.decision.product_options)
        return tuple(found)[:OPTIONS_MAX]


def _names_of(vocabulary: Vocabulary, lexicon: Lexicon) -> Names:
    if len(vocabulary.products) > PRODUCTS_SPELLED_MAX:
        return LargeNames(vocabulary, lexicon)
    table = NameTable(vocabulary, lexicon)
    return Names(
        table,
        lexicon,
        Parts(vocabulary.products.values(), lexicon, table.namer.words, table.namer.short_generics),
    )


def _whole(understood: Understanding) -> bool:
    """Whether nothing of the goods is open or wrong."""
    return (
        bool(understood.lines)
        and not understood.problems
        and all(line.sku is not None and not line.problems for line in understood.lines)
    )


_LINK = re.compile(r"\s*(?:https?://|www\.)[!-~]+\s*", re.IGNORECASE)


def _name_of(reading: Reading) -> str | None:
    """Under which name a recipient is remembered."""
    return reading.remembered.name.value if reading.remembered else None


def _unknown_goods(reading: Reading) -> tuple[str, ...]:
    """Goods that were asked for and are not sold here; not those that are only mentioned beside others."""
    sold = any(record.name is not None and record.name.options for record in reading.records)
    found: list[str] = []
    for at, record in enumerate(reading.records):
        if record.name is None or record.name.options:
            continue
        following = reading.records[at + 1 : at + 2]
        listed = record.listed or any(other.listed for other in following)
        listed = listed or record.opened_by is EventKind.JOIN
        own = record.amounts or record.quantity or (record.accounts and Slot.ACCOUNT not in record.inherited)
        if own or listed or not sold:
            span = reading.page.span(record.name.start, record.name.end)
            found.append(reading.page.original[span.start : span.end])
    return tuple(dict.fromkeys(found))


def _doubted(line: SpokenLine, why: frozenset[Unproven]) -> SpokenLine:
    """The line with what is not proven left open."""
    if Unproven.REGION in why:
        line = replace(line, region=None)
    if Unproven.RECIPIENT in why:
        line = replace(line, account=None, account_kind=None)
    if why <= {Unproven.REGION, Unproven.RECIPIENT} or line.sku is None:
        return line
    return replace(line, sku=None, sku_options=(line.sku.value,))


def _says_something(line: SpokenLine) -> bool:
    return bool(
        line.product
        or line.product_options
        or line.measure
        or line.account
        or line.region
        or line.quantity
        or line.problems
    )


__all__ = ["Parser", "ProductWords", "SlotSpan", "VariantReading", "VariantWords", "Vocabulary"]
