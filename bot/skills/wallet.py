"""The customer's own money at the shop: how much there is, putting some in, and paying with it.

Nothing is ever taken without a yes to exactly that: amount, and what is left after it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import Purpose, Question
from bot.messages import Choice, Reply
from bot.money_words import BalanceAsked, BalanceBackAsked, DepositAsked
from bot.skills import calling_off, ordering
from bot.turn import BALANCE, CANCEL_ORDER, CONFIRM, HUMAN, OTHER_WAY, Turn, paragraphs
from nlu.understanding import PaymentMethod
from orders.draft import Draft
from orders.errors import NotPermitted, TooManyUnpaid
from orders.money import Fen
from orders.order import Order, OrderPurpose
from orders.quote import Quote
from orders.spending import BalanceShort


def answer(turn: Turn) -> Reply | None:
    """The answer where a message was about the wallet and nothing else; None where it was not."""
    match turn.money:
        case BalanceAsked():
            turn.update(turn.conversation.understood())
            return tell(turn)
        case BalanceBackAsked():
            turn.update(turn.conversation.understood())
            return back_out(turn)
        case DepositAsked(amount_fen):
            turn.update(turn.conversation.understood())
            return put_in(turn, amount_fen)
        case _:
            return None


def tell(turn: Turn) -> Reply:
    """How much is there; where an order could be paid with it, that is one tap away."""
    if not turn.shop.keeps_money_of(turn.customer_id):
        return turn.aside(turn.say("wallet.none"))
    text = turn.say("wallet.balance", balance=turn.telling.money(_balance(turn)))
    order = _unpaid(turn)
    if order is not None and turn.shop.balance_due(order) <= _balance(turn):
        return turn.aside(text, (turn.choice("choice.by_balance", BALANCE),))
    return turn.aside(paragraphs(text, turn.say("wallet.how")))


def back_out(turn: Turn) -> Reply:
    """A person gives back what is left, to where it came from."""
    if not turn.shop.keeps_money_of(turn.customer_id):
        return turn.aside(turn.say("wallet.none"))
    balance = _balance(turn)
    if not balance:
        return turn.aside(turn.say("wallet.out_nothing"))
    return turn.aside(turn.say("wallet.out", balance=turn.telling.money(balance)), _human(turn))


def put_in(turn: Turn, amount_fen: Fen | None) -> Reply:
    """An order that puts money into the wallet, with its pay link."""
    limits = turn.policy.wallet
    if not turn.shop.keeps_money_of(turn.customer_id):
        return turn.aside(turn.say("wallet.none"))
    least, most = turn.telling.money(limits.deposit_min_fen), turn.telling.money(limits.deposit_max_fen)
    if amount_fen is None:
        return turn.aside(turn.say("wallet.how_much", least=least, most=most))
    begun = turn.shop.payable(turn.tx, turn.customer_id)
    if begun is not None and begun.purpose is OrderPurpose.DEPOSIT and begun.price_fen == amount_fen:
        return show(turn, begun)
    try:
        order = turn.shop.open_deposit(turn.tx, turn.customer_id, amount_fen, turn.now)
    except TooManyUnpaid as limit:
        return turn.aside(turn.say("order.too_many_unpaid", count=limit.limit))
    except NotPermitted:
        all_of_it = turn.telling.money(limits.balance_max_fen)
        return turn.aside(turn.say("wallet.limits", least=least, most=most, all=all_of_it))
    return show(turn, order)


def show(turn: Turn, order: Order, *lead: str) -> Reply:
    """An unpaid deposit. It is laid beside whatever is being ordered, and changes nothing of that."""
    text = paragraphs(
        *lead,
        turn.telling.order(order),
        turn.telling.due(order),
        turn.say("quote.order_no", order_no=order.order_no),
        turn.say("wallet.pay", until=turn.telling.time(order.expires_at)),
    )
    reply = turn.aside(text, (turn.choice("choice.cancel_deposit", f"{CANCEL_ORDER}{order.order_no}"),))
    return replace(reply, pay_url=turn.telling.links.pay(order), card=turn.telling.card(order))


def pay(turn: Turn) -> Reply:
    """`余额支付`: for the quote that was shown, the order that is being made, or the one that is not paid."""
    if not turn.shop.keeps_money_of(turn.customer_id):
        return _not_here(turn)
    conversation = turn.conversation
    if conversation.quote is not None:
        draft = replace(conversation.draft, payment=PaymentMethod.BALANCE.value)
        turn.update(replace(conversation, draft=draft, quote=None))
        return ordering.onward(turn, draft)
    if conversation.draft.lines and conversation.order_no is None:
        return ordering.put_forward(turn, ordering.filled(turn, conversation.draft).draft)
    order = _unpaid(turn)
    return ask(turn, order) if order is not None else tell(turn)


def ask(turn: Turn, order: Order) -> Reply:
    """Whether this order shall be paid from the balance."""
    due, balance = turn.shop.balance_due(order), _balance(turn)
    if balance < due:
        return ordering.show_again(turn, order, short(turn, BalanceShort(due, balance)))
    turn.update(replace(turn.conversation, order_no=order.order_no, supersedes=None))
    goods = turn.telling.order(order)
    choices = (turn.choice("choice.yes_balance", CONFIRM), turn.choice("choice.other_way", OTHER_WAY))
    question = Question(Purpose.BALANCE, asked(turn, due, balance), "confirm", choices=choices)
    return turn.ask(question, goods, turn.say("quote.order_no", order_no=order.order_no))


def asked(turn: Turn, due: Fen, balance: Fen) -> str:
    left = turn.telling.money(balance - due)
    return turn.say("wallet.confirm", amount=turn.telling.money(due), left=left)


def asked_about(turn: Turn, quote: Quote) -> str:
    """The same about a quote that is not placed yet."""
    return asked(turn, turn.shop.balance_due(quote), _balance(turn))


def covered(turn: Turn, draft: Draft, quote: Quote) -> tuple[Draft, tuple[str, ...]]:
    """The draft as it can be paid: a balance that does not cover it is said, and paid in another way."""
    if draft.payment != PaymentMethod.BALANCE.value:
        return draft, ()
    if not turn.shop.keeps_money_of(turn.customer_id):
        why = turn.say("wallet.none")
    else:
        due, balance = turn.shop.balance_due(quote), _balance(turn)
        if balance >= due:
            return draft, ()
        why = short(turn, BalanceShort(due, balance))
    draft = replace(draft, payment=None)
    turn.update(replace(turn.conversation, draft=draft))
    return draft, (why,)


def confirmed(turn: Turn) -> Reply:
    """The yes to `ask`."""
    order = turn.order_on_table()
    if order is None or not order.is_payable:
        turn.update(replace(turn.conversation, question=None))
        return tell(turn)
    return take(turn, order)


def take(turn: Turn, order: Order, *lead: str) -> Reply:
    """Pay the order; the news that it is paid and delivered come by themselves."""
    try:
        outcome = turn.shop.pay_from_balance(turn.tx, order.order_no, turn.customer_id, turn.now)
    except NotPermitted:
        return turn.done(paragraphs(*lead, turn.say("pay.expired", order_no=order.order_no)))
    if isinstance(outcome, BalanceShort):
        return ordering.show_again(turn, order, *lead, short(turn, outcome))
    text = turn.say(
        "wallet.paid",
        amount=turn.telling.money(outcome.amount_fen),
        left=turn.telling.money(outcome.balance_fen),
        order_no=order.order_no,
        eta=turn.telling.minutes(order.eta_minutes),
    )
    paid = turn.shop.order(turn.tx, order.order_no, turn.customer_id)
    card = turn.telling.card(paid) if paid else None
    turn.without_draft()
    return Reply(paragraphs(*lead, text), card=card)


def another_way(turn: Turn) -> Reply:
    """Not from the balance after all."""
    order = turn.order_on_table()
    if order is None or not order.is_payable:
        return turn.done(turn.say("deny.of_nothing"))
    return ordering.show_again(turn, order, turn.say("wallet.not_taken"))


def short(turn: Turn, lack: BalanceShort) -> str:
    return turn.say(
        "wallet.short",
        balance=turn.telling.money(lack.balance_fen),
        missing=turn.telling.money(lack.missing_fen),
        due=turn.telling.money(lack.due_fen),
    )


def not_refundable(turn: Turn, order: Order) -> Reply:
    """A deposit goes back by a person, as far as it is not spent."""
    return turn.aside(turn.say("wallet.by_person", order_no=order.order_no), _human(turn))


def _human(turn: Turn) -> tuple[Choice, ...]:
    return (turn.choice("choice.human", HUMAN),)


def _not_here(turn: Turn) -> Reply:
    order = _unpaid(turn)
    text = turn.say("wallet.none")
    if order is not None and turn.conversation.quote is None:
        return ordering.show_again(turn, order, text)
    return turn.aside(text)


def _balance(turn: Turn) -> Fen:
    return turn.shop.customer(turn.tx, turn.customer_id).balance_fen


def _unpaid(turn: Turn) -> Order | None:
    """The order for goods that is to be paid: the one on the table, else the latest."""
    order = turn.order_on_table()
    if order is not None and order.is_payable and order.purpose is OrderPurpose.GOODS:
        return order
    standing = calling_off.open_orders_of(turn.shop, turn.tx, turn.customer_id)
    return standing[-1] if standing else None
