"""Why a message was read as it was: every stretch of it, and what each reader took it for.

For people: the shopkeeper who wonders, the newcomer who adds a word, the page in the docs. Nothing
decides by this; it is drawn from the same `Reading` that the decision was made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nlu.amounts import Amount, AmountKind
from nlu.corrections import CueKind
from nlu.mention import Closeness, Mention
from nlu.reading import Reading
from nlu.records import Event, EventKind
from nlu.understanding import Slot, Span, Understanding


class PieceKind(StrEnum):
    """What a stretch of a message was taken for."""

    PRODUCT = "product"
    TIER = "tier"
    REGION = "region"
    SIZE = "size"
    QUANTITY = "quantity"
    ACCOUNT = "account"
    CONTACT = "contact"
    REFERENCE = "reference"
    LIMIT = "limit"
    PAYMENT = "payment"
    OTHER_NUMBER = "no amount"
    TURN = "turn"
    """A word by which what follows joins, corrects or replaces what stood before it."""
    QUOTATION = "quotation"
    WORD = "word"
    """A word that speaks for an intent."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of the message as typed, and what it was taken for."""

    span: Span
    kind: PieceKind
    meaning: str
    used: bool = True
    """Whether it stands in the result; a value that was corrected away, or belongs to no line, does not."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A message's understanding and the pieces it came from, in the order of the text."""

    understanding: Understanding
    pieces: tuple[Piece, ...]


def explained(reading: Reading, understanding: Understanding) -> Explanation:
    """What every stretch of the message was taken for."""
    pieces = [
        *_said(reading, understanding),
        *_people(reading),
        *_beside(reading),
        *_other_numbers(reading),
        *_quotations(reading),
        *_words(reading),
    ]
    pieces.sort(key=lambda piece: (piece.span.start, piece.span.end, piece.kind is PieceKind.WORD))
    return Explanation(understanding, tuple(pieces))


_KINDS = {
    EventKind.NAME: PieceKind.PRODUCT,
    EventKind.NOUN: PieceKind.PRODUCT,
    EventKind.QUALIFIER: PieceKind.TIER,
    EventKind.REGION: PieceKind.REGION,
    EventKind.AMOUNT: PieceKind.SIZE,
    EventKind.QUANTITY: PieceKind.QUANTITY,
    EventKind.ACCOUNT: PieceKind.ACCOUNT,
}
_SLOTS = {
    PieceKind.PRODUCT: Slot.PRODUCT,
    PieceKind.REGION: Slot.REGION,
    PieceKind.SIZE: Slot.VARIANT,
    PieceKind.QUANTITY: Slot.QUANTITY,
    PieceKind.ACCOUNT: Slot.ACCOUNT,
}
_TURNS = {
    EventKind.JOIN: "and: one more",
    EventKind.OR: "or: stays open",
    EventKind.CORRECTION: "correction: the later value counts",
    EventKind.INSTEAD: "in place of what stood before",
    EventKind.REJECTS: "what follows is not wanted",
    EventKind.EITHER: "one of the two is not wanted",
}
_BY_NAME = "a saved recipient, by name"
_BESIDE = {
    Slot.ORDER_REF: PieceKind.REFERENCE,
    Slot.PAYMENT: PieceKind.PAYMENT,
}


def _said(reading: Reading, understanding: Understanding) -> list[Piece]:
    pieces = []
    for event in reading.events:
        span = reading.page.span(event.start, event.end)
        if event.kind in _TURNS:
            pieces.append(Piece(span, PieceKind.TURN, _TURNS[event.kind]))
        elif event.kind in _KINDS:
            kind = _KINDS[event.kind]
            if event.account is not None and event.account.contact:
                kind = PieceKind.CONTACT
            pieces.append(Piece(span, kind, _meaning(event), _is_used(span, kind, understanding)))
    return pieces


def _people(reading: Reading) -> list[Piece]:
    """Whoever was said by name and is no event of his own (给老妈充50)."""
    known = {(event.start, event.end) for event in reading.events}
    return [
        Piece(reading.page.span(start, end), PieceKind.CONTACT, _BY_NAME)
        for start, end, slot in reading.masks
        if slot == "contact" and (start, end) not in known
    ]


def _is_used(span: Span, kind: PieceKind, understanding: Understanding) -> bool:
    slot = _SLOTS.get(kind)
    if slot is None:
        return True
    return any(
        used.slot is slot and used.start < span.end and span.start < used.end for used in understanding.spans
    )


def _meaning(event: Event) -> str:
    if event.mention is not None:
        return _named(event.mention)
    if event.amount is not None:
        return _sized(event.amount)
    if event.quantity is not None:
        return "how many is open" if event.quantity.count is None else f"{event.quantity.count} of it"
    if event.account is not None:
        account = event.account
        if account.contact:
            return _BY_NAME
        kinds = ", ".join(account.kinds) or "no kind of recipient"
        said = f", called {account.said}" if account.said else ""
        return f"{account.text}: {kinds}{said}{' (masked)' if account.masked else ''}"
    return ""


def _named(mention: Mention) -> str:
    options = ", ".join(sorted(mention.options, key=lambda option: mention.options[option])[:4])
    options += ", ..." if len(mention.options) > 4 else ""
    closeness = "" if mention.closeness is Closeness.EXACT else f" ({mention.closeness.name.lower()})"
    return f"{options or mention.meaning or mention.text}{closeness}"


def _sized(amount: Amount) -> str:
    value = f"{amount.low:f}" if amount.low == amount.high else f"{amount.low:f} to {amount.high:f}"
    unit = " or ".join(amount.units) or ("bare" if amount.kind is AmountKind.BARE else amount.kind.value)
    return f"{value} {unit}{'' if amount.exact else ', not one amount'}"


def _beside(reading: Reading) -> list[Piece]:
    return [
        Piece(
            Span(span.start, span.end),
            _BESIDE.get(span.slot, PieceKind.LIMIT),
            f"{span.slot.value} {span.value}",
        )
        for span in reading.spans
    ]


def _other_numbers(reading: Reading) -> list[Piece]:
    return [
        Piece(reading.page.span(mark.start, mark.end), PieceKind.OTHER_NUMBER, mark.value.kind.value)
        for mark in reading.others
    ]


def _quotations(reading: Reading) -> list[Piece]:
    return [
        Piece(reading.page.span(quote.start, quote.end), PieceKind.QUOTATION, "somebody's words")
        for quote in reading.quotes
    ]


_SHOWN_AS_TURNS = frozenset(
    {CueKind.JOIN, CueKind.OR, CueKind.CORRECTION, CueKind.INSTEAD, CueKind.CORRECTION_OR_DROP, CueKind.BUT}
)


def _words(reading: Reading) -> list[Piece]:
    """The longest words only, each with what it and the shorter ones inside it speak for."""
    found: dict[tuple[int, int], list[str]] = {
        (event.start, event.end): [] for event in reading.events if event.kind in _TURNS
    }
    cues = [cue for kind, some in reading.cues.items() if kind not in _SHOWN_AS_TURNS for cue in some]
    for cue in sorted(cues, key=lambda cue: (cue.start - cue.end, cue.start)):
        around = next((place for place in found if place[0] <= cue.start and cue.end <= place[1]), None)
        found.setdefault(around or (cue.start, cue.end), []).append(cue.kind.value.replace("_", " "))
    return [
        Piece(reading.page.span(*place), PieceKind.WORD, f"speaks of: {', '.join(dict.fromkeys(kinds))}")
        for place, kinds in found.items()
        if kinds and not any(place == (event.start, event.end) for event in reading.events)
    ]
