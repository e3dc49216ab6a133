"""A turn: one message in, at most one message out, in one transaction, without a network.

    message -> Understanding -> skill -> Reply, and the conversation's new state

Everything that a turn decides is committed with it, or not at all; the same message again gets the
same answer again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot import repair
from bot.channel import Outbox
from bot.conversation import Conversation, Purpose
from bot.expecting import (
    beyond,
    expectation,
    is_of_goods_looked_at,
    looked_beyond,
    of_people,
    shown_before,
)
from bot.handover import Handover
from bot.learning.noticing import notice
from bot.learning.own_words import OwnWords
from bot.messages import ChatEntry, IncomingKind, IncomingMessage, OutgoingMessage, Reply, Speaker
from bot.money_words import NO_WORDS, CouponSaid, MoneyWords
from bot.reading import Readers
from bot.skills import (
    account,
    aftersales,
    browsing,
    choosing,
    coupons,
    once_more,
    ordering,
    receipts,
    refunds,
    remembering,
    smalltalk,
    wallet,
)
from bot.skills.calling_off import call_off, open_orders_of
from bot.skills.mending import needing_info
from bot.skills.people import called_in_full
from bot.store import chats
from bot.store.chats import Attended, Chat
from bot.store.contacts import contacts_of
from bot.telling import Links, Telling
from bot.turn import (
    BALANCE,
    BOT,
    CANCEL,
    CANCEL_ORDER,
    CONFIRM,
    DROP,
    HISTORY,
    HUMAN,
    MODIFY,
    OTHER_WAY,
    REFUND,
    REFUND_ORDER,
    REORDER,
    STATUS,
    WAIT,
    Turn,
)
from bot.wording import Voice, Wording
from nlu.parser import UNREADABLE
from nlu.understanding import Expectation, Intent, Understanding
from orders.database import is_passing
from orders.policy import Policy
from orders.ports import Jobs
from orders.shop import Shop

log = structlog.get_logger(__name__)

SILENCE = "silence"
"""The kind of the job that asks once more when a question stands unanswered."""

Skill = Callable[[Turn], Reply]

SKILLS: Mapping[Intent, Skill] = {
    Intent.ORDER: ordering.order,
    Intent.MODIFY: aftersales.change,
    Intent.PROVIDE: ordering.order,
    Intent.SEARCH: browsing.search,
    Intent.PRICE: browsing.price,
    Intent.STATUS: aftersales.status,
    Intent.HISTORY: aftersales.history,
    Intent.REORDER: once_more.reorder,
    Intent.CANCEL: aftersales.cancel,
    Intent.REFUND: aftersales.refund,
    Intent.RECEIPT: receipts.receipt,
    Intent.PAY: account.pay,
    Intent.SAVE_CONTACT: remembering.save,
    Intent.CONFIRM: smalltalk.confirm,
    Intent.DENY: smalltalk.deny,
    Intent.HUMAN: smalltalk.human,
    Intent.FAQ: smalltalk.faq,
    Intent.HELP: smalltalk.help_,
    Intent.GREET: smalltalk.greet,
    Intent.THANKS: smalltalk.thanks,
    Intent.OUT_OF_SCOPE: repair.unclear,
}

UNREAD: Mapping[IncomingKind, Skill] = {
    IncomingKind.OPENED: smalltalk.greet,
    IncomingKind.UNREADABLE: repair.unreadable,
}
"""What came without words of the customer's."""

