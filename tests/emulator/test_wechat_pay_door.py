"""The emulated WeChat Pay is a strict fake: a call that is not right to the letter does not come in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.payments.wechat_pay_signing import MerchantSigner
from tests.emulator.wechat_pay_keys import APP_ID, MERCHANT_ID, MERCHANT_SERIAL, keyring
from tests.emulator.wechat_pay_stage import NOTIFY_URL, WeChatPayStage, account
from tests.orders.world import START

NATIVE = "/v3/pay/transactions/native"
ORDER: Mapping[str, Any] = {
    "appid": APP_ID,
    "mchid": MERCHANT_ID,
    "description": "话费100元",
    "out_trade_no": "20260105000001-1",
    "notify_url": NOTIFY_URL,
    "time_expire": "2026-01-05T10:15:00+08:00",
    "amount": {"total": 9980, "currency": "CNY"},
}
HEADERS = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "test"}


class Caller:
    """Calls as a merchant would who makes one mistake."""

    def __init__(self) -> None:
        self.stage = WeChatPayStage()
        self.signer = account().signer

    async def post(
        self, path: str, body: Mapping[str, Any], *, signed_path: str = "", **how: Any
    ) -> httpx.Response:
        content = json.dumps(body).encode()
        at = how.get("at", self.stage.clock.now())
        authorization = how.get("authorization") or self.signer.authorization(
            how.get("signed_method", "POST"), signed_path or path, how.get("signed_body", content), at
        )
        headers = HEADERS | {"Authorization": authorization} | how.get("headers", {})
        return await self.stage.client.post(f"http://emulator.test{path}", content=content, headers=headers)

    async def get(self, path: str, signed_path: str = "") -> httpx.Response:
        authorization = self.signer.authorization("GET", signed_path or path, b"", self.stage.clock.now())
        headers = HEADERS | {"Authorization": authorization}
        return await self.stage.client.get(f"http://emulator.test{path}", headers=headers)


@pytest.fixture
def caller() -> Caller:
    return Caller()


async def test_a_right_call_comes_in_and_its_answer_is_signed(caller: Caller) -> None:
    answer = await caller.post(NATIVE, ORDER)
    assert answer.status_code == 200
    keys = account().platform_keys
    assert keys.prove(answer.headers, answer.content, START, 300)


async def test_refusals_are_signed_too(caller: Caller) -> None:
    answer = await caller.get(f"/v3/pay/transactions/out-trade-no/unknown-1?mchid={MERCHANT_ID}")
    assert (answer.status_code, answer.json()["code"]) == (404, "ORDER_NOT_EXIST")
    assert account().platform_keys.prove(answer.headers, answer.content, START, 300)


async def test_a_nonce_opens_the_door_once(caller: Caller) -> None:
    content = json.dumps(ORDER).encode()
    once = caller.signer.authorization("POST", NATIVE, content, START)
    assert (await caller.post(NATIVE, ORDER, authorization=once)).status_code == 200
    assert (await caller.post(NATIVE, ORDER, authorization=once)).status_code == 401


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_time_stamp_out_of_the_window_stays_outside(caller: Caller, seconds: int) -> None:
    answer = await caller.post(NATIVE, ORDER, at=START + timedelta(seconds=seconds))
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "mistake",
    [
        {"signed_body": b""},
        {"signed_body": json.dumps(dict(ORDER) | {"description": "another"}).encode()},
        {"signed_path": "/v3/pay/transactions/h5"},
        {"signed_path": NATIVE + "?"},
        {"signed_method": "GET"},
        {"authorization": "Bearer token"},
        {"headers": {"Authorization": ""}},
        {"headers": {"User-Agent": ""}},
        {"headers": {"Accept": "text/html"}},
        {"headers": {"Content-Type": "text/plain"}},
    ],
)
async def test_a_call_with_one_mistake_stays_outside_and_changes_nothing(
    caller: Caller, mistake: dict[str, Any]
) -> None:
    answer = await caller.post(NATIVE, ORDER, **mistake)
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
    assert "wechatpay-signature" not in answer.headers
    assert not caller.stage.rail.books.payments


@pytest.mark.parametrize(
    "signer",
    [
        MerchantSigner("1600000000", MERCHANT_SERIAL, keyring().merchant),
        MerchantSigner(MERCHANT_ID, "1234567890ABCDEF", keyring().merchant),
        MerchantSigner(MERCHANT_ID, MERCHANT_SERIAL, keyring().stranger),
    ],
)
async def test_nobody_else_comes_in(caller: Caller, signer: MerchantSigner) -> None:
    caller.signer = signer
    assert (await caller.post(NATIVE, ORDER)).status_code == 401


async def test_the_query_of_an_address_is_signed_too(caller: Caller) -> None:
    path = "/v3/pay/transactions/out-trade-no/20260105000001-1"
    assert (await caller.get(f"{path}?mchid={MERCHANT_ID}", signed_path=path)).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"appid": "wx0000000000000000"},
        {"mchid": "1600000000"},
        {"description": ""},
        {"description": "话" * 43},
        {"out_trade_no": "short"},
        {"out_trade_no": "with space 1"},
        {"notify_url": f"{NOTIFY_URL}?a=b"},
        {"time_expire": "2026-01-05T02:15:00+00:00"},
        {"time_expire": "2026-01-05T09:59:00+08:00"},
        {"amount": {"total": 99.8}},
        {"amount": {"total": True}},
        {"amount": {"total": 0}},
        {"amount": {"total": 1, "currency": "USD"}},
        {"amount": None},
    ],
)
async def test_an_order_that_is_not_right_is_refused(caller: Caller, change: dict[str, Any]) -> None:
    answer = await caller.post(NATIVE, dict(ORDER) | change)
    assert (answer.status_code, answer.json()["code"]) == (400, "PARAM_ERROR")
    assert not caller.stage.rail.books.payments


async def test_a_payer_inside_wechat_and_one_outside_must_be_named(caller: Caller) -> None:
    for scene in ("jsapi", "h5", "app"):
        answer = await caller.post(f"/v3/pay/transactions/{scene}", ORDER)
        assert (answer.status_code, answer.json()["code"]) == (400, "PARAM_ERROR")


async def test_the_same_number_with_other_facts_is_refused(caller: Caller) -> None:
    await caller.post(NATIVE, ORDER)
    answer = await caller.post(NATIVE, dict(ORDER) | {"description": "another"})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")


async def test_a_bill_is_downloaded_by_the_merchant_alone_and_in_time(caller: Caller) -> None:
    await caller.stage.paid()
    await caller.stage.let_pass(days=1)
    address = (await caller.get("/v3/bill/tradebill?bill_date=2026-01-05&bill_type=ALL")).json()[
        "download_url"
    ]
    path = address.removeprefix("http://emulator.test")
    assert (await caller.stage.client.get(address)).status_code == 401
    assert (await caller.get(path)).status_code == 200
    await caller.stage.let_pass(minutes=6)
    assert (await caller.get(path)).status_code == 400
