"""Coupons: one was named, is no longer wanted, or is asked after."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import Reply
from bot.money_words import CouponSaid, CouponsAsked
from bot.skills import ordering
from bot.turn import Turn
from nlu.understanding import Intent
from orders.coupon import CouponDenied
from orders.draft import Draft
from orders.quote import Quote

WANT_MORE = frozenset(
    {
        Intent.REORDER,
        Intent.REFUND,
        Intent.CANCEL,
        Intent.STATUS,
        Intent.HISTORY,
        Intent.RECEIPT,
        Intent.HUMAN,
    }
)


def answer(turn: Turn) -> Reply | None:
    """The answer where a message was about coupons and nothing else; None where it was not."""
    match turn.money:
        case CouponSaid(code=code) as said if turn.message.means is None and _is_all(turn, said):
            turn.update(turn.conversation.understood())
            return _use(turn, code) if code else _do_without(turn)
        case CouponsAsked():
            turn.update(turn.conversation.understood())
            given = turn.shop.gives_coupons(turn.tx, turn.now)
            return turn.aside(turn.say("coupon.how" if given else "coupon.none"))
        case _:
            return None


def _is_all(turn: Turn, said: CouponSaid) -> bool:
    """Whether nothing else is wanted: `用NEW10付款`, `NEW10能用吗`, `NEW10 谢谢` are about the coupon, too."""
    return not said.rest or (not turn.heard.lines and turn.heard.intent not in WANT_MORE)


def _use(turn: Turn, code: str) -> Reply:
    denied = turn.shop.coupon_denied(turn.tx, code, turn.customer_id, turn.now)
    draft = turn.draft_in_hand()
    if draft.lines and denied is not CouponDenied.UNKNOWN:
        return _put_forward(turn, replace(draft, coupon=code))
    if denied is not None:
        return turn.aside(why_not(turn, code, denied))
    turn.update(replace(turn.conversation, draft=replace(turn.conversation.draft, coupon=code)))
    return turn.aside(turn.say("coupon.kept", code=code))


def _do_without(turn: Turn) -> Reply:
    draft = turn.conversation.draft
    if draft.coupon is None:
        return turn.aside(turn.say("coupon.none_used"))
    without = replace(draft, coupon=None)
    if not draft.lines:
        turn.update(replace(turn.conversation, draft=without))
        return turn.aside(turn.say("coupon.dropped", code=draft.coupon))
    return _put_forward(turn, without)


def _put_forward(turn: Turn, draft: Draft) -> Reply:
    """A coupon changes the order in hand, like any other word about it."""
    turn.heard = replace(turn.heard, intent=Intent.MODIFY)
    return ordering.put_forward(turn, draft)


def why_not(turn: Turn, code: str, denied: CouponDenied) -> str:
    """Why the coupon gives nothing, with what would have to be otherwise."""
    coupon = turn.shop.coupon(turn.tx, code)
    least = turn.telling.money(coupon.price_min_fen) if coupon else ""
    products = (turn.reader.catalog.product(one) for one in coupon.products) if coupon else ()
    goods = turn.telling.things(product.name for product in products if product)
    return turn.say(f"coupon.denied.{denied.value}", code=code, least=least, goods=goods)


def left_out(turn: Turn, quote: Quote) -> str:
    """The coupon that was named gives nothing, so it is in hand no longer; says why."""
    code, denied = turn.conversation.draft.coupon, quote.denied
    assert code is not None, "only a named coupon is denied"
    assert denied is not None
    turn.update(replace(turn.conversation, draft=replace(turn.conversation.draft, coupon=None)))
    return why_not(turn, code, denied)
