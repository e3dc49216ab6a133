"""What a skill holds in its hand: one message, the conversation as it stands, and the shop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.conversation import Conversation, Purpose, Question
from bot.handover import Handover
from bot.messages import Choice, IncomingMessage, OrderCard, Reply
from bot.money_words import MoneyTalk
from bot.reading import Reader
from bot.store.chats import Chat
from bot.telling import Telling
from nlu.understanding import Understanding
from orders.draft import EMPTY_DRAFT, Draft, DraftLine, Slot
from orders.order import Order
from orders.policy import Policy
from orders.shop import Shop

CONFIRM = "confirm"
CANCEL = "cancel"
MODIFY = "modify"
HUMAN = "human"
BOT = "bot"
"""No person after all."""
DROP = "drop"
"""Leave out the line that was asked about."""
REORDER = "reorder"
REFUND = "refund"
STATUS = "status"
HISTORY = "history"
BALANCE = "balance"
"""Pay from the money that the shop keeps for the customer."""
WAIT = "wait"
"""Neither money back nor a person: go on waiting for the goods."""
REFUND_ORDER = "refund-order:"
"""In front of the number of the order whose money is to go back, and of its lines."""
OTHER_WAY = "other-way"
"""Pay, but not from there."""
CANCEL_ORDER = "cancel-order:"
"""In front of the number of the order to call off."""


WAYS_OUT_MAX = 3
"""Beside what is offered: leave this line out, cancel, a person."""


REPEATED = frozenset({"value", "name", "size"})
"""Facts that say back what the customer typed; he may have typed anything, at any length."""

REPEATED_MAX = 40


@dataclass(slots=True)
class Turn:
    """One turn. `conversation` is replaced as the skills go; everything else stays."""

    tx: Connection
    now: datetime
    chat: Chat
    message: IncomingMessage
    heard: Understanding
    conversation: Conversation
    shop: Shop
    policy: Policy
    reader: Reader
    telling: Telling
    handover: Handover
    money: MoneyTalk | None = None
    """What was said of coupons or of the wallet, apart from what `heard` is about."""
    past_order: bool = False
    """Whether the goods looked at last are spoken of, and not the order on the table."""

    @property
    def customer_id(self) -> str:
        return self.chat.customer_id

    def say(self, key: str, **facts: str | int) -> str:
        told = {name: _cut(fact) if name in REPEATED else fact for name, fact in facts.items()}
        return self.telling.voice.say(key, **told)

    def choice(self, key: str, means: str, **facts: str | int) -> Choice:
        return Choice(self.say(key, **facts), means)

    def draft_in_hand(self) -> Draft:
        """What is being ordered; else the product that was last talked about, as a start."""
        draft = EMPTY_DRAFT if self.past_order else self.conversation.draft
        if draft.lines:
            return draft
        if self.conversation.browsing is None:
            offered = self._goods_offered()
            return replace(draft, lines=(DraftLine(product_options=offered),)) if len(offered) > 1 else draft
        looked_at = self.conversation.browsing_sku
        start = DraftLine(product_id=self.conversation.browsing)
        if looked_at is not None and self._takes(looked_at):
            start = replace(start, sku_id=looked_at)
        elif looked_at is not None:
            start = replace(start, sku_options=(looked_at,))
        return replace(draft, lines=(start,))

    def _takes(self, sku_id: str) -> bool:
        """Whether so many are asked for (来两张) of the one size that was offered: no more of it is guessed then
        than by its button."""
        counted = any(line.quantity is not None for line in self.heard.lines)
        return counted and [choice.means for choice in self.conversation.offered()] == [sku_id]

    def _goods_offered(self) -> tuple[str, ...]:
        """The products that a question about goods was answered with: `那来两个` is of one of them."""
        question, catalog = self.conversation.question, self.reader.catalog
        if question is None or question.purpose is not Purpose.BROWSE:
            return ()
        means = (choice.means for choice in question.choices)
        named = (catalog.product(one) or catalog.product_of(one) for one in means)
        return tuple(dict.fromkeys(product.product_id for product in named if product is not None))

    def order_on_table(self) -> Order | None:
        """The order made from the draft, whatever became of it."""
        number = self.conversation.order_no
        return self.shop.order(self.tx, number, self.customer_id) if number else None

    def latest_order(self) -> Order | None:
        """What he ordered last, in whatever state."""
        return next(iter(self.shop.orders_of(self.tx, self.customer_id, 1)), None)

    def update(self, conversation: Conversation) -> None:
        self.conversation = conversation

    def ask(self, question: Question, *lead: str) -> Reply:
        """Ask, and remember what was asked."""
        choices = question.choices[: self.policy.limits.choices_max + WAYS_OUT_MAX]
        question = replace(question, choices=choices)
        self.update(replace(self.conversation, question=question))
        if question.slot in (Slot.VARIANT, Slot.PRODUCT) and choices:
            self.update(replace(self.conversation, shown=choices))
        return Reply(paragraphs(*lead, question.text), choices, asking=question.slot)

    def aside(self, text: str, choices: Iterable[Choice] = (), purpose: Purpose = Purpose.BROWSE) -> Reply:
        """Answer something in between. An open question follows in the same bubble; where none is
        open, `choices` may be taken."""
        question = self.conversation.question
        if question is not None and question.is_open:
            again = self.say("ask.again", question=question.text)
            return Reply(paragraphs(text, again), question.choices, asking=question.slot)
        offered = tuple(choices)
        if offered:
            self.update(replace(self.conversation, question=Question(purpose, text, choices=offered)))
        return Reply(text, offered)

    def done(self, text: str, choices: Iterable[Choice] = (), card: OrderCard | None = None) -> Reply:
        """Close what was open."""
        offered = tuple(choices)
        closed = self.conversation.settled()
        if offered:
            closed = replace(closed, question=Question(Purpose.BROWSE, text, choices=offered))
        self.update(closed)
        return Reply(text, offered, card=card)

    def without_draft(self) -> None:
        self.update(replace(self.conversation.settled(), browsing=None, browsing_sku=None, draft=EMPTY_DRAFT))


def _cut(fact: str | int) -> str | int:
    long = isinstance(fact, str) and len(fact) > REPEATED_MAX
    return f"{str(fact)[:REPEATED_MAX]}…" if long else fact


def paragraphs(*parts: str) -> str:
    """The parts that say something, each on a line of its own."""
    return "\n".join(part for part in parts if part)
