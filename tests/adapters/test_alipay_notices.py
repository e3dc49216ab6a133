"""What is posted to the notice address: believed only whole, new, and signed by Alipay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.payments.alipay import AlipayGateway
from orders.clock import VirtualClock
from orders.money import Fen
from orders.ports import Merchant, NoticeRefused, PaymentNotice, RawNotice
from tests.emulator.alipay import APP_ID, SELLER_ID, AlipayRail, Signer
from tests.emulator.app import Emulator
from tests.emulator.books import Payment, PaymentState, Refund, RefundState
from tests.emulator.courier import Saying
from tests.emulator.virtual import sleeping
from tests.orders.world import START

PAID = Payment(
    out_trade_no="20260105000001_1", amount_fen=9980, subject="话费100元", notify_url="", return_url="",
    opened_at=START, expires_at=None, state=PaymentState.PAID, transaction_no="2026010522001400000000000001",
    paid_fen=9980, paid_at=START, seen_by_payer=True,
)  # fmt: skip


class Post:
    """Alipay, the notice address, and a telephone line that must stay silent."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.calls = 0
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._count))
        self.emulator = Emulator([AlipayRail], self.clock, client, sleeping(self.clock))
        rail = self.emulator.rails["alipay"]
        assert isinstance(rail, AlipayRail)
        self.rail = rail
        self.gateway = AlipayGateway(
            self.rail.account(), client, self.clock, "https://s.test/n", "https://s.test/b"
        )

    def told(self, payment: Payment = PAID, **saying: object) -> dict[str, str]:
        notice = self.rail.notice_of(payment, replace(Saying(START), **saying))  # type: ignore[arg-type]
        return dict(parse_qsl(notice.body.decode(), keep_blank_values=True))

    def signed(self, **told: str) -> dict[str, str]:
        """A genuine notice with these parameters instead; without those that are empty."""
        changed = {name: value for name, value in (self.told() | told).items() if value}
        return changed | {"sign": Signer().sign_form(changed)}

    def read(self, told: Mapping[str, str] | bytes, at: datetime = START) -> PaymentNotice | None:
        body = told if isinstance(told, bytes) else urlencode(told).encode()
        read = self.gateway.read_notice(RawNotice(body, {}, at))
        assert read is None or isinstance(read, PaymentNotice)
        return read

    def refusal(self, told: Mapping[str, str] | bytes, at: datetime = START) -> str:
        with pytest.raises(NoticeRefused) as refused:
            self.read(told, at)
        assert self.calls == 0
        return refused.value.reason

    def _count(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        return httpx.Response(200)


@pytest.fixture
def post() -> Post:
    return Post()


def test_a_genuine_notice_says_who_was_paid_what_for_what_and_when(post: Post) -> None:
    read = post.read(post.told())
    assert read == PaymentNotice(
        gateway="alipay",
        merchant_id=SELLER_ID,
        app_id=APP_ID,
        out_trade_no="20260105000001-1",
        psp_ref="2026010522001400000000000001",
        amount_fen=Fen(9980),
        currency="CNY",
        method="alipay",
        paid_at=START,
        nonce=read.nonce if read else "",
    )
    assert read.paid_at == datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
    assert post.gateway.merchant == Merchant(SELLER_ID, APP_ID)
    assert post.gateway.acknowledgement == "success"


def test_money_counts_although_the_time_of_payment_is_missing(post: Post) -> None:
    read = post.read(post.signed(gmt_payment="", notify_time="2026-01-05 10:01:00"))
    assert read is not None
    assert read.paid_at == START + timedelta(minutes=1)
    assert post.refusal(post.signed(gmt_payment="soon")) == "unreadable"


def test_a_finished_trade_is_the_same_money_once_more(post: Post) -> None:
    first, again = post.read(post.told()), post.read(post.signed(trade_status="TRADE_FINISHED"))
    assert first is not None
    assert again is not None
    assert replace(again, nonce=first.nonce) == first


@pytest.mark.parametrize("status", ["WAIT_BUYER_PAY", "TRADE_CLOSED"])
def test_news_of_no_money_are_heard_and_nothing_is_done(post: Post, status: str) -> None:
    assert post.read(post.signed(trade_status=status)) is None


@pytest.mark.parametrize("amount_fen", [100, 9980])
def test_a_refund_in_part_or_whole_is_heard_and_is_no_payment(post: Post, amount_fen: int) -> None:
    post.rail.books.payments[PAID.out_trade_no] = PAID
    refund = Refund(
        "R1", PAID.out_trade_no, amount_fen, "t", RefundState.SUCCEEDED, START, START, RefundState.SUCCEEDED
    )
    post.rail.books.refunds["R1"] = refund
    notice = post.rail.refund_notice_of(refund, Saying(START))
    assert notice is not None
    assert post.read(notice.body) is None


def test_a_repeat_under_a_new_time_has_a_nonce_of_its_own(post: Post) -> None:
    first = post.read(post.told())
    later = post.read(post.told(at=START + timedelta(minutes=4)))
    assert first is not None
    assert later is not None
    assert first.nonce != later.nonce
    assert post.told()["notify_id"] == post.told(at=START + timedelta(minutes=4))["notify_id"]


def test_a_time_of_2020_is_stale(post: Post) -> None:
    assert post.refusal(post.signed(notify_time="2020-01-05 10:00:00")) == "stale"


def test_the_last_repeat_is_believed_and_an_hour_and_a_half_after_it_nothing_is(post: Post) -> None:
    told = post.told()
    assert post.read(told, START + timedelta(hours=26)) is not None
    assert post.refusal(told, START + timedelta(hours=26, seconds=1)) == "stale"


def test_a_time_to_come_is_believed_for_as_long_as_clocks_may_differ(post: Post) -> None:
    told = post.told(at=START + timedelta(minutes=10))
    assert post.read(told) is not None
    assert post.refusal(told, START - timedelta(seconds=1)) == "stale"


@pytest.mark.parametrize("missing", ["sign", "sign_type"])
def test_without_a_signature_it_is_unsigned(post: Post, missing: str) -> None:
    told = post.told()
    del told[missing]
    assert post.refusal(told) == "unsigned"


def test_the_old_way_of_signing_is_not_taken(post: Post) -> None:
    assert post.refusal(post.told() | {"sign_type": "RSA"}) == "unsigned"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("total_amount", "0.01"),
        ("out_trade_no", "20260105000002_1"),
        ("app_id", "2021004187654321"),
        ("seller_id", "2088000000000000"),
        ("notify_time", "2026-01-05 10:00:01"),
        ("trade_status", "TRADE_FINISHED"),
        ("new", "parameter"),
    ],
)
def test_whatever_was_tampered_with_is_forged(post: Post, name: str, value: str) -> None:
    assert post.refusal(post.told() | {name: value}) == "forged"


