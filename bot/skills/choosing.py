"""A choice was tapped, or said by its number: it fills the slot that was asked about, as if it had been said."""

from __future__ import annotations

from dataclasses import replace

from bot.asking import EVERY_LINE
from bot.conversation import Purpose, Question
from bot.messages import Reply
from bot.skills import ordering
from bot.turn import Turn
from nlu.understanding import Heard, Span, SpokenLine
from orders.catalog import Catalog
from orders.draft import EMPTY_DRAFT, Draft, DraftLine

NOWHERE = Span(0, 0)


def take(turn: Turn, means: str, sureness: float = 1.0) -> Reply:
    """A tapped or numbered choice that fills a slot; whatever else the message said comes after."""
    question = turn.conversation.question
    spoken = _spoken(turn.reader.catalog, question, means, sureness)
    of_draft = question is not None and question.purpose is Purpose.ORDER
    base = turn.draft_in_hand() if of_draft else _order_in_another_size(turn, spoken)
    lines = base.lines or (DraftLine(),)
    at = question.line if question and 0 <= question.line < len(lines) else EVERY_LINE
    patch = turn.reader.filler.patch
    fits = [n for n, line in enumerate(lines) if n == at or (at == EVERY_LINE and _open_for(line, spoken))]
    chosen = tuple(patch(line, spoken) if n in (fits or [0]) else line for n, line in enumerate(lines))
    draft = replace(base, lines=chosen)
    if turn.heard.lines and turn.heard.chosen is not None:
        draft = turn.reader.filler.filled(draft, turn.heard).draft
    return ordering.put_forward(turn, draft, stands_alone=not base.lines)


def _order_in_another_size(turn: Turn, spoken: SpokenLine) -> Draft:
    """The unpaid order, where the choice is another size of the goods that it gets for somebody: it shall be
    that instead, and nobody is asked for his number again."""
    draft, order = turn.conversation.draft, turn.order_on_table()
    if order is None or not order.is_payable or len(draft.lines) != 1 or spoken.sku is None:
        return EMPTY_DRAFT
    line = draft.lines[0]
    same = spoken.product is not None and line.product_id == spoken.product.value
    return draft if same and line.account is not None and line.quantity == 1 else EMPTY_DRAFT


def take_of_before(turn: Turn, means: str) -> Reply:
    """`等等，我要第四个`, of what was offered before the quote: the line in hand becomes that."""
    draft = turn.conversation.draft
    if len(draft.lines) != 1:
        return ordering.what_to_change(turn)
    line = turn.reader.filler.patch(draft.lines[0], _spoken(turn.reader.catalog, None, means, 1.0))
    return ordering.put_forward(turn, replace(draft, lines=(line,)))


def _spoken(catalog: Catalog, question: Question | None, means: str, sureness: float) -> SpokenLine:
    """A choice as if it had been said."""
    sku = catalog.sku(means)
    product = catalog.product(means)
    if sku is not None:
        return SpokenLine(product=Heard(sku.product_id, NOWHERE), sku=Heard(sku.sku_id, NOWHERE))
    if product is not None:
        return SpokenLine(product=Heard(means, NOWHERE, sureness))
    if question is not None and question.slot == "region":
        return SpokenLine(region=Heard(means, NOWHERE))
    return SpokenLine(account=Heard(means, NOWHERE, sureness))


def _open_for(line: DraftLine, spoken: SpokenLine) -> bool:
    if spoken.sku is not None and spoken.product is not None:
        return line.sku_id is None and line.product_id in (None, spoken.product.value)
    if spoken.product is not None:
        return line.product_id is None
    if spoken.region is not None:
        return line.region is None
    return line.account is None


def drop_line(turn: Turn) -> Reply:
    """Leave out the line that was asked about, and go on with the others."""
    question = turn.conversation.question
    draft = turn.conversation.draft
    if question is None or not 0 <= question.line < len(draft.lines):
        return ordering.what_to_change(turn)
    kept = tuple(line for n, line in enumerate(draft.lines) if n != question.line)
    return ordering.put_forward(
        turn, replace(draft, lines=kept), turn.say("order.dropped", n=question.line + 1)
    )
