"""Order events become news in the customer's chat: paid, delivered, expired, going back.

A job says only `look at event 3 of order X`; what is said is read from the order as it stands now,
and said once however often the job runs. News go out whoever attends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.assistant import Assistant
from bot.channel import Outbox
from bot.conversation import Conversation, Purpose, Question
from bot.messages import Choice, OutgoingMessage, Reply, Speaker
from bot.skills import refunds
from bot.skills.complaints import BY_ITSELF
from bot.store import chats
from bot.telling import Telling
from bot.turn import HUMAN, REORDER, WAIT, paragraphs
from orders.catalog import AccountKind, Delivery
from orders.ledger import HOUSE
from orders.order import CustomerState, EventKind, LineState, Order, OrderEvent, OrderLine, OrderPurpose
from orders.payment import RefundReason
from orders.promises import UNDER_WAY, late_lines
from orders.refunding import refund_denied
from orders.shop import Shop

ORDER_EVENT = "order_event"
"""The kind of the job that the shop leaves for each step of an order."""

QUIET = frozenset(
    {
        EventKind.PLACED,
        EventKind.SUBMITTED,
        EventKind.RETRIED,
        EventKind.UNKNOWN,
        EventKind.ACCOUNT_CHANGED,
        EventKind.CANCELLED,
        EventKind.REFUND_REQUESTED,
        EventKind.REVIEWED,
        EventKind.KEYS_SHOWN,
        EventKind.COMPLAINED,
        EventKind.CONTRADICTED,
    }
)
"""Steps that the customer was told when he asked for them, or that change nothing for him."""

CLOSES_THE_DRAFT = frozenset({EventKind.PAID, EventKind.PAID_LATE, EventKind.EXPIRED})

LONG_WAIT_MINUTES = 60
"""Lines that take longer are not waited for: the others are told as they arrive."""


@dataclass(frozen=True, slots=True)
class Announcer:
    """Turns one event into one message."""

    shop: Shop
    outbox: Outbox
    assistant: Assistant
    refunds_failed: bool
    """Whether failed deliveries are refunded by themselves (policy)."""

    def announce(self, tx: Connection, order_no: str, seq: int, now: datetime) -> OutgoingMessage | None:
        """Tell the customer of event `seq`, unless there is nothing to tell or it was told."""
        order = self.shop.order_for_staff(tx, order_no)
        event = self.shop.event(tx, order_no, seq)
        if order is None or event is None or event.kind in QUIET:
            return None
        chat = chats.chat_of_customer(tx, order.customer_id, lock=True)
        message_id = f"news:{order_no}:{seq}"
        if chat is None or chats.already_heard(tx, chat, message_id):
            return None
        telling = self.assistant.telling(tx, seq)
        text = self._of_deposit(tx, telling, order, event) if order.purpose is OrderPurpose.DEPOSIT else None
        text = text or self._news(tx, telling, order, event)
        if text is None:
            return None
        choices = self._choices(tx, telling, order, event)
        reply = Reply(text, choices, card=telling.card(order))
        conversation = _after(chat.conversation, order, event.kind, text, choices)
        chats.remember(tx, chat, conversation)
        return self.outbox.post(
            tx, chat, reply, now, speaker=Speaker.NEWS, about=order_no, message_id=message_id
        )

    def _of_deposit(self, tx: Connection, telling: Telling, order: Order, event: OrderEvent) -> str | None:
        """What is told otherwise of money that a customer leaves with the shop."""
        if event.kind is not EventKind.COMPLETED:
            return None
        balance = self.shop.customer(tx, order.customer_id).balance_fen
        said = telling.voice.say(
            "news.topped_up", amount=telling.money(order.price_fen), balance=telling.money(balance)
        )
        waiting = self.shop.payable(tx, order.customer_id)
        if waiting is None or not waiting.lines or self.shop.balance_due(waiting) > balance:
            return said
        return paragraphs(said, telling.voice.say("news.now_enough", order_no=waiting.order_no))

    def _news(self, tx: Connection, telling: Telling, order: Order, event: OrderEvent) -> str | None:
        line = order.line(event.line_no) if event.line_no is not None else None
        match event.kind:
            case EventKind.PAID | EventKind.PAID_LATE if order.purpose is OrderPurpose.DEPOSIT:
                # Told once it is in the wallet, at the same instant.
                return None
            case EventKind.PAID if event.detail == HOUSE:
                # Told as the answer to his yes.
                return None
            case EventKind.EXPIRED if self.shop.holds_money(tx, order.order_no):
                key = "news.expired_held"
            case EventKind.EXPIRED if self.shop.may_be_paid_unheard(tx, order.order_no):
                key = "news.expired_unheard"
            case EventKind.REFUNDED if self._goes_to_the_wallet(tx, order, event):
                key = "news.refunded_to_balance"
            case EventKind.DELIVERED | EventKind.PARTLY_DELIVERED if line is not None:
                if event.kind is EventKind.DELIVERED and _told_at_the_end(order):
                    return None
                return self._delivered(telling, order, line, event.kind)
            case EventKind.COMPLETED:
                return self._completed(telling, order)
            case EventKind.OVERDUE:
                return _overdue(telling, order, event)
            case EventKind.KEY_REPLACED if event.detail and event.detail.endswith(f"by {BY_ITSELF}"):
                return None
            case EventKind.KEY_REPLACED:
                text = telling.voice.say("news.key_replaced", order_no=order.order_no)
                return paragraphs(text, telling.links.order(order))
            case EventKind.FAILED if not self.refunds_failed:
                key = "news.failed_offer"
            case _:
                key = f"news.{event.kind.value}"
        return telling.voice.say(key, **_facts(telling, order, line, event))

    def _goes_to_the_wallet(self, tx: Connection, order: Order, event: OrderEvent) -> bool:
        payment = self.shop.payment_of(tx, order.order_no)
        surplus = event.detail == RefundReason.PAID_TWICE
        return payment is not None and payment.gateway == HOUSE and not surplus

    def _delivered(self, telling: Telling, order: Order, line: OrderLine, kind: EventKind) -> str:
        say = telling.voice.say
        things = telling.line(line)
        if kind is EventKind.PARTLY_DELIVERED:
            return say(
                "news.partly_delivered" if self.refunds_failed else "news.partly_offer",
                things=things,
                done=line.delivered_quantity,
                quantity=line.quantity,
                amount=telling.money(line.undelivered_fen),
                order_no=order.order_no,
            )
        state = telling.state(CustomerState.DELIVERED, line.delivery)
        if line.delivery in (Delivery.CARD, Delivery.LICENSE):
            text = say("news.keys", things=things, state=state, order_no=order.order_no)
            return paragraphs(text, telling.links.order(order))
        return say("news.delivered", things=things, state=state, order_no=order.order_no)

    def _completed(self, telling: Telling, order: Order) -> str | None:
        """The end of an order of several lines; a single line was told when it arrived."""
        if len(order.lines) < 2 or not _told_at_the_end(order):
            return None
        done = [line for line in order.lines if line.state is LineState.DONE]
        if not done:
            return None
        things = telling.things(telling.line(line) for line in done)
        key = "news.completed_partly" if self.refunds_failed else "news.completed_offer"
        key = "news.completed" if len(done) == len(order.lines) else key
        kinds = {line.delivery for line in done}
        state = telling.state(CustomerState.DELIVERED, kinds.pop() if len(kinds) == 1 else None)
        text = telling.voice.say(
            key, things=things, state=state, done=len(done), count=len(order.lines), order_no=order.order_no
        )
        keys = any(line.has_keys for line in done)
        link = telling.voice.say("news.keys_page", url=telling.links.order(order)) if keys else ""
        return paragraphs(text, link)

    def _choices(
        self, tx: Connection, telling: Telling, order: Order, event: OrderEvent
    ) -> tuple[Choice, ...]:
        """What can be done about the news: money back where the rule gives it, and always a person."""
        say, kind = telling.voice.say, event.kind
        human = Choice(say("choice.human"), HUMAN)
        if kind is EventKind.EXPIRED and self.shop.holds_money(tx, order.order_no):
            return (human,)
        if kind is EventKind.EXPIRED and order.purpose is OrderPurpose.GOODS:
            return (Choice(say("choice.again"), REORDER),)
        about = _late(order, event) if kind is EventKind.OVERDUE else _line_of(order, event)
        back = [line for line in about if refund_denied(order, line) is None]
        refund = (Choice(say("choice.refund"), refunds.means(order, back)),) if back else ()
        if kind is EventKind.OVERDUE:
            return (*refund, Choice(say("choice.wait"), WAIT), human)
        if kind in (EventKind.FAILED, EventKind.PARTLY_DELIVERED) and refund and not self.refunds_failed:
            return (*refund, human)
        if kind in (EventKind.FAILED, EventKind.REFUND_FAILED, EventKind.IN_REVIEW, EventKind.PAYMENT_HELD):
            return (human,)
        return ()


def _facts(
    telling: Telling, order: Order, line: OrderLine | None, event: OrderEvent
) -> Mapping[str, str | int]:
    subject = line or next(iter(order.lines), None)
    amount_fen = event.amount_fen if event.amount_fen is not None else order.total_fen
    return {
        "order_no": order.order_no,
        "things": telling.line(line) if line is not None else telling.order(order),
        "amount": telling.money(amount_fen),
        "total": telling.money(order.total_fen),
        "eta": telling.minutes(order.eta_minutes),
        "kind": telling.kind(subject.account_kind if subject else AccountKind.NONE),
        "account": telling.account(subject.account_kind, subject.account or "") if subject else "",
    }


def _told_at_the_end(order: Order) -> bool:
    """Several lines that arrive together are told in one message, when all are there."""
    slow = any(
        line.eta_minutes > LONG_WAIT_MINUTES and line.state is not LineState.DONE for line in order.lines
    )
    return len(order.lines) > 1 and not slow


def _overdue(telling: Telling, order: Order, event: OrderEvent) -> str | None:
    """The truth about each line that is late, as it stands now; None where all have arrived since."""
    late = [line for line in _late(order, event) if line.state in UNDER_WAY]
    said = []
    for key in dict.fromkeys(_overdue_key(line) for line in late):
        things = telling.things(telling.line(line) for line in late if _overdue_key(line) == key)
        said.append(telling.voice.say(key, things=things, order_no=order.order_no))
    return paragraphs(*said) or None


def _late(order: Order, event: OrderEvent) -> tuple[OrderLine, ...]:
    return tuple(line for line in order.lines if line.line_no in late_lines(event.detail))


def _line_of(order: Order, event: OrderEvent) -> tuple[OrderLine, ...]:
    line = order.line(event.line_no) if event.line_no is not None else None
    return (line,) if line is not None else ()


def _overdue_key(line: OrderLine) -> str:
    if line.delivery is Delivery.PHYSICAL:
        return "news.overdue_parcel"
    return "news.overdue_unknown" if line.state is LineState.UNKNOWN else "news.overdue"


def _after(
    conversation: Conversation, order: Order, kind: EventKind, text: str, choices: tuple[Choice, ...]
) -> Conversation:
    """A paid or expired order leaves the table. A question about something else stays open."""
    if conversation.supersedes == order.order_no and kind is EventKind.EXPIRED:
        # What it was to be changed into can still be ordered.
        conversation = replace(conversation, supersedes=None, corrected=False)
    on_table = order.order_no in (conversation.order_no, conversation.supersedes)
    if on_table and kind in CLOSES_THE_DRAFT:
        conversation = Conversation()
    question = conversation.question
    if choices and (question is None or not question.is_open):
        conversation = replace(conversation, question=Question(Purpose.BROWSE, text, choices=choices))
    return conversation
