"""An earlier order once more, perhaps with something changed; and what was called off, as it was."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import Reply
from bot.skills import calling_off, ordering, replacing, wallet, which_order
from bot.skills.which_order import LAST, not_found, order_meant
from bot.turn import Turn
from nlu.understanding import Intent
from orders.draft import EMPTY_DRAFT, Draft, DraftLine
from orders.order import CustomerState, Order, OrderPurpose, customer_state


def reorder(turn: Turn) -> Reply:
    """An earlier order once more, perhaps with something changed."""
    if turn.heard.revives:
        return _revived(turn) or turn.aside(turn.say("confirm.of_nothing"))
    open_now = turn.order_on_table()
    before_that = open_now is not None and open_now.is_payable and which_order.says_earlier(turn)
    order = order_meant(turn, prefer_paid=before_that, by_goods=turn.heard.order_ref == LAST)
    if order is not None and order.purpose is OrderPurpose.DEPOSIT:
        return wallet.put_in(turn, order.price_fen)
    if order is not None and order == open_now and order.is_payable and not _wants_another(turn):
        return ordering.show_again(turn, order)
    if _other_goods(turn, order):
        return _another(turn)
    if order is None:
        number = turn.heard.order_ref
        return not_found(turn, number) if number and number != LAST else turn.aside(turn.say("reorder.none"))
    catalog = turn.reader.catalog
    times = turn.heard.times or 1
    lines = tuple(
        DraftLine(
            product_id=line.product_id,
            sku_id=line.sku_id if catalog.sku(line.sku_id) else None,
            quantity=line.quantity * times,
            account=line.account,
            region=line.region,
            # Three cards twice over are six, or two: that wants a yes. So does what was not asked for
            # once more in so many words.
            guessed=(times > 1 and line.quantity > 1) or turn.heard.intent is Intent.MODIFY,
        )
        for line in order.lines
        if catalog.product(line.product_id)
    )
    if not lines:
        return turn.aside(turn.say("reorder.gone"))
    beside = calling_off.open_orders_of(turn.shop, turn.tx, turn.customer_id)
    turn.without_draft()
    # What was said besides changes the old order; `再来一份` adds nothing to it.
    heard = replace(turn.heard, intent=Intent.MODIFY, adds=False)
    draft = _counted_anew(Draft(lines), turn.reader.filler.filled(Draft(lines), heard).draft, turn)
    lead = turn.say("reorder.lead_at" if turn.heard.order_at is not None else "reorder.lead")
    return ordering.put_forward(turn, draft, *_beside(turn, draft, beside), lead, stands_alone=True)


def _wants_another(turn: Turn) -> bool:
    """Whether one more is asked for in so many words (`再来一单`), or with something changed; `老规矩` under a quote
    is said of that quote."""
    return bool(turn.heard.times or turn.heard.lines or turn.heard.order_at is not None or turn.heard.contact)


def _other_goods(turn: Turn, order: Order | None) -> bool:
    """`再来一单，Q币10个` after a gift card: nothing of the card belongs to it."""
    before = {line.product_id for line in order.lines} if order else set()
    said = {line.product.value for line in turn.heard.lines if line.product}
    return bool(said) and not said & before


def _another(turn: Turn) -> Reply:
    """Once more, but other goods: an order of its own."""
    beside = calling_off.open_orders_of(turn.shop, turn.tx, turn.customer_id)
    turn.without_draft()
    heard = replace(turn.heard, intent=Intent.ORDER, adds=False, apart=True)
    draft = turn.reader.filler.filled(EMPTY_DRAFT, heard).draft
    return ordering.put_forward(turn, draft, *_beside(turn, draft, beside), stands_alone=True)


def _counted_anew(before: Draft, after: Draft, turn: Turn) -> Draft:
    """Three cards of 50, then `再来一单100的京东卡`: who names the goods and another size means one."""
    spoken = turn.heard.lines
    if len(spoken) != 1 or spoken[0].product is None or spoken[0].quantity is not None:
        return after
    if len(before.lines) != 1 or len(after.lines) != 1 or before.lines[0].sku_id == after.lines[0].sku_id:
        return after
    return replace(after, lines=(replace(after.lines[0], quantity=1),))


def _beside(turn: Turn, draft: Draft, unpaid: tuple[Order, ...]) -> tuple[str, ...]:
    """That an order is still unpaid, before the same or another one is laid beside it."""
    if not unpaid:
        return ()
    same = [order for order in unpaid if ordering.same_things(draft, order)]
    key, order = ("reorder.same_unpaid", same[-1]) if same else ("order.other_unpaid", unpaid[-1])
    return (turn.say(key, order_no=order.order_no),)


def _revived(turn: Turn) -> Reply | None:
    """What was called off just now, as it was or with what is said of it; None where nothing was."""
    if turn.conversation.draft.lines:
        return _kept(turn)
    latest = turn.latest_order()
    given_up = _given_up(turn, latest)
    if given_up is None:
        unpaid = latest is not None and latest.lines and latest.is_payable
        return ordering.show_again(turn, latest) if latest is not None and unpaid else None
    turn.update(replace(turn.conversation, dropped=EMPTY_DRAFT))
    before = {line.product_id for line in given_up.lines}
    said = {line.product.value for line in turn.heard.lines if line.product}
    instead = said - before and not turn.heard.adds
    return _another(turn) if instead else ordering.put_forward(turn, _changed(turn, given_up))


def changed_too_late(turn: Turn) -> Reply | None:
    """`改成50`, of what ran out or was called off just now: the same once more, changed so. None where that is
    not what it is said of."""
    names_goods = any(line.product or line.product_options for line in turn.heard.lines)
    talked_of = turn.conversation.draft.lines or turn.conversation.browsing
    if talked_of or names_goods or turn.heard.adds or not turn.heard.lines:
        return None
    latest = turn.latest_order()
    given_up = _given_up(turn, latest)
    if given_up is None or len(given_up.lines) != 1:
        return None
    return ordering.put_forward(turn, _changed(turn, given_up), turn.say("reorder.lead"), stands_alone=True)


def _given_up(turn: Turn, latest: Order | None) -> Draft | None:
    """The draft that was dropped just now, or the order of today that ran out or was called off."""
    if turn.conversation.dropped.lines:
        return turn.conversation.dropped
    if latest is None or not latest.lines or turn.now - latest.created_at >= ordering.RECENTLY:
        return None
    gone = customer_state(latest) in (CustomerState.CANCELLED, CustomerState.EXPIRED)
    return replacing.draft_of(latest) if gone else None


def _changed(turn: Turn, draft: Draft) -> Draft:
    heard = replace(turn.heard, intent=Intent.MODIFY)
    return turn.reader.filler.filled(draft, heard).draft if heard.lines else draft


def _kept(turn: Turn) -> Reply:
    """`先别取消`, `算了不改了`: what is in hand stays, and so does the question about it; a change that was begun
    is given up."""
    old = replacing.replaced(turn)
    if old is not None and old.is_payable and turn.conversation.order_no is None:
        return ordering.keep(turn, old)
    order, question = turn.order_on_table(), turn.conversation.question
    if order is not None and order.is_payable:
        return ordering.show_again(turn, order, turn.say("order.unchanged", order_no=order.order_no))
    if question is not None and question.is_open:
        return turn.ask(question, turn.say("confirm.go_on"))
    return ordering.put_forward(turn, turn.conversation.draft)
