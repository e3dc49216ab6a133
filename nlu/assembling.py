"""What a message means altogether: its lines, problems and choices, as far as its intent has any."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from nlu.chatting import inside_any
from nlu.clauses import Clauses
from nlu.confidence import clues_of, confidence
from nlu.corrections import Cue, CueKind
from nlu.examples import Guess
from nlu.lines import Spoken, without_echoes
from nlu.mention import Mention
from nlu.misgivings import at_head
from nlu.reading import Reading
from nlu.records import SLOTS, EventKind
from nlu.understanding import Intent, Problem, ProblemCode, Slot, SlotSpan, SpokenLine, Understanding

OPTIONS_MAX = 8

ORDERING = frozenset({Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.REORDER})
_LISTING = frozenset(
    {
        Intent.PRICE,
        Intent.SEARCH,
        Intent.FAQ,
        Intent.STATUS,
        Intent.HELP,
        Intent.REFUND,
        Intent.RECEIPT,
    }
)


def assembled(
    text: str, reading: Reading, guess: Guess, spoken: Sequence[Spoken], weights: Mapping[str, float]
) -> Understanding:  # fmt: skip
    """`spoken`: what each record means as a line. `weights`: those of confidence."""
    intent = guess.intent
    order = _order(reading, intent, spoken)
    lines = order.lines
    clues = clues_of(reading, intent, guess.confidence, lines)
    return Understanding(
        text=text,
        intent=intent,
        confidence=round(confidence(weights, clues), 4),
        clear=guess.confidence,
        lines=lines,
        options=_asked_about(spoken) if intent in _LISTING else (),
        problems=order.problems,
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
        adds=_adds(reading),
        spans=tuple(sorted((*reading.spans, *order.spans), key=lambda span: (span.start, span.end))),
    )


def _adds(reading: Reading) -> bool:
    """Whether it comes on top of what was said before: 再来一张50的. 省得下月再来 tells of another time, and
    我还要交房租 of something else."""
    text = reading.page.text
    return any(
        (not cue.word.startswith("再") or at_head(text, cue.start) or not _ENDS.match(text, cue.end))
        and not _of_something_else(reading, cue)
        for cue in reading.cues.get(CueKind.ADD, ())
    )


def _of_something_else(reading: Reading, cue: Cue) -> bool:
    """Whether a clause behind what was said goes on in other words, and names nothing of it."""
    said = [event.start for event in reading.events if event.kind in SLOTS]
    start, end = Clauses.of(reading.page.text, _PAUSE).bounds(cue.start)
    behind = reading.page.text[cue.end : end]
    told = len(behind) > 1 and _ENDS.fullmatch(behind) is None
    return bool(said) and told and all(at < start for at in said)


_PAUSE = re.compile(r"[,，。.;；!！?？\s]")
_ENDS = re.compile(r"[了吧啊呀的哈]*(?:$|[,，。.;；!！\s])")


def with_unknown_goods(
    understood: Understanding, reading: Reading, wanted: Callable[[Mention], bool]
) -> Understanding:
    """With the goods that are not sold here and of which a clause of their own says that they are wanted, though it
    says no more of them: 工友让我捎份抖币."""
    if understood.intent is not Intent.ORDER or not reading.unknown or not understood.lines:
        return understood
    names = [record.name for record in reading.records if record.name is not None and not record.name.options]
    asked = [
        _typed(reading, name)
        for name in names
        if not inside_any(name.start, reading.refusals) and wanted(name)
    ]
    known = {problem.value for problem in understood.problems}
    more = _not_sold([word for word in dict.fromkeys(asked) if word not in known])
    return replace(understood, problems=(*understood.problems, *more)) if more else understood


@dataclass(frozen=True, slots=True)
class _Order:
    """What a message orders, or says in the place of it."""

    lines: tuple[SpokenLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    spans: tuple[SlotSpan, ...] = ()


def _order(reading: Reading, intent: Intent, spoken: Sequence[Spoken]) -> _Order:
    if intent in ORDERING:
        return _ordered(reading, spoken)
    if intent is Intent.CANCEL:
        # Which order is called off is said by its goods or its recipient.
        return _Order(tuple(one.line for one in spoken if one.line.product or one.line.account))
    if intent is Intent.SAVE_CONTACT:
        return _Order(_remembered(reading, spoken))
    if intent is Intent.SEARCH:
        return _Order(problems=_not_sold(reading.unknown))
    return _Order()


def _ordered(reading: Reading, spoken: Sequence[Spoken]) -> _Order:
    unknown = _unknown_goods(reading)
    known = [
        one
        for one, record in zip(spoken, reading.records, strict=True)
        if _says_something(one.line) and not (record.name is not None and not record.name.options)
    ]
    spans = tuple(span for one in known for span in one.spans)
    if unknown:
        lines = tuple(one.line for one in known if one.line.product or one.line.product_options)
        return _Order(lines, _not_sold(unknown), spans)
    return _Order(without_echoes(tuple(one.line for one in known)), (), spans)


def _remembered(reading: Reading, spoken: Sequence[Spoken]) -> tuple[SpokenLine, ...]:
    """Only whom to remember: what the shop's plain product would be has nothing to do with it."""
    lines = tuple(
        SpokenLine(account=one.line.account, account_kind=one.line.account_kind)
        for one in spoken
        if one.line.account
    )
    if len(reading.owners) != len(lines):
        return lines
    return tuple(replace(line, contact=name) for line, name in zip(lines, reading.owners, strict=True))


def _not_sold(words: Sequence[str]) -> tuple[Problem, ...]:
    return tuple(Problem(Slot.PRODUCT, ProblemCode.PRODUCT_UNKNOWN, word) for word in words)


def _asked_about(spoken: Sequence[Spoken]) -> tuple[str, ...]:
    """The sizes and products that a question is about."""
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
            found.append(_typed(reading, record.name))
    return tuple(dict.fromkeys(found))


def _typed(reading: Reading, name: Mention) -> str:
    span = reading.page.span(name.start, name.end)
    return reading.page.original[span.start : span.end]


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
