"""A wrong account is found when the shop starts, with the remedy, and without showing a secret."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_curve_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from adapters.payments.alipay_account import GATEWAY_URL, AlipayAccount
from tests.emulator.keys import bare, fresh_key, private_pem, public_pem

OURS, ALIPAYS = fresh_key("alipay application"), fresh_key("alipay")
SHORT = fresh_key("short", bits=1024)

ACCOUNT = AlipayAccount("2021004112345678", "2088412345678901", private_pem(OURS), public_pem(ALIPAYS))


def curve_pem() -> str:
    key = generate_curve_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def curve_public_pem() -> str:
    key = generate_curve_key(SECP256R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def locked_pem() -> str:
    return OURS.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")).decode()


def old_pem() -> str:
    """PKCS#1, as older tools write it."""
    return OURS.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@pytest.mark.parametrize("private", [private_pem(OURS), bare(private_pem(OURS)), old_pem(), bare(old_pem())])
@pytest.mark.parametrize("public", [public_pem(ALIPAYS), bare(public_pem(ALIPAYS))])
def test_keys_may_be_pem_or_the_bare_base64(private: str, public: str) -> None:
    account = replace(ACCOUNT, private_key_pem=f"\n{private} \n", alipay_public_key_pem=f" {public}\n")
    assert account.private_key.private_numbers() == OURS.private_numbers()
    assert account.alipay_public_key.public_numbers() == ALIPAYS.public_key().public_numbers()


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("app_id", "", "the application's 16 digits"),
        ("app_id", "xxx", "the application's 16 digits"),
        ("app_id", "0000000000000000", "the application's 16 digits"),
        ("app_id", "٢٠٢١٠٠٤١١٢٣٤٥٦٧٨", "the application's 16 digits"),
        ("seller_id", "", "begin with 2088"),
        ("seller_id", "2021004112345678", "begin with 2088"),
        ("seller_id", "2088888888888888", "begin with 2088"),
        ("private_key_pem", "", "is empty"),
        ("private_key_pem", "  ", "is empty"),
        ("private_key_pem", "your-key", "is a placeholder"),
        ("private_key_pem", "changeme", "is a placeholder"),
        ("private_key_pem", "x" * 1700, "is a placeholder"),
        ("private_key_pem", "-----BEGIN PRIVATE KEY-----\n" + "abcdefghij" * 160, "key tool"),
        ("private_key_pem", bare(private_pem(OURS))[:-40], "key tool"),
        ("private_key_pem", public_pem(OURS), "key tool"),
        ("private_key_pem", private_pem(SHORT), "1024 bits and needs 2048"),
        ("private_key_pem", curve_pem(), "no RSA key"),
        ("private_key_pem", locked_pem(), "unencrypted"),
        ("alipay_public_key_pem", "", "is empty"),
        ("alipay_public_key_pem", "xxx", "is a placeholder"),
        ("alipay_public_key_pem", private_pem(ALIPAYS), "copy Alipay's public key"),
        ("alipay_public_key_pem", public_pem(SHORT), "1024 bits and needs 2048"),
        ("alipay_public_key_pem", curve_public_pem(), "no RSA key"),
        ("alipay_public_key_pem", public_pem(OURS), "the application's own public key"),
        ("gateway_url", "", GATEWAY_URL),
        ("gateway_url", "http://openapi.alipay.com/gateway.do", GATEWAY_URL),
        ("gateway_url", "https://u:p@openapi.alipay.com/gateway.do", GATEWAY_URL),
        ("notice_age_max_hours", 0, "from 1 to 72"),
        ("notice_age_max_hours", 10_000, "from 1 to 72"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(field: str, value: object, remedy: str) -> None:
    with pytest.raises(ValueError, match=field) as wrong:
        replace(ACCOUNT, **{field: value})  # type: ignore[arg-type]
    assert remedy in str(wrong.value)


@pytest.mark.parametrize(
    "private", [private_pem(SHORT), curve_pem(), locked_pem(), bare(private_pem(OURS))[:-40]]
)
def test_a_complaint_about_a_key_does_not_show_it(private: str) -> None:
    with pytest.raises(ValueError, match="private_key_pem") as wrong:
        replace(ACCOUNT, private_key_pem=private)
    assert not any(part in str(wrong.value) for part in bare(private)[40:].split("\n"))
    assert wrong.value.__suppress_context__


def test_an_account_that_is_printed_shows_no_key() -> None:
    shown = repr(ACCOUNT)
    assert "2088412345678901" in shown
    assert not {"BEGIN", bare(private_pem(OURS))[:24], bare(public_pem(ALIPAYS))[:48]} & set(shown.split("'"))
    assert "BEGIN" not in shown


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8443/alipay/gateway.do", "https://openapi-sandbox.dl.alipaydev.com/gateway.do"]
)
def test_a_stand_in_near_by_and_alipays_own_sandbox_may_be_asked(url: str) -> None:
    assert replace(ACCOUNT, gateway_url=url).gateway_url == url