def test_what_a_stranger_signed_is_forged(post: Post) -> None:
    assert post.refusal(post.told(forged=True)) == "forged"


@pytest.mark.parametrize("sign", ["x", "====", "Zm9v", "\u00e9", "A" * 344])
def test_a_signature_that_is_none_is_forged(post: Post, sign: str) -> None:
    assert post.refusal(post.told() | {"sign": sign}) == "forged"


def test_another_merchants_money_is_told_as_such_and_left_to_the_shop(post: Post) -> None:
    read = post.read(post.signed(app_id="2021004187654321", seller_id="2088000000000000"))
    assert read is not None
    assert (read.app_id, read.merchant_id) == ("2021004187654321", "2088000000000000")


@pytest.mark.parametrize(
    "missing", ["app_id", "seller_id", "out_trade_no", "trade_no", "total_amount", "trade_status"]
)
def test_what_does_not_say_all_that_matters_is_unreadable(post: Post, missing: str) -> None:
    assert post.refusal(post.signed(**{missing: ""})) == "unreadable"


@pytest.mark.parametrize(
    "amount", ["99.8", "99", "99.800", "-99.80", "1e2", "99,80", " 99.80", "٩٩.٨٠", "NaN", "0x1.00"]
)
def test_an_amount_without_exactly_two_decimals_is_unreadable(post: Post, amount: str) -> None:
    assert post.refusal(post.signed(total_amount=amount)) == "unreadable"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        json.dumps({"out_trade_no": "1", "sign": "x"}).encode(),
        b"<xml><sign>x</sign></xml>",
        b"\xff\xfe=1",
        b"a=%ff%fe",
        b"a=1&" * 200 + b"b=2",
        b"a=" + b"1" * 40_000,
        b"--boundary\r\ncontent-disposition: form-data; name=sign\r\n\r\nx\r\n--boundary--",
    ],
)
def test_a_body_that_is_no_form_is_refused(post: Post, body: bytes) -> None:
    assert post.refusal(body) in ("unreadable", "unsigned")


def test_a_parameter_that_stands_there_twice_is_refused(post: Post) -> None:
    body = urlencode(post.told()).encode()
    assert post.refusal(body + b"&total_amount=0.01") == "unreadable"
    assert post.refusal(b"total_amount=0.01&" + body) == "unreadable"
    assert post.refusal(body + b"&total_amount=99.80") == "unreadable"


def test_empty_parameters_may_be_signed_or_not_and_mean_nothing(post: Post) -> None:
    told = post.told() | {"body": ""}
    assert post.read(told) is not None
    del told["sign"]
    spelled = "&".join(f"{name}={value}" for name, value in sorted(told.items()) if name != "sign_type")
    assert post.read(told | {"sign": Signer().sign(spelled)}) is not None
    # Added by somebody who cannot sign, it makes no refund of a payment.
    assert post.read(post.told() | {"refund_fee": ""}) is not None


@given(place=st.integers(0, 2000), byte=st.integers(0, 255))
def test_whatever_byte_is_changed_nothing_else_is_believed(place: int, byte: int) -> None:
    """Refused, or the same words spelled in another way, such as %2D for a hyphen."""
    post = Post()
    body = urlencode(post.told()).encode()
    place %= len(body)
    changed = body[:place] + bytes([byte]) + body[place + 1 :]
    genuine = post.read(body)
    assert genuine is not None
    try:
        read = post.read(changed)
    except NoticeRefused as refused:
        reason = refused.reason
    else:
        assert read is not None
        reason = "" if replace(read, nonce=genuine.nonce) == genuine else "believed"
        assert parse_qsl(changed.decode()) == parse_qsl(body.decode())
    assert reason in ("", "forged", "unsigned", "unreadable")
    assert post.calls == 0


def test_the_headers_are_not_signed_and_so_they_decide_nothing(post: Post) -> None:
    body = urlencode(post.told()).encode()
    plain = post.gateway.read_notice(RawNotice(body, {}, START))
    dressed = post.gateway.read_notice(
        RawNotice(body, {"content-type": "text/plain", "x-real-ip": "1.2.3.4"}, START)
    )
    assert plain == dressed
