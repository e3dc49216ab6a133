"""The shop's account at Alipay, checked at the start: a wrong key is found then, by name, and not by
the first customer who wants to pay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from adapters.payments.alipay_signing import private_key_of, public_key_of

GATEWAY_URL = "https://openapi.alipay.com/gateway.do"
NOTICE_AGE_MAX_HOURS = 26
"""Alipay repeats a notice after 4, 10, 10 minutes, 1, 2, 6 and 15 hours: 24 h 24 min in all. A shop that
was down for a day must still believe the last one."""

DIFFERENT_DIGITS_MIN = 4
"""A number with fewer, such as 2088888888888888, stands in a manual and not on an account."""


@dataclass(frozen=True)
class AlipayAccount:
    """Names and keys as Alipay's console shows them. Raises ValueError with the remedy, and without a secret."""

    app_id: str
    seller_id: str
    """The merchant's own number, which begins with 2088: whose money it is."""
    private_key_pem: str = field(repr=False)
    """Of the application, made by Alipay's key tool: PEM, or the bare base64."""
    alipay_public_key_pem: str = field(repr=False)
    """Alipay's, which the console shows once ours was uploaded."""
    gateway_url: str = GATEWAY_URL
    notice_age_max_hours: int = NOTICE_AGE_MAX_HOURS

    def __post_init__(self) -> None:
        _expect(
            "app_id", self.app_id, r"[0-9]{16}", "the application's 16 digits from its page in the console"
        )
        _expect(
            "seller_id", self.seller_id, r"2088[0-9]{12}", "the merchant's 16 digits, which begin with 2088"
        )
        if self.alipay_public_key.public_numbers() == self.private_key.public_key().public_numbers():
            raise ValueError(
                "Alipay: alipay_public_key_pem is the application's own public key; take the one that the "
                "console shows as Alipay's after the upload"
            )
        _expect_url(self.gateway_url)
        if not 1 <= self.notice_age_max_hours <= 72:
            raise ValueError(
                f"Alipay: notice_age_max_hours must be from 1 to 72; {NOTICE_AGE_MAX_HOURS} covers all repeats"
            )

    @cached_property
    def private_key(self) -> RSAPrivateKey:
        _expect_key("private_key_pem", self.private_key_pem)
        try:
            return private_key_of(self.private_key_pem)
        except ValueError as wrong:
            raise ValueError(
                f"Alipay: private_key_pem {wrong}; give the application's private key from Alipay's key tool"
            ) from None

    @cached_property
    def alipay_public_key(self) -> RSAPublicKey:
        _expect_key("alipay_public_key_pem", self.alipay_public_key_pem)
        try:
            return public_key_of(self.alipay_public_key_pem)
        except ValueError as wrong:
            raise ValueError(
                f"Alipay: alipay_public_key_pem {wrong}; copy Alipay's public key from the console"
            ) from None

    @property
    def notice_age_max(self) -> timedelta:
        return timedelta(hours=self.notice_age_max_hours)


def _expect(name: str, said: str, pattern: str, what: str) -> None:
    """`said` names somebody and is no secret, so that it may be shown."""
    if re.fullmatch(pattern, said, re.ASCII) and len(set(said)) >= DIFFERENT_DIGITS_MIN:
        return
    shown = repr(said[:64]) if said else "empty"
    raise ValueError(f"Alipay: {name} is {shown}; set {what}")


def _expect_key(name: str, said: str) -> None:
    """What is far too short to be a key is a gap in a form that nobody has filled in yet."""
    if len(said.strip()) < 100 or len(set(said)) < 16:
        found = "a placeholder" if said.strip() else "empty"
        raise ValueError(f"Alipay: {name} is {found}; set the key, as PEM or as the bare base64")


def _expect_url(url: str) -> None:
    """Over plain HTTP only a stand-in on this machine, or under the reserved `.test`, is asked."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    near = host in ("127.0.0.1", "::1", "localhost") or host.endswith(".test")
    clean = not (parts.query or parts.fragment or parts.username or parts.password)
    if host and clean and (parts.scheme == "https" or (parts.scheme == "http" and near)):
        return
    raise ValueError(f"Alipay: gateway_url must be an address such as {GATEWAY_URL}")
