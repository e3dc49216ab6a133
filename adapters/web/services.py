"""What the pages need of the rest of the shop, handed in whole by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from starlette.routing import BaseRoute

from adapters.payments.sandbox import SandboxBank
from bot.fanout import Fanout
from bot.handover import Handover
from bot.learning.examining import Verdict
from bot.learning.proposals import MissGroup, Proposal
from bot.learning.words import Lesson
from bot.messages import ChatAddress, ChatEntry, IncomingMessage, OutgoingMessage
from orders.bookkeeper import Bookkeeper
from orders.catalog import AccountKind
from orders.clock import Clock
from orders.database import Database
from orders.ports import Gateway, OutsideSupplier
from orders.shop import Shop
from orders.till import Till

Mask = Callable[[AccountKind, str], str]
"""Writes a recipient so that its owner knows it and a passer-by does not: `138****5678`."""


Accepts = Callable[[AccountKind, str], bool]
"""Whether that can be a recipient of its kind."""


def anything(kind: AccountKind, account: str) -> bool:
    return bool(account)


class Converses(Protocol):
    """What the pages need of the reception."""

    async def receive(self, message: IncomingMessage) -> tuple[OutgoingMessage, ...]:
        """Have the message answered; committed when this returns, however often it comes."""

    async def since(self, chat: ChatAddress, seq: int = 0, limit: int = 200) -> tuple[ChatEntry, ...]:
        """What was said both ways after number `seq`, oldest first; the newest `limit` of it."""

    async def before(self, chat: ChatAddress, seq: int, limit: int = 200) -> tuple[ChatEntry, ...]:
        """The last `limit` entries before number `seq`, oldest first."""


class Teaches(Protocol):
    """What the desk needs of `bot.learning.teaching`."""

    async def missed(self) -> tuple[MissGroup, ...]:
        """What customers said in vain, what most of them said first."""

    async def propose(self, number: int) -> Proposal | None:
        """The proposal with that number, if it still stands."""

    async def teach(self, lesson: Lesson) -> Verdict:
        """Take the lesson up, unless it would change anything known."""

    async def dismiss(self, number: int) -> str | None:
        """Put one phrase aside."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`base_url` is how customers reach the shop; `desk_password_hash` comes from `hash_password`."""

    secret_key: str
    base_url: str
    desk_password_hash: str
    shop_name: str
    message_characters_max: int = 2000
    look_again_seconds: float = 10.0
    """How long an open page may miss what another process did: hints reach those of one process only."""


@dataclass(frozen=True, slots=True)
class WebServices:
    reception: Converses
    database: Database
    shop: Shop
    handover: Handover
    fanout: Fanout
    gateways: Mapping[str, Gateway]
    clock: Clock
    mask: Mask
    settings: WebSettings
    bank: SandboxBank | None = None
    """None where real money is taken: then the pay page has no sandbox buttons."""
    till: Till | None = None
    """None where no gateway is connected but the sandbox: then the pay page leads nowhere else."""
    teaching: Teaches | None = None
    """None where nobody can be taught: then the desk has no such page."""
    bookkeeper: Bookkeeper | None = None
    """None where nobody sends bills: then the desk has no such page."""
    suppliers: Mapping[str, OutsideSupplier] = field(default_factory=dict)
    """Those that call back, by name."""
    accepts: Accepts = anything
    routes: Sequence[BaseRoute] = field(default=())
    """Of other channels: the addresses at which Telegram and WeChat call."""
