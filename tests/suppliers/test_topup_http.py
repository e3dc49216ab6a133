"""The client against single answers: what is believed, and what is only asked about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from adapters.suppliers.topup_checks import read_description
from adapters.suppliers.topup_http import TopupHttp
from orders.clock import VirtualClock
from orders.money import Fen
from orders.ports import (
    DeliveryAsk,
    NoticeRefused,
    Outcome,
    OutsideSupplier,
    RawNotice,
    Refusal,
    SupplierAnswer,
)
from tests.orders.world import PHONE, START

SHIPPED = Path(__file__).parents[2] / "data" / "suppliers"
KEY = "4fQz81LmWx0"
CALLBACK = "https://shop.test/suppliers/acme/callback"
ASK = DeliveryAsk(
    request_no="N1-1-1", order_no="N1", line_no=1, attempt=1, sku_id="topup-100", product_id="topup", quantity=1,
    account=PHONE, region=None, asked_at=START, supplier_code="68", face_value=Decimal("100.0"),
    cost_max_fen=Fen(9980),
)  # fmt: skip

Answers = Callable[[httpx.Request], httpx.Response]


def supplier(answers: Answers, shipped: str = "dayuanren") -> TopupHttp:
    settings = {"user": "10001", "key": KEY, "appkey": "appkey-1234", "appsecret": KEY}
    client = httpx.AsyncClient(transport=httpx.MockTransport(answers), trust_env=False)
    description = read_description(SHIPPED / f"{shipped}.yaml")
    return TopupHttp("acme", description, settings, CALLBACK, client, VirtualClock(START))


def saying(body: object, status: int = 200) -> Answers:
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return lambda request: httpx.Response(status, content=content)


def order(**parts: object) -> dict[str, object]:
    return {"out_trade_num": "N1-1-1", "order_number": "CZH1", "state": 0} | parts


async def submitted(body: object, status: int = 200) -> SupplierAnswer:
    return await supplier(saying(body, status)).submit(ASK)


async def asked(body: object, status: int = 200) -> SupplierAnswer:
    return await supplier(saying(body, status)).query(ASK)


def test_it_is_an_outside_supplier() -> None:
    assert isinstance(supplier(saying({})), OutsideSupplier)


async def test_a_submission_carries_both_guards_and_is_signed_by_the_rule_of_the_supplier() -> None:
    seen: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"errno": 0, "data": order(total_price="99.505")})

    said = await supplier(answers).submit(ASK)
    fields = dict(parse_qsl(seen[0].content.decode()))
    signed = (
        f"amount=100&mobile={PHONE}&notify_url={CALLBACK}&out_trade_num=N1-1-1&price=99.80&product_id=68"
        f"&userid=10001&apikey={KEY}"
    )
    assert str(seen[0].url) == "https://dayuanren.example/yrapi.php/index/recharge"
    assert fields.pop("sign") == hashlib.md5(signed.encode()).hexdigest().upper()
    assert fields | {"apikey": KEY} == dict(parse_qsl(signed))
    assert said == SupplierAnswer(Outcome.ACCEPTED, "CZH1", cost_fen=Fen(9951))


async def test_jisuapi_is_asked_by_query_and_signs_the_values_alone() -> None:
    seen: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        result = {"outorderno": "N1-1-1", "orderno": "77", "totalfee": "99.5", "rechargestatus": 0}
        return httpx.Response(200, json={"status": 0, "msg": "ok", "result": result})

    said = await supplier(answers, "jisuapi").submit(ASK)
    params = dict(seen[0].url.params)
    assert params["sign"] == hashlib.md5(f"100{PHONE}N1-1-1{KEY}".encode()).hexdigest()
    assert params["appkey"] == "appkey-1234"
    assert KEY not in str(seen[0].url)
    assert said == SupplierAnswer(Outcome.ACCEPTED, "77", cost_fen=Fen(9950))


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_the_whole_2xx_family_is_an_answer(status: int) -> None:
    assert (await submitted({"errno": 0, "data": order()}, status)).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"errno": 0}, 500), ({"errno": 0}, 502), ({"errno": 1, "errmsg": "余额不足"}, 403), ({}, 302), ({}, 404),
        (b"<html>hello</html>", 200), (b"", 200), (b"[[[[", 200), (b"[" * 100_000, 200), (b"NaN", 200),
        ({"errno": 77, "errmsg": "?"}, 200), ({"errno": None}, 200), ({"errmsg": "no code"}, 200), ([], 200),
        ({"errno": {"a": 1}}, 200), ({"errno": 1, "errmsg": "系统繁忙"}, 200), ({"errno": 208}, 200),
        ({"errno": 1, "errmsg": "已经存在相同商户订单号的订单"}, 200),
        ({"errno": 1, "errmsg": "余额不足 面值检测不相同"}, 200),
        ({"errno": 0, "data": {"out_trade_num": "OTHER"}}, 200), ({"errno": 0, "data": order(state=9)}, 200),
        ({"errno": 0, "data": order(total_price="-5")}, 200), ({"errno": 0, "data": order(total_price="a")}, 200),
    ],
)  # fmt: skip
async def test_what_is_not_clearly_understood_of_a_submission_is_unknown(body: object, status: int) -> None:
    assert (await submitted(body, status)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout("t"), httpx.ConnectError("c"), httpx.RemoteProtocolError("p")]
)
async def test_a_broken_wire_is_unknown(error: httpx.HTTPError) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise error

    for call in (supplier(breaks).submit, supplier(breaks).query):
        assert (await call(ASK)).outcome is Outcome.UNKNOWN


async def test_an_endless_answer_is_given_up() -> None:
    said = await submitted(b" " * (5 * 1024 * 1024))
    assert (said.outcome, said.reason) == (Outcome.UNKNOWN, "too_long")


async def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(307, headers={"location": "https://evil.example/"})

    assert (await supplier(answers).submit(ASK)).reason == "http_307"
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("message", "outcome", "reason"),
    [
        ("面值检测不相同，提单不通过！", Outcome.FAILED, Refusal.GUARDED),
        ("成本限制，提单不通过！", Outcome.FAILED, Refusal.GUARDED),
        ("余额不足", Outcome.FAILED, Refusal.BALANCE_LOW),
        ("手机号格式不正确", Outcome.NEEDS_INFO, "recipient_refused"),
        ("未找到相关产品(产品ID不正确或已下架)", Outcome.FAILED, "refused_1"),
    ],
)
async def test_a_listed_refusal_is_definitive(message: str, outcome: Outcome, reason: str) -> None:
    said = await submitted({"errno": 1, "errmsg": message})
    assert (said.outcome, said.reason) == (outcome, reason)


async def test_several_pieces_are_refused_without_a_call_where_only_one_can_be_asked_for() -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing may be sent")

    said = await supplier(never).submit(replace(ASK, quantity=2))
    assert (said.outcome, said.reason) == (Outcome.FAILED, Refusal.ONE_AT_A_TIME)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"state": 0}, SupplierAnswer(Outcome.ACCEPTED, "CZH1")),
        (
            {"state": "1", "charge_amount": "100.00"},
            SupplierAnswer(Outcome.DONE, "CZH1", arrived=Decimal("100.00")),
        ),
        ({"state": 2}, SupplierAnswer(Outcome.FAILED, "CZH1", reason="failed_at_supplier")),
        ({"state": -1}, SupplierAnswer(Outcome.FAILED, "CZH1", reason="failed_at_supplier")),
        ({"state": 3, "charge_amount": 60}, SupplierAnswer(Outcome.PARTIAL, "CZH1", arrived=Decimal(60))),
    ],
)
async def test_the_states_of_a_request(parts: dict[str, object], expected: SupplierAnswer) -> None:
    assert await asked({"errno": 0, "errmsg": "ok", "data": [order(**parts)]}) == expected


@pytest.mark.parametrize("data", [[], None])
async def test_no_such_request_is_absent_and_not_failed(data: object) -> None:
    assert (await asked({"errno": 0, "data": data})).outcome is Outcome.ABSENT


@pytest.mark.parametrize(
    "body",
    [
        {"errno": 0},
        {"errno": 0, "data": "none"},
        {"errno": 0, "data": [order(out_trade_num="OTHER", state=2)]},
        {"errno": 0, "data": [order(state=2), order(state=1)]},
        {"errno": 0, "data": [order(state=None)]},
        {"errno": 1, "errmsg": "未找到相关产品"},
        {"errno": 1, "errmsg": "余额不足"},
        {"errno": 1, "errmsg": "签名错误"},
    ],
)
async def test_a_refused_or_odd_answer_to_a_question_is_never_a_failure(body: object) -> None:
    assert (await asked(body)).outcome is Outcome.UNKNOWN


async def test_balance_is_rounded_down_and_costs_are_rounded_up() -> None:
    assert await supplier(saying({"errno": 0, "data": {"balance": "1,234.567"}})).balance_fen() == 123456
    products = [
        {"products": [{"id": 68, "price": "98.501"}, {"id": 67, "price": ""}, {"id": 5, "price": "1"}]}
    ]
    prices = await supplier(saying({"errno": 0, "data": products})).prices()
    assert prices is not None
    assert [(price.supplier_code, price.cost_fen) for price in prices] == [("68", 9851)]


async def test_without_an_answer_there_is_no_balance_and_no_price() -> None:
    broken = supplier(saying(b"<html>", 200))
    assert await broken.balance_fen() is None
    assert await broken.prices() is None
    assert (await broken.bill(date(2026, 1, 5))).rows is None


async def test_where_there_is_no_list_the_description_says_what_it_costs() -> None:
    prices = await supplier(saying({}), "jisuapi").prices()
    assert prices is not None
    assert {price.supplier_code: price.cost_fen for price in prices} == {"50": 4975, "100": 9950}


# --- callbacks ----------------------------------------------------------------------------------


def callback(key: str = KEY, **parts: str) -> RawNotice:
    fields = {
        "userid": "10001", "order_number": "CZH1", "out_trade_num": "N1-1-1", "otime": "1767578400", "state": "1",
        "mobile": PHONE, "remark": "充值成功", "voucher": "", "charge_amount": "100.00",
    } | parts  # fmt: skip
    signed = "&".join(f"{name}={fields[name]}" for name in sorted(fields)) + f"&apikey={key}"
    fields["sign"] = hashlib.md5(signed.encode()).hexdigest().upper()
    return RawNotice(urlencode(fields).encode(), {}, START + timedelta(minutes=1))


def test_a_callback_tells_our_number_and_what_became_of_it() -> None:
    number, said = supplier(saying({})).read_callback(callback())
    assert number == "N1-1-1"
    assert said == SupplierAnswer(Outcome.DONE, "CZH1", arrived=Decimal("100.00"))


def test_a_callback_of_a_state_that_nobody_listed_says_nothing() -> None:
    assert supplier(saying({})).read_callback(callback(state="8"))[1].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (callback(key="another key"), "forged"),
        (RawNotice(callback().body.replace(b"state=1", b"state=2"), {}, START), "forged"),
        (RawNotice(callback().body + b"&extra=1", {}, START), "forged"),
        (RawNotice(callback().body + b"&state=2", {}, START), "unreadable"),
        (RawNotice(callback().body.split(b"&sign=")[0], {}, START), "unsigned"),
        (RawNotice(b"", {}, START), "unsigned"),
        (RawNotice(b"\xff\xfe=1", {}, START), "unreadable"),
        (RawNotice(b"a=1&" * 200, {}, START), "unreadable"),
        (callback(out_trade_num=""), "unreadable"),
        (callback(out_trade_num="' OR 1=1"), "unreadable"),
    ],
)
def test_a_callback_that_is_not_genuine_is_refused(raw: RawNotice, reason: str) -> None:
    with pytest.raises(NoticeRefused) as caught:
        supplier(saying({})).read_callback(raw)
    assert caught.value.reason == reason


def test_a_supplier_that_does_not_call_back_is_not_believed_when_it_does() -> None:
    with pytest.raises(NoticeRefused, match="no_callbacks"):
        supplier(saying({}), "jisuapi").read_callback(callback())


def test_no_secret_stands_in_what_is_printed_of_it() -> None:
    assert KEY not in repr(supplier(saying({})))