CHOSEN: Mapping[str, Skill] = {
    CONFIRM: smalltalk.confirm,
    CANCEL: aftersales.cancel,
    MODIFY: ordering.what_to_change,
    HUMAN: smalltalk.human,
    BOT: aftersales.stay_with_bot,
    DROP: choosing.drop_line,
    REORDER: once_more.reorder,
    REFUND: aftersales.refund,
    STATUS: aftersales.status,
    HISTORY: aftersales.history,
    WAIT: aftersales.wait,
    BALANCE: wallet.pay,
    OTHER_WAY: wallet.another_way,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message. `entry` is None when it had been heard before."""

    entry: ChatEntry | None
    answer: OutgoingMessage | None


class Assistant:
    """The bot's side of every conversation. Holds no state; all of it is in the database."""

    def __init__(
        self,
        shop: Shop,
        readers: Readers,
        wording: Wording,
        policy: Policy,
        outbox: Outbox,
        jobs: Jobs,
        handover: Handover,
        links: Links,
        own_words: OwnWords,
        money_words: MoneyWords = NO_WORDS,
    ) -> None:
        self._shop = shop
        self._readers = readers
        self._wording = wording
        self._policy = policy
        self._outbox = outbox
        self._jobs = jobs
        self._handover = handover
        self._links = links
        self._own_words = own_words
        self._money_words = money_words

    def reply_to(self, tx: Connection, message: IncomingMessage, now: datetime) -> OutgoingMessage | None:
        """Answer a message; None while a person attends."""
        return self.hear(tx, message, now).answer

    def hear(self, tx: Connection, message: IncomingMessage, now: datetime) -> Heard:
        """Record a message and answer it, unless that was done before."""
        chat = chats.open_chat(tx, message.chat, now, message.sender_name)
        if chats.already_heard(tx, chat, message.message_id):
            return Heard(None, self._answered_before(tx, chat, message.message_id))
        message = replace(message, text=message.text.strip())
        seq = chats.log_incoming(tx, chat, message, now)
        entry = ChatEntry(message.chat, seq, now, incoming=message)
        if chat.attended is Attended.AGENT:
            return Heard(entry, None)
        reply, conversation = self._turn(tx, chat, message, seq, now)
        answer = self._outbox.post(
            tx,
            chat,
            reply,
            now,
            speaker=Speaker.BOT,
            about=reply.card.order_no if reply.card else None,
            answers=message.message_id,
        )
        chats.remember(tx, chat, conversation)
        self._watch_for_silence(tx, chat, answer, conversation, now)
        return Heard(entry, answer)

    def _answered_before(self, tx: Connection, chat: Chat, message_id: str) -> OutgoingMessage | None:
        """The same answer again; but its pay link only as long as it can still be paid."""
        answer = chats.answer_to(tx, chat, message_id)
        if answer is None or answer.reply.pay_url is None or answer.about is None:
            return answer
        order = self._shop.order(tx, answer.about, chat.customer_id)
        if order is not None and order.is_payable:
            return answer
        return replace(answer, reply=replace(answer.reply, pay_url=None))

    def offered(self, tx: Connection, message: IncomingMessage) -> tuple[str, ...]:
        """What the choices that are open in the chat mean."""
        chat = chats.find_chat(tx, message.chat)
        return tuple(choice.means for choice in chat.conversation.offered()) if chat else ()

    def telling(self, tx: Connection, turn: int = 0) -> Telling:
        """The words for what the shop has at the moment."""
        return Telling(Voice(self._wording, turn), self._shop.catalog(tx), self._readers.lexicon, self._links)

    def _turn(
        self, tx: Connection, chat: Chat, message: IncomingMessage, seq: int, now: datetime
    ) -> tuple[Reply, Conversation]:
        """One turn, whole. A bug in a skill costs the customer an apology, not his conversation:
        what the skill wrote is undone, and the message stays in the log. What the database gave up is no
        bug: it is run again, whole."""
        try:
            with tx.begin_nested():
                turn, asked = self._taken_up(tx, chat, message, seq, now)
                before = turn.conversation
                reply = _answered(turn)
                notice(turn, before, asked, seq)
                return reply, turn.conversation
        except Exception as error:
            if is_passing(error):
                raise
            log.exception("turn failed", chat=chat.key, seq=seq)
            return Reply(self._wording.say("repair.broken")), chat.conversation

    def _taken_up(
        self, tx: Connection, chat: Chat, message: IncomingMessage, seq: int, now: datetime
    ) -> tuple[Turn, Expectation]:
        """The turn before it is answered, and what the message was read against."""
        conversation = chat.conversation
        if now - chat.last_at > timedelta(hours=self._policy.conversation.draft_kept_hours):
            conversation = Conversation()
        reader = self._readers.for_catalog(self._shop.catalog(tx), self._own_words.now)
        offered = {choice.means for choice in (*conversation.offered(), *shown_before(conversation))}
        open_orders = len(open_orders_of(self._shop, tx, chat.customer_id))
        spoken_of = conversation
        if conversation.browsing is not None and needing_info(self._shop, tx, chat.customer_id):
            # A number that comes now is for the paid order that waits for one, not for goods looked at.
            spoken_of = replace(conversation, browsing=None)
        asked = of_people(expectation(spoken_of, open_orders), contacts_of(tx, chat.customer_id))
        past_order = False
        talk = self._money_words.heard_in(message.text, lambda codes: self._shop.coupons_among(tx, codes))
        if message.means is not None and message.means in offered:
            heard = Understanding(message.text, Intent.PROVIDE, 1.0, chosen=message.means)
        elif talk is not None and not (isinstance(talk, CouponSaid) and talk.rest):
            heard = Understanding(message.text, Intent.PROVIDE, 1.0)
        else:
            said = talk.rest if talk else message.text
            heard = reader.parser.understand(said, asked)
            if looked_beyond(spoken_of) and spoken_of.browsing is not None:
                of_goods = reader.parser.understand(said, beyond(spoken_of, asked))
                past_order = is_of_goods_looked_at(of_goods, spoken_of.browsing, reader.catalog)
                heard = of_goods if past_order else heard
                past_order = past_order or heard.intent is Intent.FAQ
            heard = heard if heard.chosen in offered else replace(heard, chosen=None)
            heard = called_in_full(self._readers.lexicon, heard)
        turn = Turn(
            tx=tx,
            now=now,
            chat=chat,
            message=message,
            heard=heard,
            conversation=conversation,
            shop=self._shop,
            policy=self._policy,
            reader=reader,
            telling=self.telling(tx, seq),
            handover=self._handover,
            money=talk,
            past_order=past_order,
        )
        return turn, asked

    def _watch_for_silence(
        self, tx: Connection, chat: Chat, answer: OutgoingMessage, conversation: Conversation, now: datetime
    ) -> None:
        question = conversation.question
        # An answer that asks nothing although a question is open lets it rest: 等下再说.
        if question is None or not question.is_open or answer.reply.asking is None:
            return
        self._jobs.enqueue(
            tx,
            SILENCE,
            f"silence:{chat.key}",
            {"channel": chat.address.channel, "chat_id": chat.address.chat_id, "seq": answer.seq},
            now + timedelta(minutes=self._policy.conversation.silence_minutes),
        )

    def break_silence(self, tx: Connection, chat: Chat, seq: int, now: datetime) -> OutgoingMessage | None:
        """Ask once more what stands unanswered since message `seq`; the draft is kept either way."""
        question = chat.conversation.question
        unanswered = chat.last_seq == seq and chat.attended is not Attended.AGENT
        if not unanswered or question is None or not question.is_open:
            return None
        text = f"{self._wording.say('silence.nudge', turn=seq)}\n{question.text}"
        reply = Reply(text, question.choices, asking=question.slot)
        return self._outbox.post(tx, chat, reply, now, speaker=Speaker.BOT)


def _answered(turn: Turn) -> Reply:
    """Read it aloud: a choice is taken; what was asked for is answered; the rest is repaired."""
    heard = turn.heard
    if turn.message.kind is not IncomingKind.TEXT:
        return UNREAD[turn.message.kind](turn)
    if len(turn.message.text) > turn.policy.limits.message_length_max:
        return repair.too_long(turn)
    if heard.chosen is not None:
        turn.update(turn.conversation.understood())
        return _chosen(turn, heard.chosen)
    if (reply := coupons.answer(turn) or wallet.answer(turn)) is not None:
        return reply
    if remembering.answers_contact(turn):
        return remembering.save(turn)
    if heard.topic == UNREADABLE:
        return repair.unreadable(turn)
    if repair.is_unclear(turn):
        return repair.unclear(turn)
    turn.update(turn.conversation.understood())
    return SKILLS[heard.intent](turn)


def _chosen(turn: Turn, means: str) -> Reply:
    if means in CHOSEN:
        return CHOSEN[means](turn)
    if means.startswith(REFUND_ORDER):
        return refunds.taken(turn, means.removeprefix(REFUND_ORDER))
    if means.startswith(CANCEL_ORDER):
        return call_off(turn, means.removeprefix(CANCEL_ORDER)) or turn.aside(turn.say("cancel.nothing"))
    question = turn.conversation.question
    if means in turn.reader.catalog.categories and (question is None or question.purpose is Purpose.BROWSE):
        return browsing.category(turn, means)
    if all(choice.means != means for choice in turn.conversation.offered()):
        return choosing.take_of_before(turn, means)
    return choosing.take(turn, means)
