"""Ordering: what was said goes into the draft; the draft becomes a question, a quote or an order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from bot import repair
from bot.asking import EVERY_LINE, question_about
from bot.conversation import Purpose, Question
from bot.filling import Filling
from bot.messages import Reply
from bot.money_words import CouponSaid
from bot.skills import browsing, coupons, mending, questions, replacing, wallet
from bot.skills.people import remember_new, renewed, with_contacts
from bot.turn import CANCEL, CONFIRM, HISTORY, HUMAN, MODIFY, Turn, paragraphs
from nlu.understanding import Intent, PaymentMethod, ProblemCode
from orders.catalog import Delivery
from orders.draft import EMPTY_DRAFT, Draft
from orders.errors import CouponGone, OutOfStock, QuoteExpired, TooManyUnpaid
from orders.order import CustomerState, Order, customer_state
from orders.quote import Finding, Quote

RECENTLY = timedelta(hours=24)
"""A change or a cancellation that names no order means one that is not older."""


def order(turn: Turn) -> Reply:
    """Something was said of an order: a new one, a slot, or a change."""
    if any(problem.code is ProblemCode.PRODUCT_UNKNOWN for problem in turn.heard.problems):
        return browsing.not_sold(turn)
    if mending.mends_a_paid_order(turn):
        return mending.give_account(turn)
    if turn.heard.intent is Intent.MODIFY and not turn.conversation.draft.lines:
        return _nothing_to_change(turn)
    base = base_of(turn)
    filling = filled(turn, base)
    if filling.draft == turn.conversation.draft and turn.conversation.draft.lines and not turn.heard.apart:
        return _nothing_new(turn, filling)
    alone = turn.past_order or not base.lines
    return put_forward(turn, filling.draft, *renewed(turn), stands_alone=alone)


def base_of(turn: Turn) -> Draft:
    """What the message is laid upon. A whole order sentence after an order stands for itself."""
    heard = turn.heard
    whole = heard.intent is Intent.ORDER and not heard.adds and bool(heard.lines)
    stands_alone = all(line.product and (line.account or line.sku or heard.contact) for line in heard.lines)
    on_table = turn.conversation.order_no or turn.conversation.supersedes
    if _asked_what_to_change(turn) and not heard.apart:
        return turn.draft_in_hand()
    if on_table and heard.lines and (heard.apart or (whole and stands_alone)):
        return EMPTY_DRAFT
    return turn.draft_in_hand()


def filled(turn: Turn, base: Draft) -> Filling:
    """The draft after the message; a bare answer goes to the line that was asked about."""
    heard = turn.heard
    if turn.past_order or not turn.conversation.draft.lines:
        # There is nothing that `再来一个` could come on top of.
        heard = replace(heard, adds=False)
    question = turn.conversation.question
    if question and question.is_open and question.line > EVERY_LINE and len(base.lines) > 1:
        lines = tuple(
            replace(line, position=question.line)
            if line.position is None
            and line.product is None
            and len(heard.lines) == 1
            and not (line.contact and any(other.contact == line.contact for other in base.lines))
            else line
            for line in heard.lines
        )
        heard = replace(heard, lines=lines)
    return turn.reader.filler.filled(base, heard)


def put_forward(turn: Turn, draft: Draft, *lead: str, stands_alone: bool = False) -> Reply:
    """The next step for the draft, after what becomes of an order that is still on the table.

    A draft that `stands_alone` was said whole, so it changes that order only when it is about the
    same goods for the same recipient; otherwise it is another order beside it.
    """
    if isinstance(turn.money, CouponSaid):
        draft = replace(draft, coupon=turn.money.code)
    draft, said = with_contacts(turn, with_guesses(draft))
    on_table = turn.order_on_table() or replacing.replaced(turn)
    before = turn.conversation.as_changed_to(draft)
    if on_table is not None:
        same = same_things(draft, on_table) and not _recouponed(turn, on_table)
        if on_table.is_payable and same and not turn.heard.apart:
            turn.update(replace(turn.conversation, draft=draft))
            return show_again(turn, on_table)
        supersedes = None
        if _replaces(turn, draft, on_table, stands_alone):
            if not on_table.is_payable and _is_under_way(on_table):
                return _paid_already(turn, on_table)
            supersedes = on_table.order_no if on_table.is_payable else None
        elif on_table.is_payable:
            lead = (*lead, turn.say("order.other_unpaid", order_no=on_table.order_no))
        before = before if supersedes else ()
        turn.update(replace(turn.conversation, supersedes=supersedes, corrected=supersedes is not None))
    turn.update(
        replace(turn.conversation, draft=draft, before=before, order_no=None, quote=None, dropped=EMPTY_DRAFT)
    )
    return onward(turn, draft, *lead, *said)


def _recouponed(turn: Turn, order: Order) -> bool:
    """Whether another coupon, or none, is wanted for the order."""
    return isinstance(turn.money, CouponSaid) and turn.money.code != order.coupon


def onward(turn: Turn, draft: Draft, *lead: str) -> Reply:
    """A question while something is missing, else the quote."""
    if not draft.lines and turn.heard.intent is Intent.MODIFY:
        return _emptied(turn, *lead)
    result = replacing.quoted(turn, draft)
    lead = (*questions.beside(turn, draft, quoted=isinstance(result, Quote)), *lead)
    if not isinstance(result, Quote):
        return _ask_on(turn, draft, result, *lead, *replacing.still_good(turn))
    if result.denied is not None:
        lead = (*lead, coupons.left_out(turn, result))
        draft = turn.conversation.draft
        if (old := _same_as_before(turn, draft)) is not None:
            return show_again(turn, old, *lead)
    draft, why = wallet.covered(turn, draft, result)
    lead = (*lead, *remember_new(turn, draft), *why)
    if _wants_yes(turn, draft, result):
        return _ask_yes(turn, result, *lead, *replacing.still_good(turn))
    return place(turn, result, *lead)


def _same_as_before(turn: Turn, draft: Draft) -> Order | None:
    """The order that was to be changed, where without the coupon nothing of it changes."""
    old = replacing.replaced(turn)
    if old is None or not old.is_payable or old.coupon is not None or not same_things(draft, old):
        return None
    turn.update(replace(turn.conversation, corrected=False))
    return old


def _emptied(turn: Turn, *lead: str) -> Reply:
    """Nothing is wanted any more: the order that was changed goes, too."""
    old = replacing.replaced(turn)
    said = turn.say("order.emptied")
    if old is not None and old.is_payable:
        turn.shop.cancel(turn.tx, old.order_no, turn.customer_id, turn.now)
        said = turn.say("cancel.order", order_no=old.order_no)
    turn.without_draft()
    return turn.done(paragraphs(*lead, said))


def keep(turn: Turn, order: Order, *lead: str) -> Reply:
    """The change is given up; the order it was about stays as it was."""
    draft = replacing.draft_of(order)
    turn.update(replace(turn.conversation, draft=draft, quote=None, corrected=False))
    return show_again(turn, order, *lead, turn.say("order.unchanged", order_no=order.order_no))


def _paid_already(turn: Turn, order: Order) -> Reply:
    text = turn.say("order.paid_already", order_no=order.order_no)
    return turn.aside(text, (turn.choice("choice.human", HUMAN),))


def _ask_on(turn: Turn, draft: Draft, found: tuple[Finding, ...], *lead: str) -> Reply:
    question = question_about(turn, draft, found)
    before = turn.conversation.question
    if before is not None and before.text == question.text and not lead:
        if draft == turn.chat.conversation.draft and not turn.heard.lines:
            return repair.unclear(turn)
        lead = (turn.say("ask.still"),) if draft != turn.chat.conversation.draft else ()
    if all(choice.means != CANCEL for choice in question.choices):
        # The way out is always in sight, not only for those who know the word.
        key = "choice.keep" if replacing.replaced(turn) else "choice.cancel"
        question = replace(question, choices=(*question.choices, turn.choice(key, CANCEL)))
    return turn.ask(question, *lead)


def _wants_yes(turn: Turn, draft: Draft, quote: Quote) -> bool:
    # A change that was asked for is shown whole with its `对吗？`, and the old order is not left payable.
    changed = turn.conversation.supersedes is not None and turn.heard.intent is Intent.MODIFY
    return (
        (any(line.unsure for line in draft.lines) and not changed)
        or turn.shop.needs_confirmation(quote)
        or draft.payment == PaymentMethod.BALANCE.value
    )


def _ask_yes(turn: Turn, quote: Quote, *lead: str) -> Reply:
    """Show the quote and wait for a yes."""
    turn.update(replace(turn.conversation, quote=quote))
    by_balance = turn.conversation.draft.payment == PaymentMethod.BALANCE.value
    ask = wallet.asked_about(turn, quote) if by_balance else turn.say("confirm.ask")
    question = Question(
        Purpose.PLACE,
        ask if by_balance else turn.say("confirm.again", total=turn.telling.money(quote.total_fen)),
        "confirm",
        choices=(
            turn.choice("choice.yes_balance" if by_balance else "choice.confirm", CONFIRM),
            turn.choice("choice.modify", MODIFY),
            turn.choice("choice.cancel", CANCEL),
        ),
    )
    asked = turn.ask(question)
    text = paragraphs(*lead, turn.telling.quote(quote), ask)
    return replace(asked, text=text)


def confirmed(turn: Turn) -> Reply:
    """A yes to the quote that was shown."""
    quote = turn.conversation.quote
    assert quote is not None, "a yes is only taken for a quote that was shown"
    return place(turn, quote)


def place(turn: Turn, quote: Quote, *lead: str) -> Reply:
    """Make the quote an order and show where to pay. Paying is the confirmation."""
    old = replacing.replaced(turn)
    if old is not None and not old.is_payable and _is_under_way(old):
        return _paid_already(turn, old)
    try:
        order = replacing.placed(turn, quote)
    except QuoteExpired:
        turn.update(replace(turn.conversation, quote=None))
        return onward(turn, turn.conversation.draft, turn.say("quote.expired"))
    except OutOfStock as shortage:
        sku = turn.reader.catalog.sku(shortage.sku_id)
        thing = turn.telling.goods(sku) if sku else shortage.sku_id
        turn.update(replace(turn.conversation, quote=None))
        if old is not None and old.is_payable:
            return keep(turn, old, turn.say("order.snapped_up", thing=thing))
        return turn.done(turn.say("order.snapped_up", thing=thing), (turn.choice("choice.human", HUMAN),))
    except CouponGone as gone:
        draft = replace(turn.conversation.draft, coupon=None)
        turn.update(replace(turn.conversation, quote=None, draft=draft))
        why = turn.say("coupon.gone", code=gone.code)
        same = _same_as_before(turn, draft)
        return show_again(turn, same, why) if same is not None else onward(turn, draft, why)
    except TooManyUnpaid as limit:
        turn.update(replace(turn.conversation, quote=None))
        return turn.done(
            turn.say("order.too_many_unpaid", count=limit.limit),
            (turn.choice("choice.history", HISTORY), turn.choice("choice.cancel_last", CANCEL)),
        )
    if old is not None and old.is_payable:
        lead = (turn.say("order.superseded", order_no=old.order_no), *lead)
    corrected = turn.conversation.corrected
    turn.update(
        replace(turn.conversation, order_no=order.order_no, quote=None, corrected=False, supersedes=None)
    )
    turn.update(replace(turn.conversation, browsing=None, browsing_sku=None))
    if turn.conversation.draft.payment == PaymentMethod.BALANCE.value:
        # Asked for, shown and answered with yes; else it is not in the draft any more.
        return wallet.take(turn, order, *lead)
    payable = _payable(turn, order, turn.telling.quote(quote), *lead)
    return _asked_whether_right(turn, payable) if corrected else payable


def _asked_whether_right(turn: Turn, payable: Reply) -> Reply:
    """After a correction: the new order can be paid at once, and whoever looks closer can say no."""
    choices = (turn.choice("choice.right", CONFIRM), *payable.choices)
    text = paragraphs(payable.text, turn.say("confirm.corrected"))
    question = Question(Purpose.PAY, text, "confirm", choices=choices)
    turn.update(replace(turn.conversation, question=question))
    return replace(payable, text=text, choices=choices, asking="confirm")


def show_again(turn: Turn, order: Order, *lead: str) -> Reply:
    """The unpaid order on the table, with its pay link."""
    turn.update(replace(turn.conversation, order_no=order.order_no, supersedes=None))
    return _payable(turn, order, turn.telling.order(order), *lead, total=True)


def _payable(turn: Turn, order: Order, goods: str, *lead: str, total: bool = False) -> Reply:
    due = turn.telling.due(order) if total else ""
    number = turn.say("quote.order_no", order_no=order.order_no)
    eta = turn.telling.minutes(order.eta_minutes)
    pay = turn.say(_pay_key(order), eta=eta, until=turn.telling.time(order.expires_at))
    choices = (turn.choice("choice.modify", MODIFY), turn.choice("choice.cancel_order", CANCEL))
    text = paragraphs(*lead, goods, due, number, pay)
    question = Question(Purpose.PAY, text, choices=choices)
    turn.update(replace(turn.conversation, question=question))
    return Reply(text, choices, turn.telling.links.pay(order), card=turn.telling.card(order))


def _pay_key(order: Order) -> str:
    """Money arrives, keys are shown, parcels are sent: each is promised in its own words."""
    deliveries = {line.delivery for line in order.lines}
    if deliveries <= {Delivery.CARD, Delivery.LICENSE}:
        return "quote.pay_keys"
    return "quote.pay_parcel" if deliveries == {Delivery.PHYSICAL} else "quote.pay"


def _nothing_new(turn: Turn, filling: Filling) -> Reply:
    """The message did not change the draft."""
    if filling.unplaced and len(filling.draft.lines) > 1:
        return turn.aside(turn.say("ask.which_line", count=len(filling.draft.lines)))
    on_table = turn.order_on_table()
    if on_table is not None and on_table.is_payable:
        if turn.heard.intent is Intent.MODIFY:
            return what_to_change(turn)
        return show_again(turn, on_table)
    if turn.heard.intent is Intent.MODIFY and not turn.heard.lines:
        return what_to_change(turn)
    return put_forward(turn, filling.draft)


def _nothing_to_change(turn: Turn) -> Reply:
    """A change was asked for, but no order is open: perhaps the paid one is meant."""
    latest = turn.latest_order()
    if latest is not None and latest.is_payable and not turn.heard.lines:
        return show_again(turn, latest, turn.say("modify.what"))
    if latest is not None and customer_state(latest) is CustomerState.PROCESSING:
        return turn.aside(
            turn.say("order.paid_already", order_no=latest.order_no), (turn.choice("choice.human", HUMAN),)
        )
    names_goods = any(line.product or line.product_options for line in turn.heard.lines)
    delivered = latest is not None and customer_state(latest) is CustomerState.DELIVERED
    if latest is not None and delivered and not names_goods and turn.now - latest.created_at < RECENTLY:
        text = turn.say("order.delivered_already", order_no=latest.order_no)
        return turn.aside(text, (turn.choice("choice.human", HUMAN),))
    if turn.heard.lines:
        return put_forward(turn, filled(turn, turn.draft_in_hand()).draft)
    return turn.aside(turn.say("modify.nothing"))


def what_to_change(turn: Turn) -> Reply:
    """`修改` without saying what, or a plain no to what was shown."""
    question = turn.conversation.question
    text = turn.say("modify.what")
    if question is not None and question.slot not in (None, "confirm"):
        return turn.ask(question, text)
    choices = (turn.choice("choice.cancel", CANCEL), turn.choice("choice.human", HUMAN))
    turn.update(replace(turn.conversation, question=Question(Purpose.CHANGE, text, choices=choices)))
    return Reply(text, choices)


def _asked_what_to_change(turn: Turn) -> bool:
    question = turn.conversation.question
    return question is not None and question.purpose is Purpose.CHANGE


def with_guesses(draft: Draft) -> Draft:
    """Where only one thing could be meant, take it, and ask for a yes to the whole quote instead of
    asking for the obvious."""
    return replace(
        draft,
        lines=tuple(
            replace(line, sku_id=line.sku_options[0], sku_options=(), guessed=True)
            if line.sku_id is None and len(line.sku_options) == 1 and not line.problems
            else line
            for line in draft.lines
        ),
    )


def _things(draft: Draft) -> Counter[tuple[str | None, str | None, str | None, int]]:
    return Counter((line.sku_id, line.account, line.region, line.quantity) for line in draft.lines)


def same_things(draft: Draft, order: Order) -> bool:
    """The customer said the same once more: that is no second order."""
    ordered = Counter((line.sku_id, line.account, line.region, line.quantity) for line in order.lines)
    return _things(draft) == ordered


def _changes(draft: Draft, order: Order, stands_alone: bool) -> bool:
    """Whether the draft is the order changed, and not another order beside it."""
    if not draft.lines:
        return True
    before = {(line.product_id, line.account) for line in order.lines}
    after = {(line.product_id, line.account) for line in draft.lines}
    if before & after or stands_alone:
        return bool(before & after)
    products = {product for product, _ in before}
    accounts = {account for _, account in before if account}
    return any(product in products or account in accounts for product, account in after)


def _replaces(turn: Turn, draft: Draft, order: Order, stands_alone: bool) -> bool:
    """Whether the draft is to stand in the order's place."""
    if turn.heard.apart:
        return False
    if (
        turn.heard.intent is Intent.MODIFY
        or _asked_what_to_change(turn)
        or _changes(draft, order, stands_alone)
    ):
        return True
    begun = turn.conversation.supersedes == order.order_no
    said = {line.product_id for line in draft.lines}
    return begun and (
        not stands_alone or any(line.product_id in said for line in turn.conversation.draft.lines)
    )


def _is_under_way(order: Order) -> bool:
    return customer_state(order) not in (CustomerState.EXPIRED, CustomerState.CANCELLED)
