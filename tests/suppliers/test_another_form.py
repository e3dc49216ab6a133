"""A supplier of quite another form, described from scratch: JSON, HMAC, 分, card keys, bills."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from adapters.suppliers.topup_checks import read_description
from adapters.suppliers.topup_http import TopupHttp
from orders.clock import VirtualClock
from orders.money import Fen
from orders.ports import BillKind, BillRow, DeliveryAsk, NoticeRefused, Outcome, RawNotice, SupplierAnswer
from tests.orders.world import START

KEY = "8yRt57PqWm3"
CARDS = """\
base_url: https://cards.cn/api/
money: fen
time: "%Y%m%d%H%M%S"
settings: [shop]
secrets: [key]
sign:
  field: mac
  hash: hmac-sha256
  key: key
  sequence: listed
  fields: [no, sku, count, at]
  pairs: keyvalue
  joiner: "|"
  case: upper
submit:
  path: v2/buy
  send: json
  fields: {no: request_no, sku: code, count: quantity, at: time, shop: setting.shop, kind: text.card, max: cost_max}
  at: order
query:
  path: v2/order
  send: json
  fields: {no: request_no, at: time}
  at: order
prices:
  path: v2/goods
  send: json
  fields: {at: time}
  at: goods.*
  code: sku
  cost: price
  available: on
  available_is: ["true"]
bill:
  path: v2/bill
  method: GET
  fields: {day: day, at: time}
  at: rows.*
  number: no
  ref: id
  amount: fen
  state: state
  time: at
callback:
  acknowledgement: '{"code":"OK"}'
  send: json
  sign: {field: mac, hash: sha256, after: "{key}", skip_empty: true}
answer:
  code: code
  ok: ["200"]
  codes: {"404": unknown_number, "409": repeated, "202": working, "410": refused}
order:
  number: no
  ref: id
  state: state
  cost: fen
  cards: cards.*.secret
  states: {done: ok, working: [new, busy], failed: dead}
goods:
  gift-10: {code: G10}
