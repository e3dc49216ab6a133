"""What a conversation remembers between two messages: the draft, and what was asked last.

There is no step counter. The draft says what is missing, and that is the next question; the rest
here only makes a bare `2`, `好的` or `不对` readable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import TypeAdapter

from bot.messages import Choice
from orders.draft import EMPTY_DRAFT, Draft
from orders.quote import Quote

BEFORE_MAX = 5
"""So many changes of an order can be taken back."""


class Purpose(StrEnum):
    """What the answer to the open question is for."""

    ORDER = "order"
    """A slot of the draft."""
    PLACE = "place"
    """A yes to the quote that was shown."""
    PAY = "pay"
    """The order is placed and can be paid; nothing is asked, but it can still be changed."""
    CHANGE = "change"
    """What shall be different in the order on the table: whatever is ordered next is meant instead of it."""
    BALANCE = "balance"
    """A yes to paying the order on the table with the money that the shop keeps for the customer."""
    BROWSE = "browse"
    """Goods were shown; one of them may be taken."""
    WELCOME = "welcome"
    """Popular goods stood beside a greeting; what is ordered next need not be one of them."""
    CONTACT = "contact"
    """The account of a contact that is to be remembered."""
    PERSON = "person"
    """Whether a person shall help."""
    GUESS = "guess"
    """The message was not understood; these are the likely meanings."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is open: asked in `text`, about `slot` of line `line`, answerable by `choices`."""

    purpose: Purpose
    text: str = ""
    slot: str | None = None
    line: int = 0
    choices: tuple[Choice, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether an answer is waited for. An order that can be paid needs none: paying answers it."""
        return self.slot is not None and self.purpose is not Purpose.PAY


@dataclass(frozen=True, slots=True)
class Conversation:
    """Immutable; a turn replaces it whole."""

    draft: Draft = EMPTY_DRAFT
    question: Question | None = None
    shown: tuple[Choice, ...] = ()
    """The goods or sizes that were last offered for the draft: `等等，我要第四个` is of them, later on, too."""
    quote: Quote | None = None
    """Shown, and waiting for a yes."""
    order_no: str | None = None
    """The unpaid order made from the draft, as long as a correction would mean this one."""
    supersedes: str | None = None
    """The unpaid order that the draft changes. It can be paid until the draft is placed in its stead."""
    before: tuple[Draft, ...] = ()
    """What the draft was before each of its changes, oldest first: `还是原来的吧`."""
    corrected: bool = False
    """The draft changes an order that was already quoted, so it is confirmed before it is placed."""
    browsing: str | None = None
    """The product that was talked about last without being ordered."""
    browsing_sku: str | None = None
    """The one size of it that was talked about."""
    dropped: Draft = EMPTY_DRAFT
    """What was called off last before it was an order; somebody may want it after all."""
    contact: str | None = None
    """The name under which the next account is to be remembered."""
    unclear: int = 0
    """How many messages in a row were not understood."""

    def settled(self) -> Conversation:
        """Nothing open any more; only what was browsed is remembered."""
        return Conversation(browsing=self.browsing, browsing_sku=self.browsing_sku)

    def as_changed_to(self, draft: Draft) -> tuple[Draft, ...]:
        """What it was before each change, if it becomes `draft`: what only says more of it is none."""
        changes = self.draft.lines and draft.lines and changes_what_was_said(self.draft, draft)
        return (*self.before, self.draft)[-BEFORE_MAX:] if changes else self.before

    def asking(self) -> str | None:
        return self.question.slot if self.question else None

    def offered(self) -> tuple[Choice, ...]:
        return self.question.choices if self.question else ()

    def understood(self) -> Conversation:
        return replace(self, unclear=0) if self.unclear else self


def changes_what_was_said(old: Draft, new: Draft) -> bool:
    """Whether anything that was said of the one is something else in the other."""
    if len(old.lines) != len(new.lines):
        return True
    return any(
        (was.sku_id is not None and was.quantity != now.quantity)
        or any(
            said is not None and said != becomes
            for said, becomes in (
                (was.product_id, now.product_id),
                (was.sku_id, now.sku_id),
                (was.account, now.account),
                (was.region, now.region),
            )
        )
        for was, now in zip(old.lines, new.lines, strict=True)
    )


_AS_JSON: TypeAdapter[Conversation] = TypeAdapter(Conversation)


def written(conversation: Conversation) -> str:
    return _AS_JSON.dump_json(conversation, exclude_defaults=True).decode()


def read(text: str) -> Conversation:
    return _AS_JSON.validate_json(text)
