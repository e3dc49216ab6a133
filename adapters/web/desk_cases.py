"""What staff do at the desk for a customer whom something went wrong for: another key for one that does
not work, a right recipient, money back, and the yes of a second person where it is much money.

Keys are told apart by their last characters; no page of the desk shows a whole one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web.desk_orders import order_at_desk, order_named
from adapters.web.forms import act_of
from adapters.web.protocol import cleaned
from adapters.web.services import WebServices
from adapters.web.sessions import Sessions
from adapters.web.signals import Signals
from orders.aftersales import NotReplaced
from orders.card_key import SoldKey
from orders.catalog import AccountKind
from orders.database import Tx
from orders.errors import NotPermitted
from orders.money import Fen, fen_from_yuan
from orders.order import LINE_ENDS, LineState, Order
from orders.payment import RefundProposal
from orders.shop import Shop
from orders.staff_refunds import StaffDenied, left_fen

log = structlog.get_logger(__name__)

WHY_LONGEST = 200
ACCOUNT_LONGEST = 200


class NotDone(StrEnum):
    """Why an act at the desk came to nothing, beside what the shop itself says."""

    NOT_WAITING = "not_waiting"
    """The line waits for no recipient, or not any more."""
    BAD_ACCOUNT = "bad_account"
    BAD_AMOUNT = "bad_amount"


@dataclass(frozen=True, slots=True)
class CaseView:
    """What can be done about one line of an order."""

    line_no: int
    thing: str
    keys: tuple[SoldKey, ...]
    complained: bool
    needs_info: bool
    left_fen: Fen
    """What can be given back of it now; 0 where nothing can."""
    proposal: RefundProposal | None
    """A refund that waits for a second person."""

    @property
    def is_open(self) -> bool:
        """Whether there is anything to do or to know."""
        return bool(self.keys or self.complained or self.needs_info or self.left_fen or self.proposal)


def case_views(tx: Tx, shop: Shop, orders: Sequence[Order]) -> Mapping[str, tuple[CaseView, ...]]:
    """The lines of each order with what can be done about them, by order number."""
    complaints = shop.aftersales.complaints(tx)
    waiting = {(one.order_no, one.line_no): one for one in shop.staff_refunds.proposals(tx)}
    found: dict[str, tuple[CaseView, ...]] = {}
    for order in orders:
        has_keys = any(line.has_keys for line in order.lines)
        keys = shop.aftersales.keys_of(tx, order.order_no) if has_keys else ()
        found[order.order_no] = tuple(
            CaseView(
                line_no=line.line_no,
                thing=f"{line.name} {line.variant}",
                keys=tuple(key for key in keys if key.line_no == line.line_no),
                complained=f"{order.order_no}-{line.line_no}" in complaints,
                needs_info=line.state is LineState.NEEDS_INFO and line.account_kind is not AccountKind.NONE,
                left_fen=left_fen(line) if order.settled_fen and line.state in LINE_ENDS else Fen(0),
                proposal=waiting.get((order.order_no, line.line_no)),
            )
            for line in order.lines
        )
    return found


class DeskCases:
    """Acts on the orders of the conversation that the agent looks at, and on no others."""

    def __init__(self, services: WebServices, sessions: Sessions, signals: Signals) -> None:
        self._services = services
        self._sessions = sessions
        self._signals = signals

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/desk/replace-key", self.replace_key, methods=["POST"]),
            Route("/desk/recipient", self.recipient, methods=["POST"]),
            Route("/desk/refund", self.refund, methods=["POST"]),
            Route("/desk/refund-verdict", self.verdict, methods=["POST"]),
        ]

    async def replace_key(self, request: Request) -> Response:
        """Another key for one of the order's."""

        def replaced(tx: Tx, asked: _Asked) -> str | None:
            key_no, why = asked.number("key_no"), asked.why()
            done = self._shop.aftersales.replace_key(
                tx, asked.order.order_no, key_no, asked.agent, why, asked.now
            )
            return done.value if isinstance(done, NotReplaced) else None

        return await self._act(request, "key replaced", replaced)

    async def recipient(self, request: Request) -> Response:
        """A right recipient for a line that needs one, which the customer told."""

        def changed(tx: Tx, asked: _Asked) -> str | None:
            account, line = asked.text("account", ACCOUNT_LONGEST), asked.order.line(asked.number("line_no"))
            if line is None or line.state is not LineState.NEEDS_INFO:
                return NotDone.NOT_WAITING
            if not account or not self._services.accepts(line.account_kind, account):
                return NotDone.BAD_ACCOUNT
            order = asked.order
            try:
                self._shop.change_account(
                    tx, order.order_no, line.line_no, order.customer_id, account, asked.now
                )
            except NotPermitted:
                return NotDone.NOT_WAITING
            return None

        return await self._act(request, "recipient changed", changed)

    async def refund(self, request: Request) -> Response:
        """Money back for a line, all of it where no amount is said."""

        def refunded(tx: Tx, asked: _Asked) -> str | None:
            said, why = asked.text("amount", 20), asked.why()
            try:
                amount = fen_from_yuan(said) if said else None
            except ValueError:
                return NotDone.BAD_AMOUNT
            line_no = asked.number("line_no")
            if asked.order.line(line_no) is None:
                raise HTTPException(404)
            done = self._shop.staff_refunds.refund(
                tx, asked.order.order_no, line_no, amount, asked.agent, why, asked.now
            )
            return done.value if isinstance(done, StaffDenied) else None

        return await self._act(request, "refund by staff", refunded)

    async def verdict(self, request: Request) -> Response:
        """The yes or no to a refund that waits for a second person."""

        def decided(tx: Tx, asked: _Asked) -> str | None:
            number, agrees = asked.number("proposal_no"), asked.frame.get("agrees")
            refunds = self._shop.staff_refunds
            proposals = {one.proposal_no: one for one in refunds.proposals(tx)}
            if number not in proposals or proposals[number].order_no != asked.order.order_no:
                return StaffDenied.DECIDED
            if agrees is not True:
                refunds.decline(tx, number, asked.agent, asked.now)
                return None
            done = refunds.confirm(tx, number, asked.agent, asked.now)
            return done.value if isinstance(done, StaffDenied) else None

        return await self._act(request, "refund decided", decided)

    @property
    def _shop(self) -> Shop:
        return self._services.shop

    async def _act(self, request: Request, event: str, do: Callable[[Tx, _Asked], str | None]) -> Response:
        """Do it, and draw the desk anew; 409 with the reason where it came to nothing."""
        agent, frame = await act_of(request, self._sessions)
        chat, order_no = order_named(frame)
        now = self._services.clock.now()

        def done(tx: Tx) -> str | None:
            order = order_at_desk(tx, self._shop, chat, order_no)
            if order is None:
                raise HTTPException(404)
            return do(tx, _Asked(order, agent.name, frame, now))

        refused = await self._services.database.write(done)
        self._signals.changed(chat)
        log.info(event, order_no=order_no, agent=agent.name, refused=refused)
        if refused is not None:
            return JSONResponse({"refused": refused}, status_code=409)
        return JSONResponse({"order_no": order_no})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an agent asked for, about an order of the conversation he looks at."""

    order: Order
    agent: str
    frame: Mapping[str, object]
    now: datetime

    def number(self, name: str) -> int:
        """A whole number that was posted. Raises 400."""
        value = self.frame.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
            raise HTTPException(400)
        return value

    def why(self) -> str:
        """The reason, which stands in the record of whoever gives something away. Raises 400 without one."""
        reason = self.text("why", WHY_LONGEST)
        if not reason:
            raise HTTPException(400)
        return reason

    def text(self, name: str, longest: int) -> str:
        """A text that was posted, empty where none was. Raises 400."""
        value = self.frame.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            raise HTTPException(400)
        return cleaned(value).strip()
