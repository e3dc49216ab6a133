"""What the order in hand was before it was changed, and back to that: 换回去, 还是原来的吧."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import Reply
from bot.skills import ordering, replacing
from bot.turn import Turn
from orders.draft import Draft, DraftLine


def go_back(turn: Turn) -> Reply:
    """Make it again what it was before its last change, or what it was at first. A change that was only begun is
    given up."""
    old = replacing.replaced(turn)
    if old is not None and old.is_payable and turn.conversation.order_no is None:
        return ordering.keep(turn, old)
    in_hand, before = turn.conversation.draft, turn.conversation.before
    wanted = before[0] if turn.heard.order_at == 0 else before[-1]
    return ordering.put_forward(turn, replace(in_hand, lines=_lines(turn, in_hand, wanted)))


def _lines(turn: Turn, in_hand: Draft, wanted: Draft) -> tuple[DraftLine, ...]:
    """The lines as they were; of what is in hand only the number or the size, where that alone was said."""
    said = {
        part
        for part, words in turn.telling.lexicon.groups("unchanged.parts").items()
        if any(word in turn.message.text for word in words)
    }
    if not said or len(in_hand.lines) != len(wanted.lines):
        return wanted.lines
    return tuple(
        replace(
            line,
            account=was.account if "account" in said else line.account,
            quantity=was.quantity if "quantity" in said else line.quantity,
            sku_id=was.sku_id if "sku_id" in said and was.product_id == line.product_id else line.sku_id,
        )
        for line, was in zip(in_hand.lines, wanted.lines, strict=True)
    )
