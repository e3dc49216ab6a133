"""Somebody else's client, `wechatpayv3`, speaks with our emulator and reads its notices: so we did not only
agree with ourselves. Its calls go over real HTTP on this machine, at the machine's own time, because it
has both built in."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from wechatpayv3 import SignType, WeChatPay, WeChatPayType

from adapters.payments.wechat_pay_bill import rows_of
from orders.clock import SystemClock
from orders.money import Fen
from orders.ports import (
    CallWallet,
    NoticeRefused,
    PaymentAsk,
    PaymentNotice,
    PaymentStatus,
    RefundAsk,
    RefundNotice,
    RefundStatus,
    Scene,
    ShowCode,
)
from tests.adapters.loopback import served
from tests.emulator.app import Emulator
from tests.emulator.books import CHINA, Movement, MovementKind
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
from tests.emulator.wechat_pay_stage import NOTIFY_URL, WeChatPayStage, account, gateway

NUMBER = "20260105000001-1"
AMOUNT = {"total": 9980, "currency": "CNY"}
YESTERDAY = datetime.now(UTC) - timedelta(days=1)

Oracles = Callable[..., Any]


@pytest.fixture(params=[SignsBy.PUBLIC_KEY, SignsBy.CERTIFICATE])
def mode(request: pytest.FixtureRequest) -> SignsBy:
    chosen: SignsBy = request.param
    return chosen


@pytest.fixture
def oracle_at(mode: SignsBy, tmp_path: Path) -> Oracles:
    """Makes an oracle that calls an address. It finds its certificate in a folder, and so calls nobody
    before it was told where."""
    keys = keyring()
    known: dict[str, str] = {"public_key": keys.platform_pem, "public_key_id": PUBLIC_KEY_ID}
    if mode is SignsBy.CERTIFICATE:
        (tmp_path / "platform.pem").write_text(keys.certificate_pem(), encoding="utf-8")
        known = {"cert_dir": str(tmp_path)}

    def oracle_at(address: str) -> Any:
        oracle = WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=MERCHANT_ID,
            private_key=keys.merchant_pem,
            cert_serial_no=MERCHANT_SERIAL,
            appid=APP_ID,
            apiv3_key=API_V3_KEY,
            notify_url=NOTIFY_URL,
            timeout=(5, 10),
            proxy={"http": None, "https": None, "all": None},
            **known,
        )
        oracle._core._gate_way = address
        return oracle

    return oracle_at


# --- our notices, read by the oracle ------------------------------------------------------------


async def test_the_oracle_reads_the_emulators_notices_and_so_do_we(mode: SignsBy, oracle_at: Oracles) -> None:
    oracle, stage = oracle_at("http://127.0.0.1:9"), WeChatPayStage(mode)
    await stage.paid()
    await stage.gateway.refund(stage.refund_ask(4990))
    paid, refunded = stage.heard
    said = oracle.callback(dict(paid.headers), paid.body)["resource"]
    ours = stage.gateway.read_notice(paid)
    assert isinstance(ours, PaymentNotice)
    assert (said["out_trade_no"], said["transaction_id"]) == (ours.out_trade_no, ours.psp_ref)
    assert (said["amount"]["total"], said["mchid"], said["appid"]) == (9980, MERCHANT_ID, APP_ID)
    assert datetime.fromisoformat(said["success_time"]) == ours.paid_at
    back = oracle.callback(dict(refunded.headers), refunded.body)["resource"]
    told = stage.gateway.read_notice(refunded)
    assert isinstance(told, RefundNotice)
    assert (back["out_refund_no"], back["refund_id"]) == (told.refund_no, told.psp_ref)
    assert (back["refund_status"], back["amount"]["refund"]) == ("SUCCESS", 4990)


async def test_a_changed_body_and_a_strangers_signature_are_nothing_to_either(
    mode: SignsBy, oracle_at: Oracles
) -> None:
    oracle, stage = oracle_at("http://127.0.0.1:9"), WeChatPayStage(mode)
    stage.knobs.bad_signature = True
    await stage.paid()
    stage.knobs.bad_signature = False
    await stage.paid(stage.ask("20260105000002-1"))
    forged, good = stage.heard
    changed = replace(good, body=good.body.replace(b"TRANSACTION.SUCCESS", b"TRANSACTION.SUCCESs"))
    for raw in (forged, changed):
        assert oracle.callback(dict(raw.headers), raw.body) is None
        with pytest.raises(NoticeRefused, match="forged"):
            stage.gateway.read_notice(raw)


async def test_a_notice_of_2020_is_good_for_the_oracle_and_not_for_us(
    mode: SignsBy, oracle_at: Oracles
) -> None:
    """The reason why the oracle is only an oracle."""
    oracle, stage = oracle_at("http://127.0.0.1:9"), WeChatPayStage(mode)
    stage.knobs.notice_age = timedelta(days=2000)
    await stage.paid()
    [raw] = stage.heard
    assert oracle.callback(dict(raw.headers), raw.body)["resource"]["out_trade_no"] == NUMBER
    with pytest.raises(NoticeRefused, match="stale"):
        stage.gateway.read_notice(raw)


async def test_what_the_wallet_is_handed_bears_the_signature_that_the_oracle_makes(
    mode: SignsBy, oracle_at: Oracles
) -> None:
    oracle, stage = oracle_at("http://127.0.0.1:9"), WeChatPayStage(mode)
    offer = (await stage.open(scene=Scene.JSAPI)).offer
    assert isinstance(offer, CallWallet)
    said = offer.parameters
    signed = [said["appId"], said["timeStamp"], said["nonceStr"], said["package"]]
    assert said["paySign"] == oracle.sign(signed, SignType.RSA_SHA256)


# --- the oracle's calls, taken by the emulator --------------------------------------------------


@asynccontextmanager
async def emulated(mode: SignsBy) -> AsyncIterator[tuple[str, WeChatPayRail]]:
    """The emulator at an address of this machine."""
    shop = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    made: list[Emulator] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await made[0].app(scope, receive, send)

    async with served(app) as address:
        made.append(Emulator([WeChatPayRail], SystemClock(), shop, asyncio.sleep, address))
        rail = made[0].rails["wechat_pay"]
        assert isinstance(rail, WeChatPayRail)
        rail.door.signs_by = mode
        yield address, rail


async def test_the_oracles_calls_are_taken_and_it_believes_the_answers(
    mode: SignsBy, oracle_at: Oracles
) -> None:
    async with emulated(mode) as (address, rail):
        oracle = oracle_at(address)

        async def call(method: str, **said: Any) -> tuple[int, Any]:
            """It waits for its answer, so it is called off the event loop; raises where it does not believe."""
            status, body = await asyncio.to_thread(getattr(oracle, method), **said)
            return status, json.loads(body) if body and isinstance(body, str) else body

        status, said = await call("pay", description="话费100元", out_trade_no=NUMBER, amount=AMOUNT)
        assert (status, said) == (200, {"code_url": rail.payer_url(NUMBER)})
        status, said = await call("query", out_trade_no=NUMBER)
        assert (status, said["trade_state"]) == (200, "NOTPAY")
        await rail.pay(NUMBER)
        status, said = await call("query", out_trade_no=NUMBER)
        assert (status, said["trade_state"], said["amount"]["total"]) == (200, "SUCCESS", 9980)
        status, refusal = await call("close", out_trade_no=NUMBER)
        assert (status, refusal["code"]) == (400, "ORDERPAID")
        status, said = await call(
            "refund", out_refund_no="R1", out_trade_no=NUMBER, amount={"refund": 4990, **AMOUNT}
        )
        assert (status, said["status"]) == (200, "SUCCESS")
        status, said = await call("query_refund", out_refund_no="R1")
        assert (status, said["amount"]["refund"]) == (200, 4990)
        await call("pay", description="another", out_trade_no="20260105000002-1", amount=AMOUNT)
        assert (await call("close", out_trade_no="20260105000002-1"))[0] == 204


async def test_the_oracle_fetches_bills_and_certificates(mode: SignsBy, oracle_at: Oracles) -> None:
    async with emulated(mode) as (address, rail):
        oracle = oracle_at(address)
        rail.knobs.bill_extra = (Movement(MovementKind.PAYMENT, "4200001", NUMBER, NUMBER, 9980, YESTERDAY),)
        day = YESTERDAY.astimezone(CHINA).date().isoformat()
        status, body = await asyncio.to_thread(oracle.trade_bill, day, tar_type="GZIP")
        assert status == 200
        said = json.loads(body)
        status, sent = await asyncio.to_thread(oracle.download_bill, said["download_url"])
        assert (status, sent[:2]) == (200, b"\x1f\x8b")
        [row] = rows_of(sent, said["hash_value"])
        assert (row.our_no, row.amount_fen) == (NUMBER, 9980)
        assert hashlib.sha1(sent).hexdigest() != said["hash_value"]
        await asyncio.to_thread(oracle._core._update_certificates)
        serials = {f"{certificate.serial_number:040X}" for certificate in oracle._core._certificates}
        assert serials == {keyring().certificate_serial(0), keyring().certificate_serial(1)}


async def test_our_own_gateway_goes_the_same_way_over_http(mode: SignsBy) -> None:
    async with emulated(mode) as (address, rail), httpx.AsyncClient(trust_env=False) as client:
        now = datetime.now(UTC)
        ours = gateway(account(mode, api_url=address), client, SystemClock())
        ask = PaymentAsk(NUMBER, Fen(9980), "CNY", now, now + timedelta(minutes=15), "话费, 100元")
        assert (await ours.open(ask, Scene.QR)).offer == ShowCode(rail.payer_url(NUMBER))
        assert (await ours.query(ask)).status is PaymentStatus.NOT_PAID
        paid = await rail.pay(NUMBER)
        assert (await ours.close(ask)).status is PaymentStatus.PAID
        back = RefundAsk("R1", NUMBER, paid.transaction_no, Fen(9980), Fen(9980), "CNY", "failed")
        assert (await ours.refund(back)).status is RefundStatus.SUCCEEDED
        assert (await ours.query_refund(back)).status is RefundStatus.SUCCEEDED
        assert await ours.refresh_certificates() == ""
        rail.knobs.bill_extra = (Movement(MovementKind.PAYMENT, "4200001", "P9", "P9", 700, YESTERDAY),)
        rows = (await ours.bill(YESTERDAY.astimezone(CHINA).date())).rows
        assert [row.our_no for row in rows or ()] == ["P9"]
