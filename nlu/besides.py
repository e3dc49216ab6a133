"""What comes on top of the line in hand, or is taken from it: 减两张, 加一张50的, 还有…也是这个号."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nlu.records import Event, EventKind
from nlu.signs import Signs
from nlu.understanding import Expectation, Heard, Intent, LineInHand, Slot, Span, SpokenLine, Understanding

_CHANGING = frozenset(
    {Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.REFUND, Intent.REORDER, Intent.CANCEL}
)

ANSWER_LENGTH_MAX = 12
_DOUBTS = re.compile("[不别没换吗?？]")
_OF_WHAT_WAS_BOUGHT = frozenset(
    {Intent.REFUND, Intent.HISTORY, Intent.STATUS, Intent.FAQ, Intent.OUT_OF_SCOPE}
)


def besides(
    text: str, understood: Understanding, events: Sequence[Event], asked: Expectation, signs: Signs
) -> Understanding:  # fmt: skip
    """`understood` with what it says of the lines in hand: how many more or fewer, or what besides."""
    if not asked.lines:
        return _taken_from_nothing(text, understood, events, signs)
    counts = [event for event in events if event.kind is EventKind.QUANTITY]
    if (fewer := _too_many(text, understood, counts, asked, signs)) is not None:
        return fewer
    if (of_other := _the_same_number(text, understood, asked, signs)) is not None:
        return of_other
    if understood.intent not in _CHANGING:
        return understood
    if understood.intent is Intent.REORDER and understood.order_ref and signs.of_earlier.search(text):
        return understood  # 昨天那单再来一份: of that one, and not of what is in hand
    front = text[: counts[0].start] if len(counts) == 1 else ""
    sign = -1 if signs.fewer.search(front) else 1 if signs.more.search(front) else 0
    if len(understood.lines) != 1:
        return understood
    line = understood.lines[0]
    hand = _line_meant(line, asked)
    if sign and hand is not None and line.quantity is not None and _counts_only(line, hand):
        if understood.intent is Intent.REFUND and not asked.quoted:
            return understood
        change = sign * line.quantity.value
        changed = replace(line, quantity=None, quantity_change=change, sku=None, sku_options=())
        return replace(understood, intent=Intent.MODIFY, lines=(changed,), adds=False)
    if understood.intent not in (Intent.ORDER, Intent.MODIFY, Intent.PROVIDE):
        return understood
    if sign > 0 and hand is not None and _another_size(line, hand):
        return replace(
            understood, intent=Intent.MODIFY, lines=(_of_goods_in_hand(line, hand, text),), adds=True
        )
    if line.product is not None and signs.beside.search(text):
        understood = replace(understood, adds=True)
    if understood.adds and (both := _number_of_both(text, understood, line, asked, signs)) is not None:
        return both
    if understood.adds and line.account is None and signs.same_account.search(text):
        accounts = {one.account for one in asked.lines if one.account}
        if len(accounts) == 1:
            same = Heard(accounts.pop(), Span(0, len(understood.text)))
            return replace(understood, lines=(replace(line, account=same),))
    return understood


def _number_of_both(
    text: str, understood: Understanding, line: SpokenLine, asked: Expectation, signs: Signs
) -> Understanding | None:
    """138… 再加一张京东卡, where a number was asked for: in front of what comes on top it is that number, and of both
    where that is said."""
    waits = asked.asking is Slot.ACCOUNT and len(asked.lines) == 1 and asked.lines[0].account is None
    if not waits or line.account is None or line.product is None:
        return None
    same = signs.same_account.search(text) is not None
    if not same and line.account.span.start > line.product.span.start:
        return None
    answer = SpokenLine(account=line.account, account_kind=line.account_kind, position=0)
    more = line if same else replace(line, account=None, account_kind=None)
    return replace(understood, intent=Intent.MODIFY, lines=(answer, more))


def _the_same_number(
    text: str, understood: Understanding, asked: Expectation, signs: Signs
) -> Understanding | None:
    """也是这个号, where a number was asked for and another line has one."""
    accounts = {one.account for one in asked.lines if one.account}
    waits = asked.asking is Slot.ACCOUNT and len(accounts) == 1 and not understood.lines
    if not waits or len(text) > ANSWER_LENGTH_MAX or _DOUBTS.search(text):
        return None
    if not signs.same_account.search(text):
        return None
    line = SpokenLine(account=Heard(accounts.pop(), Span(0, len(understood.text))))
    return replace(understood, intent=Intent.PROVIDE, lines=(line,), options=(), topic=None)


def _too_many(
    text: str, understood: Understanding, counts: Sequence[Event], asked: Expectation, signs: Signs
) -> Understanding | None:  # fmt: skip
    """多买了两张 of what is not paid yet: so many fewer, however much that sounds like money back. Whoever says
    besides how many he wants says the same."""
    if (
        understood.lines
        or understood.intent not in _OF_WHAT_WAS_BOUGHT
        or len(asked.lines) != 1
        or not counts
    ):
        return None
    counted = [event.quantity.count for event in counts if event.quantity is not None]
    said = [count for count in counted if count is not None]
    before = asked.lines[0].quantity
    left = before - said[0] if before is not None and said else 0
    if left < 1 or not {left, said[0]}.issuperset(said) or not signs.fewer.search(text[: counts[0].start]):
        return None
    line = SpokenLine(quantity_change=left - (before or 0))
    return replace(understood, intent=Intent.MODIFY, lines=(line,), options=(), topic=None, adds=False)


def _taken_from_nothing(
    text: str, understood: Understanding, events: Sequence[Event], signs: Signs
) -> Understanding:  # fmt: skip
    """减五张 where nothing lies in hand: how many are meant in the end is asked."""
    counts = [event for event in events if event.kind is EventKind.QUANTITY]
    if len(counts) != 1 or not signs.fewer.search(text[: counts[0].start]):
        return understood
    lines = tuple(
        replace(
            line, quantity=None, sku=None, sku_options=(line.sku.value,) if line.sku else line.sku_options
        )
        if line.quantity
        else line
        for line in understood.lines
    )
    return replace(understood, lines=lines)


def _line_meant(line: SpokenLine, asked: Expectation) -> LineInHand | None:
    if line.position is not None:
        return asked.lines[line.position]
    named = [one for one in asked.lines if line.product and one.product_id == line.product.value]
    if line.product is not None or line.product_options:
        return named[0] if len(named) == 1 else None
    return asked.lines[0] if len(asked.lines) == 1 else None


def _counts_only(line: SpokenLine, hand: LineInHand) -> bool:
    same_size = line.measure is None or (line.sku is not None and line.sku.value == hand.sku_id)
    return same_size and line.account is None and line.region is None and not line.problems


def _another_size(line: SpokenLine, hand: LineInHand) -> bool:
    return line.measure is not None and not (line.sku is not None and line.sku.value == hand.sku_id)


def _of_goods_in_hand(line: SpokenLine, hand: LineInHand, text: str) -> SpokenLine:
    if line.product is not None or hand.product_id is None:
        return line
    return replace(line, product=Heard(hand.product_id, Span(0, len(text))))
