"""UnionPay's signatures and our account there: what is believed, and what is refused without a call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.payments.unionpay import ANSWER_BYTES_MAX, UnionPayGateway
from adapters.payments.unionpay_account import SigningKey, UnionPayAccount
from adapters.payments.unionpay_bill import (
    Unreadable,
    bill_rows,
    moment_near,
    order_id_of,
    our_no_of,
)
from adapters.payments.unionpay_signing import (
    Chain,
    NotGenuine,
    check,
    owner_of,
    read_notice,
    read_reply,
    signed,
)
from orders.clock import VirtualClock
from orders.money import Fen
from orders.payment import HeldReason, held_reason
from orders.ports import (
    NoticeRefused,
    PaymentAnswer,
    PaymentAsk,
    PaymentNotice,
    PaymentStatus,
    RawNotice,
    RefundNotice,
    RefundStatus,
)
from tests.emulator.unionpay import MERCHANT_ID, packed
from tests.emulator.unionpay_ca import (
    PFX_PASSWORD,
    UNIONPAY,
    Identity,
    authority,
    foreign_authority,
    is_signed_by,
    issue,
    signature_of,
)
from tests.emulator.unionpay_stage import BACK, BACK_URL, account

NOW = datetime(2026, 1, 5, 2, 10, tzinfo=UTC)
"""10:10 in Beijing."""

PAID = {
    "version": "5.1.0",
    "encoding": "UTF-8",
    "signMethod": "01",
    "txnType": "01",
    "txnSubType": "01",
    "bizType": "000201",
    "accessType": "0",
    "currencyCode": "156",
    "merId": MERCHANT_ID,
    "orderId": "20260105123456Z1",
    "queryId": "862026010500000001",
    "respCode": "00",
    "respMsg": "成功[0000000]",
    "txnAmt": "9980",
    "txnTime": "20260105100000",
    "traceTime": "0105100509",
}


def chain() -> Chain:
    return account().chain


def by_unionpay(fields: Mapping[str, str], by: Identity | None = None) -> dict[str, str]:
    """Signed by the independent rule of the tests."""
    by = by or authority().unionpay
    whole = {**fields, "signPubKeyCert": by.pem}
    return whole | {"signature": signature_of(whole, by.key)}


def posted(fields: Mapping[str, str], at: datetime = NOW) -> RawNotice:
    return RawNotice(urlencode(fields).encode(), {}, at)


def no_calls(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"called {request.url}")


@pytest.fixture
def gateway() -> UnionPayGateway:
    client = httpx.AsyncClient(transport=httpx.MockTransport(no_calls))
    return UnionPayGateway(account(), client, VirtualClock(NOW), BACK, BACK_URL)


# Signatures, both ways


def test_what_we_sign_the_other_rule_believes() -> None:
    us = authority().merchant
    message = signed({"orderId": "20260105123456Z1", "reqReserved": "", "b": "中文"}, us.key, us.cert_id)
    assert is_signed_by(message, us.certificate)
    assert message["certId"] == str(us.certificate.serial_number)
    assert "reqReserved" not in message
    assert not is_signed_by(message | {"b": "中"}, us.certificate)


def test_what_the_other_rule_signs_we_believe() -> None:
    check(by_unionpay(PAID), chain(), NOW)


@pytest.mark.parametrize("name", [*PAID, "added"])
def test_every_field_is_signed(name: str) -> None:
    changed = by_unionpay(PAID)
    changed[name] = changed.get(name, "") + "0"
    with pytest.raises(NotGenuine):
        check(changed, chain(), NOW)


def test_a_field_that_is_gone_is_missed() -> None:
    changed = by_unionpay(PAID)
    del changed["respMsg"]
    with pytest.raises(NotGenuine, match="forged"):
        check(changed, chain(), NOW)


REFUSED: list[tuple[str, Callable[[], dict[str, str]]]] = [
    ("unsigned", lambda: PAID),
    ("unsigned", lambda: by_unionpay(PAID) | {"signature": ""}),
    ("unsigned", lambda: by_unionpay(PAID) | {"signPubKeyCert": ""}),
    ("signed_otherwise", lambda: by_unionpay(PAID | {"version": "5.0.0"})),
    ("signed_otherwise", lambda: by_unionpay(PAID | {"signMethod": "11"})),
    ("certificate_unreadable", lambda: by_unionpay(PAID) | {"signPubKeyCert": "MIIB"}),
    ("certificate_foreign", lambda: by_unionpay(PAID, foreign_authority().unionpay)),
    ("certificate_foreign", lambda: by_unionpay(PAID, authority().middle)),
    ("certificate_foreign", lambda: by_unionpay(PAID, issue(f"041@Z2024@{UNIONPAY}@00000001"))),
    ("certificate_out_of_date", lambda: by_unionpay(PAID, authority().unionpay_long_ago)),
    ("certificate_of_another", lambda: by_unionpay(PAID, authority().unionpay_named("00040000:SIGN"))),
    ("certificate_of_another", lambda: by_unionpay(PAID, authority().merchant)),
    ("forged", lambda: by_unionpay(PAID) | {"signature": "AAAA"}),
    ("forged", lambda: by_unionpay(PAID) | {"signature": "not base64 at all"}),
    ("forged", lambda: by_unionpay(PAID) | {"signature": by_unionpay(PAID | {"txnAmt": "1"})["signature"]}),
]


@pytest.mark.parametrize(("reason", "message"), REFUSED)
async def test_what_unionpay_did_not_sign_is_refused_without_a_call(
    gateway: UnionPayGateway, reason: str, message: Callable[[], dict[str, str]]
) -> None:
    with pytest.raises(NoticeRefused) as refusal:
        gateway.read_notice(posted(message()))
    assert refusal.value.reason == reason


def test_a_stranger_with_the_right_names_does_not_come_from_the_chain() -> None:
    """Same issuer name and same subject, another issuer's key."""
    stranger = foreign_authority().unionpay
    assert stranger.certificate.issuer == chain().middle.subject
    assert owner_of(stranger.certificate) == UNIONPAY
    with pytest.raises(NotGenuine, match="certificate_foreign"):
        check(by_unionpay(PAID, stranger), chain(), NOW)


