"""Our WeChat Pay gateway in front of the emulated one, on a virtual clock and without a socket."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import httpx

from adapters.payments.wechat_pay import WeChatPayGateway
from adapters.payments.wechat_pay_account import WeChatPayAccount
from orders.clock import Clock, VirtualClock
from orders.money import Fen
from orders.ports import OpenAnswer, PaymentAsk, RawNotice, RefundAsk, Scene
from tests.emulator.app import Emulator
from tests.emulator.virtual import let_pass, sleeping
from tests.emulator.wechat_pay import WeChatPayRail
from tests.emulator.wechat_pay_door import SignsBy
from tests.emulator.wechat_pay_keys import (
    API_V3_KEY,
    APP_ID,
    MERCHANT_ID,
    MERCHANT_SERIAL,
    PUBLIC_KEY_ID,
    keyring,
)
from tests.orders.world import START

BASE_URL = "http://emulator.test"
NOTIFY_URL = "http://shop.test/notices/wechat_pay"

Said = str | int | bool


@cache
def account(mode: SignsBy = SignsBy.PUBLIC_KEY, **changes: Said) -> WeChatPayAccount:
    """The merchant's account, with the platform's key that belongs to `mode`."""
    keys = keyring()
    bare = {
        "merchant_id": MERCHANT_ID,
        "app_id": APP_ID,
        "certificate_serial": MERCHANT_SERIAL,
        "private_key_pem": keys.merchant_pem,
        "api_v3_key": API_V3_KEY,
        "api_url": BASE_URL,
    }
    if mode is SignsBy.PUBLIC_KEY:
        bare |= {"public_key_id": PUBLIC_KEY_ID, "public_key_pem": keys.platform_pem}
    else:
        bare |= {"platform_certificates_pem": keys.certificate_pem()}
    return WeChatPayAccount(**bare | changes)  # type: ignore[arg-type]


def gateway(
    of: WeChatPayAccount, client: httpx.AsyncClient, clock: Clock, answer_seconds_max: float = 15.0
) -> WeChatPayGateway:
    return WeChatPayGateway(of, client, clock, NOTIFY_URL, NOTIFY_URL, answer_seconds_max=answer_seconds_max)


class WeChatPayStage:
    """`heard` is what arrived at our notice address; nothing is done with it here."""

    def __init__(self, mode: SignsBy = SignsBy.PUBLIC_KEY) -> None:
        self.clock = VirtualClock(START)
        self.heard: list[RawNotice] = []
        self.emulator = Emulator(
            [WeChatPayRail],
            self.clock,
            httpx.AsyncClient(transport=httpx.MockTransport(self._hear)),
            sleeping(self.clock),
            BASE_URL,
        )
        rail = self.emulator.rails["wechat_pay"]
        assert isinstance(rail, WeChatPayRail)
        self.rail, self.knobs, self.door = rail, rail.knobs, rail.door
        self.door.signs_by = mode
        self.client = httpx.AsyncClient(transport=self.emulator.transport())
        self.gateway = gateway(account(mode), self.client, self.clock)

    def _hear(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(RawNotice(request.content, dict(request.headers.items()), self.clock.now()))
        return httpx.Response(200, text=self.gateway.acknowledgement)

    def ask(self, number: str = "20260105000001-1", **changes: object) -> PaymentAsk:
        ask = PaymentAsk(
            number,
            Fen(9980),
            "CNY",
            START,
            START + timedelta(minutes=15),
            "话费100元",
            "oPayer123",
            "198.51.100.7",
        )
        return replace(ask, **changes)  # type: ignore[arg-type]

    def refund_ask(self, amount_fen: int = 9980, number: str = "20260105000001R1") -> RefundAsk:
        payment = next(iter(self.rail.books.payments.values()))
        return RefundAsk(
            number, payment.out_trade_no, payment.transaction_no, Fen(amount_fen), Fen(9980), "CNY", "failed"
        )

    async def open(self, ask: PaymentAsk | None = None, scene: Scene = Scene.QR) -> OpenAnswer:
        return await self.gateway.open(ask or self.ask(), scene)

    async def paid(self, ask: PaymentAsk | None = None) -> PaymentAsk:
        """A payment that was opened and paid."""
        ask = ask or self.ask()
        await self.open(ask)
        await self.rail.pay(ask.out_trade_no)
        return ask

    def signed_query(self, number: str) -> httpx.Request:
        """What our gateway asks about a payment, made by hand."""
        target = f"/v3/pay/transactions/out-trade-no/{number}?mchid={MERCHANT_ID}"
        authorization = account(self.door.signs_by).signer.authorization("GET", target, b"", self.clock.now())
        headers = {"Authorization": authorization, "Accept": "application/json", "User-Agent": "test"}
        return httpx.Request("GET", f"{BASE_URL}{target}", headers=headers)

    async def let_pass(self, **time: float) -> None:
        await let_pass(self.emulator, self.clock, timedelta(**time))
