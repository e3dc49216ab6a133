"""What was asked and what lies in hand, in the parser's words; and which of two things in hand a message means.

Beside an unpaid order goods may be looked at: 京东卡多少钱, then 来两张. The count is of the card then, and the
order stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import Conversation
from bot.messages import Choice
from bot.store.contacts import Contact
from nlu.understanding import (
    Expectation,
    Intent,
    LineInHand,
    Measure,
    OfferedChoice,
    Slot,
    SpokenLine,
    Understanding,
)
from orders.catalog import AccountKind, Catalog
from orders.draft import EMPTY_DRAFT, DraftLine


def expectation(conversation: Conversation, open_orders: int = 0) -> Expectation:
    """What was asked and what lies in hand, in the parser's words."""
    question = conversation.question
    slot = question.slot if question else None
    draft = conversation.draft
    lines = draft.lines or ((DraftLine(product_id=conversation.browsing),) if conversation.browsing else ())
    return Expectation(
        asking=Slot(slot) if slot else None,
        choices=tuple(OfferedChoice(choice.label, choice.means) for choice in conversation.offered()),
        lines=tuple(_in_hand(line) for line in lines),
        quoted=conversation.quote is not None or conversation.order_no is not None,
        open_orders=open_orders,
        shown=tuple(OfferedChoice(choice.label, choice.means) for choice in shown_before(conversation)),
        changed=bool(conversation.before),
        looking=not draft.lines and conversation.browsing is not None,
    )


def of_people(asked: Expectation, known: Sequence[Contact]) -> Expectation:
    """With the people whom the customer keeps, and with whose each line in hand is."""
    names = {one.account: one.name for one in known}
    lines = tuple(
        replace(line, contact=names.get(line.account)) if line.account is not None else line
        for line in asked.lines
    )
    return replace(asked, lines=lines, people=tuple(one.name for one in known))


def looked_beyond(conversation: Conversation) -> bool:
    """Whether other goods were looked at since the order on the table was placed."""
    looked_at = conversation.browsing
    ordered = {line.product_id for line in conversation.draft.lines}
    return conversation.order_no is not None and looked_at is not None and looked_at not in ordered


def beyond(conversation: Conversation, asked: Expectation) -> Expectation:
    """What is expected of a message that is about the goods looked at, and not about the order."""
    looked_at = expectation(replace(conversation, draft=EMPTY_DRAFT, order_no=None), asked.open_orders)
    return replace(looked_at, people=asked.people)


def is_of_goods_looked_at(heard: Understanding, looked_at: str, catalog: Catalog) -> bool:
    """Whether a message, read as one about those goods, orders some of them or asks on about them."""
    if heard.chosen is not None:
        return catalog.sku(heard.chosen) is not None
    if heard.intent in (Intent.PRICE, Intent.SEARCH):
        return bool(heard.options)
    if heard.intent not in (Intent.ORDER, Intent.PROVIDE) or heard.contact or not heard.lines:
        return False
    return all(_suits(line, looked_at, catalog) for line in heard.lines)


def _suits(line: SpokenLine, looked_at: str, catalog: Catalog) -> bool:
    product = catalog.product(looked_at)
    if product is None or line.problems or line.product_options:
        return False
    if line.product is not None and line.product.value != looked_at:
        return False
    return product.account_kind is not AccountKind.NONE or line.account is None


def shown_before(conversation: Conversation) -> tuple[Choice, ...]:
    """The goods and sizes that were offered for the draft before something else was asked."""
    return () if conversation.asking() in (Slot.VARIANT, Slot.PRODUCT) else conversation.shown


def _in_hand(line: DraftLine) -> LineInHand:
    measure = (
        Measure(line.measure_value, line.measure_unit, line.measure_text)
        if line.measure_text is not None
        else None
    )
    return LineInHand(
        product_id=line.product_id,
        sku_id=line.sku_id,
        measure=measure,
        account=line.account,
        region=line.region,
        quantity=line.quantity,
        product_options=line.product_options,
        contact=line.contact,
        account_begun=_begun(line),
    )


def _begun(line: DraftLine) -> str | None:
    """The digits that were refused as a recipient, which may be the beginning of one."""
    refused = (one.value for one in line.problems if one.slot.value == Slot.ACCOUNT and one.value.isdecimal())
    return next(refused, None) if line.account is None else None
