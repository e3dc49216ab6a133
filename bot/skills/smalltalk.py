"""Politeness, help, answers to common questions, a yes or a no, and the way to a person."""

from __future__ import annotations

from bot import repair
from bot.asking import popular_products, product_choices, skus_of
from bot.conversation import Purpose
from bot.messages import Choice, Reply
from bot.skills import account, browsing, choosing, complaints, ordering, questions, wallet
from bot.store.chats import Attended
from bot.turn import BOT, CANCEL, DROP, HUMAN, Turn
from nlu.asked_beside import NOTED
from nlu.putting_off import PUT_OFF
from nlu.recipient_questions import WHICH_RECIPIENT
from orders.draft import Slot

OF_PAYING = frozenset({"payment", "pay_trouble", "no_hurry", PUT_OFF, NOTED})

STARTERS = 4
"""So many popular goods are offered beside a greeting."""


def greet(turn: Turn) -> Reply:
    key = "greet.back" if turn.shop.orders_of(turn.tx, turn.customer_id, 1) else "greet.first"
    return turn.aside(turn.say(key), _starters(turn), Purpose.WELCOME)


def thanks(turn: Turn) -> Reply:
    said = turn.message.text.lower()
    leaves = any(word in said for word in turn.telling.lexicon.words("chatting.goodbye"))
    return turn.aside(turn.say("goodbye" if leaves else "thanks"))


def help_(turn: Turn) -> Reply:
    if (reply := _asked_back(turn)) is not None:
        return reply
    choices = (*_starters(turn), turn.choice("choice.human", HUMAN))
    return turn.aside(turn.say("help"), choices, Purpose.WELCOME)


def _starters(turn: Turn) -> tuple[Choice, ...]:
    return product_choices(turn, popular_products(turn)[:STARTERS])


def faq(turn: Turn) -> Reply:
    """A common question; one without an answer of its own gets the way to a person. The goods that it
    names are what is talked of now: `能充腾讯会员吗`, then `一个季度的`."""
    goods = _goods_named(turn)
    if goods:
        browsing.look_at(turn, goods, skus_of(turn, turn.heard.options))
    if turn.heard.broken and (reply := complaints.of_what_was_bought(turn)) is not None:
        return reply
    if turn.heard.topic == PUT_OFF and (reply := _put_by(turn)) is not None:
        return reply
    if turn.heard.topic == questions.ARRIVAL and (
        told := questions.arrival_of_goods(turn, turn.draft_in_hand())
    ):
        return turn.aside(told)
    if turn.heard.topic == WHICH_RECIPIENT:
        return turn.aside(questions.recipient_of_goods(turn, turn.draft_in_hand()))
    if turn.heard.topic == questions.ARRIVAL and turn.chat.attended is Attended.QUEUED:
        # How long it takes until somebody comes.
        return turn.aside(repair.waiting(turn))
    key = f"faq.{turn.heard.topic}"
    if turn.heard.topic is None or not turn.telling.voice.has(key):
        if turn.chat.attended is Attended.QUEUED:
            return turn.aside(repair.waiting(turn))
        if (reply := _asked_back(turn)) is not None:
            return reply
        return turn.aside(turn.say("faq_unknown"), (*_named(turn), turn.choice("choice.human", HUMAN)))
    order = turn.order_on_table() or turn.shop.payable(turn.tx, turn.customer_id)
    if turn.heard.topic in OF_PAYING and order is not None and order.is_payable:
        # Who asks how to pay has something to pay: the way there belongs to the answer.
        return ordering.show_again(turn, order, turn.say(key))
    if turn.heard.topic == "payment" and (expired := account.too_late(turn)) is not None:
        return expired
    return turn.aside(turn.say(key), (turn.choice("choice.human", HUMAN),))


def _put_by(turn: Turn) -> Reply | None:
    """Another time: what lies in hand is kept as it is, and he is not asked about it until he comes back.
    None where an order can be paid, which the answer shows."""
    if turn.conversation.draft.lines and turn.conversation.order_no is None:
        return Reply(turn.say("later.draft"), turn.conversation.offered())
    order = turn.order_on_table() or turn.shop.payable(turn.tx, turn.customer_id)
    return None if order is not None and order.is_payable else Reply(turn.say("later.nothing"))


def _goods_named(turn: Turn) -> set[str]:
    catalog = turn.reader.catalog
    named = (catalog.product(option) or catalog.product_of(option) for option in turn.heard.options)
    return {product.product_id for product in named if product is not None}


def _asked_back(turn: Turn) -> Reply | None:
    """`话费呀，还能是啥`, to which goods it shall be: the answer only sounds like a question. Where it would
    leave nothing to ask, a yes is wanted."""
    question = turn.conversation.question
    asked = question is not None and question.purpose is Purpose.ORDER and question.slot == Slot.PRODUCT
    goods = _goods_named(turn)
    if not asked or len(goods) != 1:
        return None
    complete = any(line.measure_text and line.account for line in turn.conversation.draft.lines)
    return choosing.take(turn, goods.pop(), sureness=0.0 if complete else 1.0)


def _named(turn: Turn) -> tuple[Choice, ...]:
    """The goods that a question names which the bot cannot answer: they can be ordered all the same."""
    return product_choices(turn, turn.heard.options[:STARTERS])


def human(turn: Turn) -> Reply:
    """Into the queue for a person, with the place in it. No hurdles, no second asking."""
    position = turn.handover.queue(turn.tx, turn.chat.address, turn.now)
    key = "person.queued_next" if position <= 1 else "person.queued"
    return turn.aside(turn.say(key, position=position, ahead=position - 1), (turn.choice("choice.bot", BOT),))


def confirm(turn: Turn) -> Reply:
    """A yes, to whatever was asked."""
    question = turn.conversation.question
    if turn.conversation.quote is not None:
        return ordering.confirmed(turn)
    if question is not None and question.purpose is Purpose.BALANCE:
        return wallet.confirmed(turn)
    if (only := _the_one_recipient(turn)) is not None:
        return choosing.take(turn, only, sureness=0.0)
    if question is not None and question.is_open:
        return turn.ask(question, turn.say("confirm.go_on"))
    if question is not None and question.purpose is Purpose.PERSON:
        return human(turn)
    order = turn.order_on_table()
    if order is not None and order.is_payable:
        return ordering.show_again(turn, order, turn.say("confirm.just_pay"))
    offered = question.choices if question is not None and question.purpose is Purpose.BROWSE else ()
    if len(offered) == 1 and turn.reader.catalog.sku(offered[0].means):
        return choosing.take(turn, offered[0].means)
    return turn.aside(turn.say("confirm.of_nothing"))


def _the_one_recipient(turn: Turn) -> str | None:
    """The recipient that was offered alone, where one was asked for: a yes means him."""
    question = turn.conversation.question
    if question is None or question.purpose is not Purpose.ORDER or question.slot != Slot.ACCOUNT:
        return None
    offered = [choice.means for choice in question.choices if choice.means not in (CANCEL, DROP, HUMAN)]
    return offered[0] if len(offered) == 1 else None


def deny(turn: Turn) -> Reply:
    """A no: something is to be changed, or nothing is wanted."""
    question = turn.conversation.question
    on_table = turn.order_on_table()
    if turn.heard.lines:
        return ordering.order(turn)
    if question is not None and question.purpose is Purpose.BALANCE:
        return wallet.another_way(turn)
    if turn.conversation.quote is not None or (on_table is not None and on_table.is_payable):
        return ordering.what_to_change(turn)
    if question is not None and question.is_open:
        return ordering.what_to_change(turn)
    return turn.done(turn.say("deny.of_nothing"))