def test_a_middle_certificate_that_has_ended_ends_what_it_issued() -> None:
    root = authority().root
    middle = issue("Short Middle", root, NOW - timedelta(days=9), NOW - timedelta(days=1))
    leaf = issue(f"041@Z2024@{UNIONPAY}@00000001", middle)
    short = Chain(root.certificate, middle.certificate)
    check(by_unionpay(PAID, leaf), short, NOW - timedelta(days=2))
    with pytest.raises(NotGenuine, match="certificate_out_of_date"):
        check(by_unionpay(PAID, leaf), short, NOW)


# Notices


def test_a_notice_of_a_payment(gateway: UnionPayGateway) -> None:
    raw = posted(by_unionpay(PAID))
    notice = gateway.read_notice(raw)
    assert isinstance(notice, PaymentNotice)
    assert notice == PaymentNotice(
        gateway="unionpay",
        merchant_id=MERCHANT_ID,
        app_id="",
        out_trade_no="20260105123456-1",
        psp_ref="862026010500000001",
        amount_fen=9980,  # type: ignore[arg-type]
        currency="CNY",
        method="unionpay",
        paid_at=datetime(2026, 1, 5, 2, 5, 9, tzinfo=UTC),
        nonce=notice.nonce,
    )
    assert len(notice.nonce) == 64
    assert gateway.read_notice(raw) == notice


def test_a_success_with_a_defect_is_a_success(gateway: UnionPayGateway) -> None:
    assert isinstance(gateway.read_notice(posted(by_unionpay(PAID | {"respCode": "A6"}))), PaymentNotice)


@pytest.mark.parametrize(
    "change", [{"respCode": "05"}, {"respCode": "61"}, {"respCode": ""}, {"txnType": "31"}]
)
def test_a_genuine_notice_that_is_about_no_money_of_ours_is_let_pass(
    gateway: UnionPayGateway, change: dict[str, str]
) -> None:
    assert gateway.read_notice(posted(by_unionpay(PAID | change))) is None


def test_a_notice_of_a_refund(gateway: UnionPayGateway) -> None:
    facts = PAID | {"txnType": "04", "txnSubType": "00", "orderId": "20260105123456R1", "txnAmt": "4000"}
    notice = gateway.read_notice(posted(by_unionpay(facts)))
    assert isinstance(notice, RefundNotice)
    assert (notice.refund_no, notice.status) == ("20260105123456R1", RefundStatus.SUCCEEDED)
    assert (notice.amount_fen, notice.merchant_id) == (4000, MERCHANT_ID)


@pytest.mark.parametrize(
    "change",
    [
        {"txnAmt": "99.80"},
        {"txnAmt": "-1"},
        {"txnAmt": ""},
        {"txnAmt": "٩٩"},
        {"txnAmt": "9" * 13},
        {"queryId": ""},
        {"orderId": ""},
        {"txnTime": "yesterday"},
        {"txnTime": "20260230100000"},
        {"traceTime": "13"},
    ],
)
def test_a_signed_notice_that_makes_no_sense_is_refused(
    gateway: UnionPayGateway, change: dict[str, str]
) -> None:
    with pytest.raises(NoticeRefused, match="unreadable"):
        gateway.read_notice(posted(by_unionpay(PAID | change)))


