"""When a message was not understood: ask again with choices; the second time, offer a person.

The same error sentence never comes twice in a row, and the way to a person is always open.
"""

from __future__ import annotations

from dataclasses import replace

from bot.asking import popular_products, product_choices
from bot.conversation import Purpose, Question
from bot.messages import Choice, Reply
from bot.store.chats import Attended
from bot.turn import CANCEL, HUMAN, MODIFY, STATUS, Turn, paragraphs
from nlu.understanding import Intent

GUESSES = 3

WORDS_MIN = 3
"""Shorter than that nothing sensible is asked for that the shop could refuse."""


def is_unclear(turn: Turn) -> bool:
    """Whether the message gave nothing to act on."""
    heard = turn.heard
    said = bool(
        heard.lines
        or heard.problems
        or heard.options
        or heard.contact
        or heard.payment
        or heard.order_ref
        or heard.broken
    )
    if heard.intent is Intent.OUT_OF_SCOPE:
        return not said
    if heard.intent is Intent.PROVIDE:
        return not said
    return not said and heard.filters.empty and heard.clear < turn.policy.reading.guess_at


def unclear(turn: Turn) -> Reply:
    """Say that it was not understood, differently each time. Who waits for a person is telling
    that person: it stays in the record, and the bot does not ask about it."""
    if turn.chat.attended is Attended.QUEUED:
        return turn.aside(waiting(turn))
    times = turn.chat.conversation.unclear + 1
    turn.update(replace(turn.conversation, unclear=times))
    worded = any(char.isalnum() for char in turn.message.text)
    foreign = worded and (
        turn.heard.intent is Intent.OUT_OF_SCOPE and turn.heard.clear >= turn.policy.reading.sure_at
    )
    if times > 1:
        return _offer_person(turn)
    question = turn.conversation.question
    said = turn.say("repair.out_of_scope" if foreign else "repair.once")
    if question is not None and question.is_open:
        return replace(turn.ask(question), text=paragraphs(said, question.text))
    if foreign:
        return turn.aside(said, product_choices(turn, popular_products(turn)[:GUESSES]), Purpose.GUESS)
    guesses = (*_likely(turn), turn.choice("choice.status", STATUS), turn.choice("choice.human", HUMAN))
    text = turn.say("repair.guess")
    turn.update(replace(turn.conversation, question=Question(Purpose.GUESS, text, choices=guesses)))
    return Reply(text, guesses)


def _likely(turn: Turn) -> tuple[Choice, ...]:
    """What may have been meant: something about the order that can be paid, else popular goods."""
    order = turn.order_on_table()
    if order is not None and order.is_payable:
        return turn.choice("choice.modify", MODIFY), turn.choice("choice.cancel_order", CANCEL)
    return product_choices(turn, popular_products(turn)[:GUESSES])


def unreadable(turn: Turn) -> Reply:
    """A picture or a voice: ask for words, and leave the way to a person open."""
    return turn.aside(turn.say("repair.unreadable"), (turn.choice("choice.human", HUMAN),))


def too_long(turn: Turn) -> Reply:
    """Half a message may mean the opposite of the whole, so nothing of it is acted upon."""
    return turn.aside(turn.say("repair.too_long", length=turn.policy.limits.message_length_max))


def waiting(turn: Turn) -> str:
    return turn.say("person.waiting", position=turn.handover.queue(turn.tx, turn.chat.address, turn.now))


def _offer_person(turn: Turn) -> Reply:
    human = turn.choice("choice.human", HUMAN)
    question = turn.conversation.question
    text = turn.say("repair.twice")
    if question is not None and question.is_open:
        offered = (*(choice for choice in question.choices if choice.means != HUMAN), human)
        asked = turn.ask(replace(question, choices=offered))
        return replace(asked, text=paragraphs(turn.say("repair.twice_asking"), question.text))
    turn.update(replace(turn.conversation, question=Question(Purpose.PERSON, text, choices=(human,))))
    return Reply(text, (human,))
