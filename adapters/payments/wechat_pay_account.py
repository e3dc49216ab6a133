"""The shop's account at WeChat Pay, checked before anything is asked of it: a wrong key is found at
start-up, by name, and not by the first customer who wants to pay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from adapters.payments.wechat_pay_signing import (
    SEALING_KEY_BYTES,
    MerchantSigner,
    PlatformKey,
    PlatformKeys,
    certificate_keys_of,
    private_key_of,
    public_key_of,
)

API_URL = "https://api.mch.weixin.qq.com"

DIFFERENT_CHARACTERS_MIN = 4
"""What has fewer, such as `wx8888888888888888`, stands in a manual and not on an account."""


@dataclass(frozen=True, slots=True)
class WeChatPayAccount:
    """Names and keys as the merchant platform shows them (account centre, API security).

    WeChat Pay signs by the public key of the account, by platform certificates, or, while an account
    is being switched, by both: give what there is. Certificates that are not given here are fetched
    where `fetches_certificates` says so.
    """

    merchant_id: str
    app_id: str
    certificate_serial: str
    """Of our own API certificate, whose key signs our requests."""
    private_key_pem: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    public_key_id: str = ""
    public_key_pem: str = field(default="", repr=False)
    platform_certificates_pem: str = field(default="", repr=False)
    """One, or several one after the other."""
    fetches_certificates: bool = False
    api_url: str = API_URL
    notice_age_max_seconds: int = 300
    signer: MerchantSigner = field(init=False, repr=False, compare=False)
    """Signs in our name."""
    platform_keys: PlatformKeys = field(init=False, repr=False, compare=False)
    """Those that were given; fetched ones come on top."""

    def __post_init__(self) -> None:
        """Raises ValueError, which names what is wrong and what to do, and shows no secret."""
        _expect(
            "merchant_id",
            self.merchant_id,
            r"[0-9]{8,10}",
            "the merchant number of 8 to 10 digits",
            different=2,
        )
        _expect("app_id", self.app_id, r"w[wx][0-9A-Za-z]{16}", "the app id that is bound to the merchant")
        serial = "the 40 hexadecimal digits of the API certificate's serial number"
        _expect("certificate_serial", self.certificate_serial, r"[0-9A-Fa-f]{16,40}", serial)
        key = self.api_v3_key
        if len(key.encode()) != SEALING_KEY_BYTES or len(set(key)) < DIFFERENT_CHARACTERS_MIN:
            raise ValueError(
                f"WeChat Pay: api_v3_key must be the {SEALING_KEY_BYTES} characters that were set as APIv3 key "
                f"on the merchant platform; it has {len(key.encode())} bytes"
            )
        signer, given = self._signer(), self._given_keys()
        own = signer.key.public_key().public_numbers()
        if any(key.key.public_numbers() == own for key in given):
            raise ValueError(
                "WeChat Pay: the platform's key is our own; download the public key of WeChat Pay instead"
            )
        if not given and not self.fetches_certificates:
            raise ValueError(
                "WeChat Pay: there is nothing to check its signatures by; set public_key_id and public_key_pem, "
                "or the platform certificates, or have the certificates fetched"
            )
        _expect_url(self.api_url)
        if not 1 <= self.notice_age_max_seconds <= 3600:
            raise ValueError("WeChat Pay: notice_age_max_seconds must be from 1 to 3600; 300 is usual")
        object.__setattr__(self, "signer", signer)
        object.__setattr__(self, "platform_keys", PlatformKeys(given))

    def _signer(self) -> MerchantSigner:
        try:
            key = private_key_of(self.private_key_pem)
        except ValueError as wrong:
            raise ValueError(
                f"WeChat Pay: private_key_pem {wrong}; give the text of apiclient_key.pem"
            ) from None
        return MerchantSigner(self.merchant_id, self.certificate_serial.upper(), key)

    def _given_keys(self) -> tuple[PlatformKey, ...]:
        return (*self._public_key(), *self._certificates())

    def _public_key(self) -> tuple[PlatformKey, ...]:
        if not (self.public_key_id or self.public_key_pem):
            return ()
        _expect(
            "public_key_id",
            self.public_key_id,
            r"PUB_KEY_ID_[0-9A-Za-z]{16,64}",
            "the id beside the public key",
        )
        try:
            return (PlatformKey(self.public_key_id, public_key_of(self.public_key_pem)),)
        except ValueError as wrong:
            raise ValueError(f"WeChat Pay: public_key_pem {wrong}; give the text of pub_key.pem") from None

    def _certificates(self) -> tuple[PlatformKey, ...]:
        if not self.platform_certificates_pem:
            return ()
        try:
            return certificate_keys_of(self.platform_certificates_pem.encode())
        except ValueError as wrong:
            raise ValueError(
                f"WeChat Pay: platform_certificates_pem {wrong}; give the text of wechatpay_*.pem"
            ) from None


def _expect(name: str, said: str, pattern: str, what: str, different: int = DIFFERENT_CHARACTERS_MIN) -> None:
    """`said` names somebody and is no secret, so that it may be shown."""
    if re.fullmatch(pattern, said, re.ASCII) and len(set(said)) >= different:
        return
    is_empty = "empty" if not said else f"{said[:64]!r}"
    raise ValueError(f"WeChat Pay: {name} is {is_empty}; set {what}, as the merchant platform shows it")


def _expect_url(url: str) -> None:
    """Over plain HTTP only a stand-in on this machine, or under the reserved `.test`, is asked."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    near = host in ("127.0.0.1", "::1", "localhost") or host.endswith(".test")
    clean = not (parts.path or parts.query or parts.fragment or parts.username or parts.password)
    if host and clean and (parts.scheme == "https" or (parts.scheme == "http" and near)):
        return
    raise ValueError(f"WeChat Pay: api_url must be an address such as {API_URL}, without a path")
