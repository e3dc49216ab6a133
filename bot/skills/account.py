"""The customer's own things: paying, and recipients remembered under a name."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import Purpose, Question
from bot.messages import Reply
from bot.skills import aftersales, ordering, replacing
from bot.store.contacts import Contact, save_contact
from bot.turn import CANCEL, REORDER, Turn
from nlu.understanding import Intent, PaymentMethod
from orders.catalog import AccountKind
from orders.order import CustomerState, customer_state


def pay(turn: Turn) -> Reply:
    """Pay, or say how. Paying is a yes to the quote that was shown."""
    if turn.heard.payment is PaymentMethod.BALANCE:
        return _no_balance(turn)
    if turn.conversation.quote is not None:
        return ordering.confirmed(turn)
    old = replacing.replaced(turn)
    if old is not None and old.is_payable and not turn.heard.lines:
        return ordering.keep(turn, old)
    if turn.conversation.draft.lines and turn.conversation.order_no is None:
        return ordering.put_forward(turn, ordering.filled(turn, turn.conversation.draft).draft)
    order = turn.order_on_table()
    if order is None or not order.is_payable:
        order = turn.shop.payable(turn.tx, turn.customer_id)
    if order is None:
        return _nothing_to_pay(turn)
    lead = turn.say(f"pay.by_{turn.heard.payment.value}") if turn.heard.payment else ""
    return ordering.show_again(turn, order, lead)


def _nothing_to_pay(turn: Turn) -> Reply:
    latest = next(iter(turn.shop.orders_of(turn.tx, turn.customer_id, 1)), None)
    if latest is not None and customer_state(latest) is CustomerState.EXPIRED:
        return turn.aside(
            turn.say("pay.expired", order_no=latest.order_no), (turn.choice("choice.again", REORDER),)
        )
    if latest is not None and latest.settled_fen and turn.now - latest.created_at < ordering.RECENTLY:
        # `我付完了`: the money is there, and that is what he wants to hear.
        return aftersales.standing(turn, latest)
    return turn.aside(turn.say("pay.nothing"))


def _no_balance(turn: Turn) -> Reply:
    """There is no wallet yet; the other ways are one tap away."""
    order = turn.shop.payable(turn.tx, turn.customer_id)
    text = turn.say("pay.no_balance")
    if order is not None and turn.conversation.quote is None:
        return ordering.show_again(turn, order, text)
    return turn.aside(text)


def save(turn: Turn) -> Reply:
    """Remember a recipient under a name."""
    heard = turn.heard
    account = next((line.account for line in heard.lines if line.account), None)
    kind = next((line.account_kind for line in heard.lines if line.account), None)
    name = heard.contact or turn.conversation.contact
    if name is None:
        return turn.aside(turn.say("contact.which_name"))
    if account is None or kind is None:
        turn.update(replace(turn.conversation, contact=name))
        text = turn.say("contact.which_account", name=name)
        question = Question(Purpose.CONTACT, text, choices=(turn.choice("choice.cancel", CANCEL),))
        if turn.conversation.question is not None and turn.conversation.question.is_open:
            return turn.aside(text)
        return turn.ask(question)
    return _saved(turn, name, kind, account.value)


def _saved(turn: Turn, name: str, kind: str, account: str) -> Reply:
    save_contact(turn.tx, turn.customer_id, Contact(name, kind, account), turn.now)
    turn.update(replace(turn.conversation, contact=None))
    question = turn.conversation.question
    if question is not None and question.purpose is Purpose.CONTACT:
        turn.update(replace(turn.conversation, question=None))
    shown = turn.telling.account(kind, account)
    key = "contact.saved_phone" if kind == AccountKind.PHONE else "contact.saved"
    return turn.aside(turn.say(key, name=name, account=shown))


def answers_contact(turn: Turn) -> bool:
    """A bare account after `帮我记住老妈的号码`."""
    question = turn.conversation.question
    return (
        question is not None
        and question.purpose is Purpose.CONTACT
        and turn.heard.intent in (Intent.PROVIDE, Intent.SAVE_CONTACT, Intent.ORDER)
        and len(turn.heard.lines) == 1
        and turn.heard.lines[0].account is not None
        and turn.heard.lines[0].sku is None
    )
