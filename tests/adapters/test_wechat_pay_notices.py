"""What is believed of whatever is posted to the notice address, and what is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.payments.wechat_pay import WeChatPayGateway
from orders.clock import VirtualClock
from orders.ports import NoticeRefused, PaymentNotice, RawNotice, RefundNotice, RefundStatus, Source
from tests.emulator.keys import fresh_key
from tests.emulator.knobs import Knobs, RefundPath
from tests.emulator.wechat_pay_door import Door, SignsBy
from tests.emulator.wechat_pay_keys import APP_ID, MERCHANT_ID, PUBLIC_KEY_ID, keyring, sealed
from tests.emulator.wechat_pay_stage import WeChatPayStage, account, gateway
from tests.orders.world import START

TRANSACTION: Mapping[str, Any] = {
    "mchid": MERCHANT_ID,
    "appid": APP_ID,
    "out_trade_no": "20260105000001-1",
    "transaction_id": "4200001234202601050000000001",
    "trade_type": "NATIVE",
    "trade_state": "SUCCESS",
    "success_time": "2026-01-05T10:00:00+08:00",
    "amount": {"total": 9980, "payer_total": 9000, "currency": "CNY", "payer_currency": "CNY"},
}
REFUND: Mapping[str, Any] = {
    "mchid": MERCHANT_ID,
    "out_trade_no": "20260105000001-1",
    "transaction_id": "4200001234202601050000000001",
    "out_refund_no": "20260105000001R1",
    "refund_id": "5030001234202601050000000001",
    "refund_status": "SUCCESS",
    "success_time": "2026-01-05T10:00:00+08:00",
    "amount": {"total": 9980, "refund": 4990, "payer_total": 9980, "payer_refund": 4990},
}


FACTS = sorted({*TRANSACTION, *REFUND, "total", "refund", "currency"})


class Post:
    """Notices made by hand, genuinely signed unless told otherwise."""

    def __init__(self, signs_by: SignsBy = SignsBy.PUBLIC_KEY) -> None:
        self.door = Door(keyring(), Knobs(), lambda: START)
        self.door.signs_by = signs_by
        self.calls: list[httpx.Request] = []
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._count))
        self.gateway: WeChatPayGateway = gateway(account(signs_by), client, VirtualClock(START))

    def _count(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        return httpx.Response(500)

    def notice(
        self,
        said: Mapping[str, Any] = TRANSACTION,
        event: str = "TRANSACTION.SUCCESS",
        at: datetime = START,
        **changes: object,
    ) -> RawNotice:
        """`changes` are of the outer body."""
        body = {
            "id": "EV-1",
            "create_time": "2026-01-05T10:00:00+08:00",
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": "支付成功",
            "resource": {"original_type": "transaction"} | sealed(json.dumps(said), "transaction"),
        } | changes
        return self.signed(json.dumps(body, ensure_ascii=False).encode(), at)

    def signed(self, body: bytes, at: datetime = START, **how: Any) -> RawNotice:
        headers = self.door.headers(body.decode(), at, **how)
        return RawNotice(body, {name.lower(): value for name, value in headers.items()}, START)

    def read(self, raw: RawNotice) -> PaymentNotice | RefundNotice | None:
        return self.gateway.read_notice(raw)

    def made_of(self, raw: RawNotice) -> Any:
        """What it says, or why it was refused."""
        try:
            return self.read(raw)
        except NoticeRefused as refused:
            return refused.reason

    def refused(self, raw: RawNotice) -> str:
        """The reason; fails where the notice was believed, or anybody was called for it."""
        with pytest.raises(NoticeRefused) as refusal:
            self.read(raw)
        assert self.calls == []
        return refusal.value.reason


def without(raw: RawNotice, header: str) -> RawNotice:
    return replace(raw, headers={name: value for name, value in raw.headers.items() if name != header})


def with_header(raw: RawNotice, **headers: str) -> RawNotice:
    named = {f"wechatpay-{name.replace('_', '-')}": value for name, value in headers.items()}
    return replace(raw, headers=dict(raw.headers) | named)


@pytest.fixture(params=[SignsBy.PUBLIC_KEY, SignsBy.CERTIFICATE])
def post(request: pytest.FixtureRequest) -> Post:
    return Post(request.param)


def test_a_notice_of_a_payment_tells_what_was_asked_for(post: Post) -> None:
    raw = post.notice()
    assert post.read(raw) == PaymentNotice(
        gateway="wechat_pay",
        merchant_id=MERCHANT_ID,
        app_id=APP_ID,
        out_trade_no="20260105000001-1",
        psp_ref="4200001234202601050000000001",
        amount_fen=9980,  # type: ignore[arg-type]
        currency="CNY",
        method="wechat",
        paid_at=START,
        source=Source.NOTICE,
        nonce=raw.headers["wechatpay-nonce"],
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("SUCCESS", RefundStatus.SUCCEEDED),
        ("ABNORMAL", RefundStatus.REFUSED),
        ("CLOSED", RefundStatus.REFUSED),
    ],
)
def test_a_notice_of_a_refund_tells_its_end(post: Post, state: str, status: RefundStatus) -> None:
    said = post.read(post.notice({**REFUND, "refund_status": state}, f"REFUND.{state}"))
    assert isinstance(said, RefundNotice)
    assert (said.refund_no, said.status, said.amount_fen) == ("20260105000001R1", status, 4990)
    assert (said.merchant_id, said.psp_ref) == (MERCHANT_ID, "5030001234202601050000000001")
    assert said.reason.startswith("" if state == "SUCCESS" else state)


def test_a_state_that_is_not_its_events_is_not_read(post: Post) -> None:
    assert (
        post.refused(post.notice({**REFUND, "refund_status": "ABNORMAL"}, "REFUND.SUCCESS")) == "unreadable"
    )


@pytest.mark.parametrize("state", ["REFUND", "NOTPAY", "CLOSED", "USERPAYING", "PAYERROR"])
def test_only_the_state_success_is_paid(post: Post, state: str) -> None:
    assert post.read(post.notice({**TRANSACTION, "trade_state": state})) is None


def test_a_genuine_notice_of_something_else_is_acknowledged(post: Post) -> None:
    assert post.read(post.notice(event="COUPON.USE")) is None


def test_wechats_own_repeat_is_another_notice_of_the_same_money(post: Post) -> None:
    first = post.notice()
    again = post.signed(first.body, START + timedelta(seconds=15))
    once, twice = post.read(first), post.read(again)
    assert isinstance(once, PaymentNotice)
    assert isinstance(twice, PaymentNotice)
    assert once.nonce != twice.nonce
    assert replace(once, nonce="") == replace(twice, nonce="")


# --- refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["serial", "timestamp", "nonce", "signature"])
def test_a_missing_or_empty_header_is_refused(post: Post, name: str) -> None:
    raw = post.notice()
    assert post.refused(without(raw, f"wechatpay-{name}")) == "unsigned"
    assert post.refused(with_header(raw, **{name: ""})) == "unsigned"


@pytest.mark.parametrize("name", ["wechatpay-signature-type", "content-type", "user-agent"])
def test_the_other_headers_may_be_missing(post: Post, name: str) -> None:
    assert isinstance(post.read(without(post.notice(), name)), PaymentNotice)


def test_another_kind_of_signature_is_refused(post: Post) -> None:
    assert (
        post.refused(with_header(post.notice(), signature_type="WECHATPAY2-SM2-WITH-SM3"))
        == "wrong_algorithm"
    )


def test_the_platforms_own_probe_is_refused(post: Post) -> None:
    raw = post.notice()
    probe = f"WECHATPAY/SIGNTEST/{raw.headers['wechatpay-signature']}"
    assert post.refused(with_header(raw, signature=probe)) == "probe"


@pytest.mark.parametrize("seconds", [301, -301, 86_400])
def test_an_old_or_early_time_stamp_is_refused_however_well_it_is_signed(post: Post, seconds: int) -> None:
    assert post.refused(post.notice(at=START - timedelta(seconds=seconds))) == "stale"


def test_a_time_stamp_of_2020_is_refused(post: Post) -> None:
    assert post.refused(post.notice(at=datetime(2020, 5, 20, tzinfo=UTC))) == "stale"


@pytest.mark.parametrize("seconds", [300, -300, 0])
def test_a_time_stamp_within_five_minutes_is_taken(post: Post, seconds: int) -> None:
    assert isinstance(post.read(post.notice(at=START - timedelta(seconds=seconds))), PaymentNotice)


@pytest.mark.parametrize("stamp", ["-1", "1e9", "١٢٣", "9" * 13, "1767578400 ", "nan", "0x6"])
def test_a_time_stamp_that_is_no_number_is_refused(post: Post, stamp: str) -> None:
    assert post.refused(with_header(post.notice(), timestamp=stamp)) == "unsigned"


@pytest.mark.parametrize(
    "serial", ["PUB_KEY_ID_0", "00", "3C5D7F9A1B2E4D6C8F0A3B5C7D9E1F2A4B6C8D0E", "../../etc", "ÿ"]
)
def test_an_unknown_serial_is_refused_and_nobody_is_asked_about_it(post: Post, serial: str) -> None:
    assert post.refused(with_header(post.notice(), serial=serial)) == "unknown_serial"


def test_a_changed_body_is_refused(post: Post) -> None:
    raw = post.notice()
    assert post.refused(replace(raw, body=raw.body.replace(b"EV-1", b"EV-2"))) == "forged"
    assert post.refused(replace(raw, body=raw.body + b" ")) == "forged"
    assert post.refused(replace(raw, body=b"")) == "forged"


def test_a_body_under_the_headers_of_another_is_refused(post: Post) -> None:
    first, second = post.notice(), post.notice({**TRANSACTION, "out_trade_no": "20260105000002-1"})
    assert post.refused(replace(first, headers=second.headers)) == "forged"


def test_a_body_under_fresh_headers_is_refused(post: Post) -> None:
    """A replay a day later needs a fresh time stamp, and that one was not signed."""
    raw = post.notice(at=START - timedelta(days=1))
    now = str(int(START.timestamp()))
    assert post.refused(with_header(raw, timestamp=now)) == "forged"
    assert post.refused(with_header(raw, timestamp=now, nonce="another")) == "forged"


def test_the_border_between_nonce_and_body_cannot_be_moved(post: Post) -> None:
    raw = post.notice()
    moved = replace(
        with_header(raw, nonce=f"{raw.headers['wechatpay-nonce']}\n{raw.body[:1].decode()}"),
        body=raw.body[1:],
    )
    assert post.refused(moved) == "unsigned"


def test_a_strangers_signature_is_refused(post: Post) -> None:
    raw = post.notice()
    assert post.refused(post.signed(raw.body, key=keyring().stranger)) == "forged"
    assert post.refused(post.signed(raw.body, key=fresh_key("somebody", 3072))) == "forged"


@pytest.mark.parametrize("signature", ["!!!", "AAAA", "=", "Zm9v\n", "ÿ" * 300, "A" * 5000])
def test_a_signature_that_is_none_is_refused(post: Post, signature: str) -> None:
    assert post.refused(with_header(post.notice(), signature=signature)) == "forged"


def test_a_key_of_the_platform_signs_only_under_its_own_name(post: Post) -> None:
    both = account(SignsBy.CERTIFICATE, public_key_id=PUBLIC_KEY_ID, public_key_pem=keyring().platform_pem)
    post.gateway = gateway(both, httpx.AsyncClient(), VirtualClock(START))
    assert isinstance(post.read(post.notice()), PaymentNotice)
    other = PUBLIC_KEY_ID if post.door.signs_by is SignsBy.CERTIFICATE else keyring().certificate_serial()
    assert post.refused(with_header(post.notice(), serial=other)) == "forged"


def test_a_serial_may_be_written_in_either_case() -> None:
    post = Post(SignsBy.CERTIFICATE)
    raw = post.notice()
    assert isinstance(
        post.read(with_header(raw, serial=raw.headers["wechatpay-serial"].lower())), PaymentNotice
    )


def test_a_body_that_is_too_large_is_refused_unread(post: Post) -> None:
    assert post.refused(post.signed(b"{" + b" " * 64 * 1024)) == "oversize"


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{", b'"paid"', b"[" * 9000, b"{}", b'{"event_type": 1}']
)
def test_a_signed_body_that_is_no_notice_is_refused(post: Post, body: bytes) -> None:
    assert post.refused(post.signed(body)) == "unreadable"


def test_a_resource_that_is_sealed_otherwise_is_refused(post: Post) -> None:
    good = sealed(json.dumps(TRANSACTION), "transaction")
    assert post.refused(post.notice(resource={**good, "algorithm": "AEAD_SM4_GCM"})) == "wrong_algorithm"
    for wrong in (
        {"associated_data": "refund"}, {"nonce": "0" * 12}, {"nonce": "short"}, {"ciphertext": ""}, {"ciphertext": "AAAA"},
        {"ciphertext": "!"},
    ):  # fmt: skip
        assert post.refused(post.notice(resource={**good, **wrong})) == "unsealable"
    for gone in ("algorithm", "nonce", "ciphertext"):
        resource = {name: value for name, value in good.items() if name != gone}
        assert post.refused(post.notice(resource=resource)) == "unreadable"
    assert post.refused(post.notice(resource="a text")) == "unreadable"


def test_a_resource_without_associated_data_is_read(post: Post) -> None:
    bare = sealed(json.dumps(TRANSACTION), "")
    del bare["associated_data"]
    assert isinstance(post.read(post.notice(resource=bare)), PaymentNotice)


@pytest.mark.parametrize("total", [True, 0, -1, 99.80, "9980", None, 10**13, [9980]])
def test_an_amount_is_a_whole_positive_number_of_fen(post: Post, total: object) -> None:
    said = {**TRANSACTION, "amount": {"total": total, "currency": "CNY"}}
    assert post.refused(post.notice(said)) == "unreadable"


@pytest.mark.parametrize(
    "name", ["mchid", "appid", "out_trade_no", "transaction_id", "trade_state", "success_time", "amount"]
)
@pytest.mark.parametrize("value", [None, "", 7, {}])
def test_every_fact_must_be_there_and_of_its_type(post: Post, name: str, value: object) -> None:
    assert post.refused(post.notice({**TRANSACTION, name: value})) == "unreadable"


@pytest.mark.parametrize(
    "when", ["2026-01-05 10:00", "yesterday", "2026-01-05T10:00:00", "0001-01-01T00:00:00+08:00"]
)
def test_a_time_has_a_zone(post: Post, when: str) -> None:
    assert post.refused(post.notice({**TRANSACTION, "success_time": when})) == "unreadable"


async def test_after_a_switch_of_certificates_notices_are_believed_once_we_have_fetched_them() -> None:
    stage = WeChatPayStage(SignsBy.CERTIFICATE)
    await stage.open()
    stage.door.signs_by = SignsBy.NEXT_CERTIFICATE
    await stage.rail.pay("20260105000001-1")
    asked = len(stage.door.calls)
    with pytest.raises(NoticeRefused, match="unknown_serial"):
        stage.gateway.read_notice(stage.heard[0])
    assert len(stage.door.calls) == asked
    assert await stage.gateway.refresh_certificates() == ""
    assert isinstance(stage.gateway.read_notice(stage.heard[0]), PaymentNotice)


async def test_the_emulators_refund_notices_are_read(post: Post) -> None:
    stage = WeChatPayStage(post.door.signs_by)
    await stage.paid()
    stage.knobs.refund_path = RefundPath.PROCESSING_THEN_ABNORMAL
    await stage.gateway.refund(stage.refund_ask(100))
    await stage.let_pass(minutes=6)
    said = stage.gateway.read_notice(stage.heard[-1])
    assert isinstance(said, RefundNotice)
    assert (said.status, said.amount_fen) == (RefundStatus.REFUSED, 100)


# --- whatever comes -----------------------------------------------------------------------------


@cache
def post_by(mode: SignsBy) -> Post:
    return Post(mode)


HEADERS = (
    "wechatpay-serial",
    "wechatpay-timestamp",
    "wechatpay-nonce",
    "wechatpay-signature",
    "wechatpay-signature-type",
)


@settings(max_examples=300)
@given(
    st.sampled_from([SignsBy.PUBLIC_KEY, SignsBy.CERTIFICATE]),
    st.dictionaries(st.sampled_from(HEADERS), st.text(max_size=400) | st.none(), max_size=3),
    st.binary(max_size=200) | st.tuples(st.integers(0, 2000), st.integers(1, 255)),
)
def test_nothing_that_was_changed_is_believed_and_nothing_crashes(
    mode: SignsBy, headers: dict[str, str | None], body: bytes | tuple[int, int]
) -> None:
    """Some headers replaced or left out, and the body another or with one bit run wrong."""
    post = post_by(mode)
    raw = post.notice()
    if isinstance(body, tuple):
        at, flip = body[0] % len(raw.body), body[1]
        body = raw.body[:at] + bytes([raw.body[at] ^ flip]) + raw.body[at + 1 :]
    kept = {name: value for name, value in {**raw.headers, **headers}.items() if value is not None}
    with pytest.raises(NoticeRefused):
        post.read(replace(raw, body=body, headers=kept))
    assert post.calls == []
    assert isinstance(post.read(raw), PaymentNotice)


@settings(max_examples=300)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FACTS), inner, max_size=6)
        ),
        max_leaves=12,
    ),
    st.sampled_from(["TRANSACTION.SUCCESS", "REFUND.SUCCESS", "REFUND.CLOSED"]),
)
def test_whatever_wechat_itself_might_say_is_read_or_refused(said: Any, event: str) -> None:
    post = post_by(SignsBy.PUBLIC_KEY)
    whole = {**TRANSACTION, **REFUND, **said} if isinstance(said, dict) else said
    told = post.made_of(post.notice(whole, event))
    assert told in (None, "unreadable") or type(told.amount_fen) is int
