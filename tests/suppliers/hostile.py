"""A supplier that does to us whatever suppliers do, in the form of 大猿人, with books of what really left.

It is not idempotent: a number that comes twice delivers twice, unless it was told to refuse that. So what
`delivered` says of a recipient is the truth to compare with what the shop believes and was paid for.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from orders.clock import Clock
from orders.ports import RawNotice
from tests.orders.world import START


class Manner(StrEnum):
    """How a submission is treated. What is not said otherwise is delivered by `settle`."""

    ACCEPT = "accept"
    AT_ONCE = "at_once"
    """Delivered before the answer."""
    TIME_OUT = "time_out"
    """Accepted; the answer never arrives."""
    CRASH = "crash"
    """Accepted, then a 500."""
    HTML = "html"
    """Accepted; the answer is a page."""
    REDIRECT = "redirect"
    CREATED = "created"
    """Accepted, with a 201."""
    SLOW = "slow"
    """Accepted; the answer waits for `let_go`."""
    LATE = "late"
    """Accepted, and not to be seen by questions until `show`, or for as long as `hides_for`."""
    LOST = "lost"
    """Never arrives, and the answer neither."""
    REFUSE = "refuse"
    BAD_ACCOUNT = "bad_account"
    BALANCE_LOW = "balance_low"
    ODD_CODE = "odd_code"


@dataclass(slots=True)
class Taken:
    """One order in its books."""

    ref: str
    number: str
    account: str
    face: str
    state: int = 0
    arrived: str = ""
    visible: bool = True
    at: datetime = START


@dataclass
class HostileSupplier:
    """`manners[account]` says how it treats that recipient; everybody else is served."""

    name: str = "alpha"
    user: str = "10001"
    key: str = "4fQz81LmWx0"
    balance: str = "5000.000"
    products: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"68": ("100", "98.500"), "67": ("50", "49.250")}
    )
    """By number: face value and price."""
    manners: dict[str, Manner] = field(default_factory=dict)
    refuses_repeats: bool = False
    taken: list[Taken] = field(default_factory=list)
    delivered: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Yuan that reached a recipient, whatever anybody was told."""
    submissions: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    unsigned: int = 0
    down: bool = False
    clock: Clock | None = None
    hides_for: timedelta | None = None

    def __post_init__(self) -> None:
        self.arrived = asyncio.Event()
        self._let_go = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/yrapi.php/index/recharge", self._recharge, methods=["POST"]),
                Route("/yrapi.php/index/check", self._check, methods=["POST"]),
                Route("/yrapi.php/index/user", self._user, methods=["POST"]),
                Route("/yrapi.php/index/product", self._product, methods=["POST"]),
            ]
        )

    # --- what the test makes happen ---------------------------------------------------------------

    def settle(self, state: int = 1, arrived: str = "", account: str = "") -> None:
        """Everything that is being charged comes to its end."""
        for one in self.taken:
            if one.state == 0 and account in ("", one.account):
                self._end(one, state, arrived)

    def _end(self, one: Taken, state: int, arrived: str = "") -> None:
        one.state = state
        one.arrived = arrived or (one.face if state == 1 else "")
        if one.arrived:
            self.delivered[one.account] += int(float(one.arrived))

    def let_go(self) -> None:
        self._let_go.set()

    def show(self) -> None:
        for one in self.taken:
            one.visible = True

    def callback(self, one: Taken, key: str = "", **changed: str) -> RawNotice:
        """What it posts about an order."""
        fields = {
            "userid": self.user,
            "order_number": one.ref,
            "out_trade_num": one.number,
            "otime": "1767578400",
            "state": str(one.state),
            "mobile": one.account,
            "charge_amount": one.arrived,
            "remark": "充值结果",
        } | changed
        fields["sign"] = self._signed(fields, key or self.key)
        return RawNotice(urlencode(fields).encode(), {}, START)

    # --- its interface ----------------------------------------------------------------------------

    async def _recharge(self, request: Request) -> Response:
        fields = await self._fields(request)
        if fields is None:
            return _said(1, "签名错误")
        number, account = fields["out_trade_num"], fields["mobile"]
        manner = self.manners.get(account, Manner.ACCEPT)
        if manner is Manner.LOST:
            return Response(headers=TIMES_OUT)
        self.submissions.append(number)
        if manner is Manner.REFUSE:
            return _said(1, "未找到相关产品")
        if manner is Manner.BAD_ACCOUNT:
            return _said(1, "手机号格式不正确")
        if manner is Manner.BALANCE_LOW:
            return _said(1, "余额不足")
        if manner is Manner.ODD_CODE:
            return _said(77, "系统繁忙")
        if self.refuses_repeats and any(one.number == number for one in self.taken):
            return _said(1, "已经存在相同商户订单号的订单")
        face, price = self.products[fields["product_id"]]
        if fields.get("amount", face) != face:
            return _said(1, "面值检测不相同，提单不通过！")
        if float(fields.get("price", price)) < float(price):
            return _said(1, "成本限制，提单不通过！")
        one = Taken(
            f"CZH{len(self.taken) + 1}",
            number,
            account,
            face,
            visible=manner is not Manner.LATE,
            at=self._now(),
        )
        self.taken.append(one)
        self.arrived.set()
        return await self._answered(manner, one, price)

    async def _answered(self, manner: Manner, one: Taken, price: str) -> Response:
        if manner is Manner.SLOW:
            await self._let_go.wait()
        if manner is Manner.AT_ONCE:
            self._end(one, 1)
        if manner in (Manner.TIME_OUT, Manner.LATE):
            return Response(headers=TIMES_OUT)
        if manner is Manner.CRASH:
            return Response("Internal Server Error", status_code=500)
        if manner is Manner.HTML:
            return Response("<html><body>维护中</body></html>", media_type="text/html")
        if manner is Manner.REDIRECT:
            return RedirectResponse("https://elsewhere.example/", status_code=307)
        data = {
            "order_number": one.ref,
            "out_trade_num": one.number,
            "mobile": one.account,
            "total_price": price,
        }
        status = 201 if manner is Manner.CREATED else 200
        return _said(0, "提交成功", data, status)

    async def _check(self, request: Request) -> Response:
        fields = await self._fields(request)
        if fields is None:
            return _said(1, "签名错误")
        if self.down or self.manners.get(self._account(fields["out_trade_nums"])) is Manner.REDIRECT:
            return Response(headers=TIMES_OUT)
        found = [
            {
                "order_number": one.ref,
                "out_trade_num": one.number,
                "mobile": one.account,
                "state": one.state,
                "charge_amount": one.arrived,
            }
            for one in self.taken
            if self._shows(one) and one.number in fields["out_trade_nums"].split(",")
        ]
        return _said(0, "ok", found)

    def _shows(self, one: Taken) -> bool:
        return one.visible or (self.hides_for is not None and self._now() >= one.at + self.hides_for)

    def _now(self) -> datetime:
        return self.clock.now() if self.clock else START

    def _account(self, number: str) -> str:
        return next((one.account for one in self.taken if one.number == number), "")

    async def _user(self, request: Request) -> Response:
        if await self._fields(request) is None or self.down:
            return _said(1, "签名错误")
        return _said(0, "ok", {"id": self.user, "balance": self.balance})

    async def _product(self, request: Request) -> Response:
        if await self._fields(request) is None or self.down:
            return _said(1, "签名错误")
        products = [{"id": int(number), "price": price} for number, (_, price) in self.products.items()]
        return _said(0, "ok", [{"id": 1, "cate": "话费", "products": products}])

    async def _fields(self, request: Request) -> Mapping[str, str] | None:
        self.calls.append(request.url.path.rpartition("/")[2])
        fields = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if fields.pop("sign", "") == self._signed(fields, self.key) and fields["userid"] == self.user:
            return fields
        self.unsigned += 1
        return None

    def _signed(self, fields: Mapping[str, str], key: str) -> str:
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields)) + f"&apikey={key}"
        return hashlib.md5(text.encode()).hexdigest().upper()


TIMES_OUT = {"x-then": "time out"}


def _said(errno: int, errmsg: str, data: object = None, status: int = 200) -> Response:
    return JSONResponse({"errno": errno, "errmsg": errmsg, "data": data}, status_code=status)


class Wire(httpx.AsyncBaseTransport):
    """To the supplier without a network; a lost answer is a time-out at once, so that no test waits."""

    def __init__(self, supplier: HostileSupplier) -> None:
        self._inner = httpx.ASGITransport(app=supplier.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if "x-then" in answer.headers:
            raise httpx.ReadTimeout("no answer", request=request)
        return answer