@pytest.mark.parametrize(
    "txn_time", ["20200105100000", "20260104095959", "20260105102100"], ids=["2020", "a day ago", "ahead"]
)
def test_a_notice_of_another_time_is_stale(gateway: UnionPayGateway, txn_time: str) -> None:
    with pytest.raises(NoticeRefused, match="stale"):
        gateway.read_notice(posted(by_unionpay(PAID | {"txnTime": txn_time})))


def test_a_notice_of_a_refund_may_take_as_long_as_a_bank_does(gateway: UnionPayGateway) -> None:
    facts = PAID | {"txnType": "04", "txnTime": "20251220100000"}
    assert isinstance(gateway.read_notice(posted(by_unionpay(facts))), RefundNotice)
    with pytest.raises(NoticeRefused, match="stale"):
        gateway.read_notice(posted(by_unionpay(facts | {"txnTime": "20251201100000"})))


def test_another_orders_number_in_a_genuine_body_is_a_forgery(gateway: UnionPayGateway) -> None:
    genuine = posted(by_unionpay(PAID)).body
    for theirs, forged in ((b"20260105123456Z1", b"20260105654321Z1"), (b"txnAmt=9980", b"txnAmt=1")):
        assert theirs in genuine
        with pytest.raises(NoticeRefused, match="forged"):
            gateway.read_notice(RawNotice(genuine.replace(theirs, forged), {}, NOW))


def test_money_for_another_merchant_or_in_other_money_is_held(gateway: UnionPayGateway) -> None:
    other = gateway.read_notice(posted(by_unionpay(PAID | {"merId": "898110000000002"})))
    dollars = gateway.read_notice(posted(by_unionpay(PAID | {"currencyCode": "840"})))
    assert isinstance(other, PaymentNotice)
    assert held_reason(other, None, gateway.merchant) is HeldReason.WRONG_MERCHANT
    assert isinstance(dollars, PaymentNotice)
    assert dollars.currency == "840"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"txnType",
        b"\xff\xfe",
        "merId=商户".encode(),
        b"a=%ff",
        b"txnAmt=1&txnAmt=9980",
        b"&".join(b"f%d=1" % number for number in range(101)),
        b"a=" + b"x" * 70_000,
    ],
)
def test_a_body_that_is_no_form_is_refused(gateway: UnionPayGateway, body: bytes) -> None:
    with pytest.raises(NoticeRefused):
        gateway.read_notice(RawNotice(body, {}, NOW))


def test_a_repeated_field_is_refused_whichever_of_them_was_signed(gateway: UnionPayGateway) -> None:
    body = posted(by_unionpay(PAID)).body
    for twice in (body + b"&txnAmt=1", b"txnAmt=1&" + body):
        with pytest.raises(NoticeRefused, match="unreadable"):
            gateway.read_notice(RawNotice(twice, {}, NOW))


def test_a_form_is_read_with_its_signs_and_its_line_ends() -> None:
    assert read_notice(b"a=%2B%3D&b=x+y&c=1%0D%0A2&d=") == {"a": "+=", "b": "x y", "c": "1\r\n2", "d": ""}


def test_an_answer_is_read_as_it_stands() -> None:
    text = "a=1+2==&b={x=1&y=2}&c=[p&q]=&signPubKeyCert=---\r\nMII=\r\n---&d=%20"
    assert read_reply(text) == {
        "a": "1+2==", "b": "{x=1&y=2}", "c": "[p&q]=", "signPubKeyCert": "---\r\nMII=\r\n---", "d": "%20",
    }  # fmt: skip
    for unreadable in ("", "a", "a=1&", "=1", "a=1&a=2"):
        with pytest.raises(NotGenuine, match="unreadable"):
            read_reply(unreadable)


def test_an_open_brace_swallows_the_rest_of_an_answer_and_with_it_the_signature() -> None:
    assert read_reply("a={x&signature=s") == {"a": "{x&signature=s"}


async def test_an_answer_without_end_is_no_answer() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * (1 << 20)

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=endless()))
    gateway = UnionPayGateway(
        account(), httpx.AsyncClient(transport=transport), VirtualClock(NOW), BACK, BACK_URL
    )
    ask = PaymentAsk("20260105123456-1", Fen(9980), "CNY", NOW, NOW + timedelta(minutes=15))
    assert await gateway.query(ask) == PaymentAnswer(PaymentStatus.UNKNOWN)
    assert read << 20 <= ANSWER_BYTES_MAX + (1 << 20)


# Numbers


@pytest.mark.parametrize("number", ["20260105123456-1", "20260105123456-12", "20260105123456R3", "12345678"])
def test_our_numbers_come_back_as_they_went(number: str) -> None:
    order_id = order_id_of(number)
    assert order_id.isalnum()
    assert our_no_of(order_id) == number