"""
ASK = DeliveryAsk(
    request_no="N1-1-1", order_no="N1", line_no=1, attempt=1, sku_id="gift-10", product_id="gift", quantity=2,
    account=None, region=None, asked_at=START, supplier_code="G10", face_value=Decimal(10), cost_max_fen=Fen(950),
)  # fmt: skip


class Seen:
    def __init__(self, tmp_path: Path, body: object) -> None:
        path = tmp_path / "cards.yaml"
        path.write_text(CARDS, "utf-8")
        self.requests: list[httpx.Request] = []
        self.body = body
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer), trust_env=False)
        settings = {"shop": "S1", "key": KEY}
        self.supplier = TopupHttp("cards", read_description(path), settings, "", client, VirtualClock(START))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, content=json.dumps(self.body).encode())


def mac(text: str) -> str:
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


async def test_keys_are_bought_by_json_in_fen_with_the_listed_fields_signed(tmp_path: Path) -> None:
    cards = [{"no": 1, "secret": "AAAA-1"}, {"no": 2, "secret": "AAAA-2"}]
    seen = Seen(
        tmp_path,
        {"code": 200, "order": {"no": "N1-1-1", "id": 7, "state": "ok", "fen": 1801.5, "cards": cards}},
    )
    said = await seen.supplier.submit(ASK)
    assert said == SupplierAnswer(Outcome.DONE, "7", keys=("AAAA-1", "AAAA-2"), cost_fen=Fen(1802))
    sent = json.loads(seen.requests[0].content)
    # Ten o'clock in China when it is two in the morning at Greenwich.
    assert sent == {
        "no": "N1-1-1", "sku": "G10", "count": "2", "at": "20260105100000", "shop": "S1", "kind": "card", "max": "950",
        "mac": mac("noN1-1-1|skuG10|count2|at20260105100000"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "of_submission", "of_question"),
    [
        (410, Outcome.FAILED, Outcome.UNKNOWN),
        (404, Outcome.UNKNOWN, Outcome.ABSENT),
        (409, Outcome.UNKNOWN, Outcome.UNKNOWN),
        (202, Outcome.ACCEPTED, Outcome.UNKNOWN),
        (500, Outcome.UNKNOWN, Outcome.UNKNOWN),
    ],
)
async def test_a_code_means_one_thing_of_a_submission_and_another_of_a_question(
    tmp_path: Path, code: int, of_submission: Outcome, of_question: Outcome
) -> None:
    supplier = Seen(tmp_path, {"code": code}).supplier
    assert (await supplier.submit(ASK)).outcome is of_submission
    assert (await supplier.query(ASK)).outcome is of_question


async def test_a_question_must_be_answered_about_our_own_number(tmp_path: Path) -> None:
    for order in ({"no": "OTHER", "state": "dead"}, {"state": "dead"}, None):
        supplier = Seen(tmp_path, {"code": 200, "order": order}).supplier
        assert (await supplier.query(ASK)).outcome is Outcome.UNKNOWN


async def test_prices_say_what_is_to_be_had(tmp_path: Path) -> None:
    for on in (True, False):
        supplier = Seen(tmp_path, {"code": 200, "goods": [{"sku": "G10", "price": 901, "on": on}]}).supplier
        (price,) = await supplier.prices() or ()
        assert (price.supplier_code, price.cost_fen, price.available) == ("G10", 901, on)


async def test_a_bill_is_read_row_by_row_or_not_at_all(tmp_path: Path) -> None:
    row = {"no": "N1-1-1", "id": "7", "fen": 1802, "state": "ok", "at": "20260105235959"}
    seen = Seen(tmp_path, {"code": 200, "rows": [row]})
    answer = await seen.supplier.bill(date(2026, 1, 5))
    at = datetime(2026, 1, 5, 15, 59, 59, tzinfo=UTC)
    assert answer.rows == (BillRow(BillKind.DELIVERY, "7", "N1-1-1", Fen(1802), Fen(0), "succeeded", at),)
    assert dict(seen.requests[0].url.params)["day"] == "2026-01-05"
    for wrong in ({"state": "?"}, {"fen": "much"}, {"at": "yesterday"}):
        supplier = Seen(tmp_path, {"code": 200, "rows": [row, row | wrong]}).supplier
        assert (await supplier.bill(date(2026, 1, 5))).rows is None


def called(tmp_path: Path, fields: dict[str, object], key: str = KEY) -> tuple[str, SupplierAnswer]:
    texts = {name: str(value) for name, value in fields.items() if value != ""}
    text = "&".join(f"{name}={texts[name]}" for name in sorted(texts)) + key
    body = {**fields, "mac": hashlib.sha256(text.encode()).hexdigest()}
    raw = RawNotice(json.dumps(body).encode(), {}, START)
    return Seen(tmp_path, {}).supplier.read_callback(raw)


def test_a_callback_may_be_json_with_a_signature_of_its_own(tmp_path: Path) -> None:
    number, said = called(tmp_path, {"no": "N1-1-1", "id": 7, "state": "dead", "note": ""})
    assert (number, said.outcome, said.supplier_ref) == ("N1-1-1", Outcome.FAILED, "7")
    with pytest.raises(NoticeRefused, match="forged"):
        called(tmp_path, {"no": "N1-1-1", "state": "dead"}, key="guessed")


def test_what_has_parts_of_its_own_cannot_be_smuggled_past_a_signature(tmp_path: Path) -> None:
    said = called(tmp_path, {"no": "N1-1-1", "state": "ok"})[1]
    assert said.outcome is Outcome.DONE
    body = {"no": "N1-1-1", "state": {"ok": "ok"}}
    text = f"no=N1-1-1{KEY}"
    raw = RawNotice(
        json.dumps({**body, "mac": hashlib.sha256(text.encode()).hexdigest()}).encode(), {}, START
    )
    number, nothing = Seen(tmp_path, {}).supplier.read_callback(raw)
    assert (number, nothing.outcome) == ("N1-1-1", Outcome.UNKNOWN)