@pytest.mark.parametrize(
    "number", ["1234567", "2026Z0105123456", "20260105_123456", "1" * 33, "订单20260105"]
)
def test_a_number_that_unionpay_could_not_know_is_refused_loudly(number: str) -> None:
    with pytest.raises(ValueError, match="UnionPay cannot know"):
        order_id_of(number)


def test_two_numbers_of_ours_are_never_one_of_unionpays() -> None:
    ours = [f"2026010512345{last}{tail}" for last in "67" for tail in ("-1", "-2", "R1", "-11", "-1R1")]
    assert len({order_id_of(number) for number in ours}) == len(ours)


def test_a_time_without_a_year_is_in_the_nearest() -> None:
    new_year = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert moment_near("1231235959", new_year) == new_year - timedelta(seconds=1)
    assert moment_near("0101000000", new_year) == new_year
    assert moment_near("0229120000", datetime(2025, 3, 1, tzinfo=UTC)).year == 2024
    for wrong in ("0230120000", "", "010112", "0101250000"):
        with pytest.raises(ValueError, match="time"):
            moment_near(wrong, new_year)


# Settlement files


@pytest.mark.parametrize("content", ["", "AAAA", "not base64!", "eJwDAAAAAAE="])
def test_a_file_that_cannot_be_opened_is_no_bill(content: str) -> None:
    with pytest.raises(Unreadable):
        bill_rows(content, NOW.date())


def test_a_day_without_movements_is_an_empty_bill() -> None:
    assert bill_rows(packed([]), NOW.date()) == ()


# The account


def test_the_account_opens_with_the_file_from_cfca() -> None:
    us = authority().merchant
    key = SigningKey.from_pkcs12(us.pfx, PFX_PASSWORD)
    assert key.cert_id == us.cert_id == str(int(key.cert_id))
    message = signed(PAID, key.private, key.cert_id)
    assert is_signed_by(message, us.certificate)


def test_no_secret_is_shown(gateway: UnionPayGateway) -> None:
    shown = repr(account()) + str(account().key) + repr(gateway)
    assert "PRIVATE" not in shown
    assert "BEGIN" not in shown
    assert "rsa" not in shown.lower()


@pytest.mark.parametrize("number", ["", "0" * 15, "89811000000000", "898110000000001 ", "8981100000000０1"])
def test_an_empty_or_made_up_merchant_number_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="of the contract"):
        replace(account(), merchant_id=number)


@pytest.mark.parametrize(
    "pem", [b"", b"TODO", b"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"]
)
@pytest.mark.parametrize("which", ["root", "middle"])
def test_a_certificate_that_cannot_be_read_is_refused(which: str, pem: bytes) -> None:
    with pytest.raises(ValueError, match=f"acp_prod_{which}.cer"):
        replace(account(), **{f"{which}_pem": pem})


def test_certificates_that_do_not_belong_together_are_refused() -> None:
    root, middle = authority().root.pem_bytes, authority().middle.pem_bytes
    foreign = foreign_authority().root.pem_bytes
    for wrong in ((middle, root), (foreign, middle)):
        with pytest.raises(ValueError, match="was not issued by"):
            replace(account(), root_pem=wrong[0], middle_pem=wrong[1])


@pytest.mark.parametrize("url", ["", "gateway.95516.com", "ftp://gateway.95516.com"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="leave it away"):
        replace(account(), gateway_url=url)


def test_an_empty_owner_is_refused() -> None:
    with pytest.raises(ValueError, match="leave it away"):
        replace(account(), owner="")


def test_keys_that_cannot_be_used_are_refused_with_the_remedy() -> None:
    us = authority().merchant
    weak = Identity(us.certificate, rsa.generate_private_key(65537, 1024))
    for content, password in ((b"", ""), (b"TODO", "x"), (us.pfx, ""), (us.pfx, "wrong")):
        with pytest.raises(ValueError, match="password"):
            SigningKey.from_pkcs12(content, password)
    for pem in (b"", b"TODO", us.pem_bytes):
        with pytest.raises(ValueError, match="cannot be read"):
            SigningKey.from_pem(pem, us.cert_id)
    for cert_id in ("", "0", "0x1f", "1f", "-1"):
        with pytest.raises(ValueError, match="serial number"):
            SigningKey.from_pem(us.key_pem, cert_id)
    with pytest.raises(ValueError, match="2048 bits"):
        SigningKey.from_pem(weak.key_pem, us.cert_id)


def test_the_account_is_only_what_it_was_checked_to_be() -> None:
    assert isinstance(account(), UnionPayAccount)
    with pytest.raises(AttributeError):
        account().merchant_id = "x"  # type: ignore[misc]
