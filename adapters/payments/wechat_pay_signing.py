"""Who said it: signs what we ask of WeChat Pay, and checks what WeChat Pay says, in its APIv3 scheme.

Everything is RSA with SHA-256 over lines that each end in a line feed; what a notice tells, and a
certificate, is sealed with AES-256-GCM besides. Nothing here reads a clock or reaches the network.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

SCHEME = "WECHATPAY2-SHA256-RSA2048"
SEALING = "AEAD_AES_256_GCM"
PROBE = "WECHATPAY/SIGNTEST/"
"""So begin signatures that WeChat Pay gets wrong on purpose, to see whether anybody looks."""

RSA_BITS_MIN = 2048
SEALING_KEY_BYTES = 32
SEALING_NONCE_BYTES = 12

_SECONDS = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[!-~]{1,64}")
"""Without blanks: a line feed in it would move the border between the nonce and the body."""


class Unproven(Exception):
    """WeChat Pay did not say this, or not lately; `reason` is a short code for the record."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """A key of WeChat Pay's: of one of its certificates, or the public key of our account, which has no end."""

    serial: str
    key: RSAPublicKey = field(repr=False)
    good_from: datetime | None = None
    good_until: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        begun = self.good_from is None or self.good_from <= now
        return begun and (self.good_until is None or now <= self.good_until)


class PlatformKeys:
    """All keys by which WeChat Pay may sign. During a switch from certificates to the public key, and
    from one certificate to the next, it signs by either."""

    def __init__(self, keys: Iterable[PlatformKey]) -> None:
        self._keys = {_plain_serial(key.serial): key for key in keys}

    def __len__(self) -> int:
        return len(self._keys)

    def with_others(self, others: Iterable[PlatformKey]) -> PlatformKeys:
        return PlatformKeys((*self._keys.values(), *others))

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime, age_max_seconds: int) -> str:
        """Check that WeChat Pay signed `body`, lately. Returns the nonce under which it did.

        Raises Unproven: `unsigned`, `probe`, `wrong_algorithm`, `stale`, `unknown_serial`,
        `expired_certificate` or `forged`. The names of the headers are in lower case.
        """
        serial, timestamp, nonce, signature = (
            headers.get(f"wechatpay-{name}", "") for name in ("serial", "timestamp", "nonce", "signature")
        )
        if not (serial and signature and _SECONDS.fullmatch(timestamp) and _NONCE.fullmatch(nonce)):
            raise Unproven("unsigned")
        if signature.startswith(PROBE):
            raise Unproven("probe")
        if headers.get("wechatpay-signature-type", SCHEME) != SCHEME:
            raise Unproven("wrong_algorithm")
        if abs(now.timestamp() - int(timestamp)) > age_max_seconds:
            raise Unproven("stale")
        key = self._keys.get(_plain_serial(serial))
        if key is None:
            raise Unproven("unknown_serial")
        if not key.is_good(now):
            raise Unproven("expired_certificate")
        if not is_signed(key.key, signature, lines(timestamp, nonce, body)):
            raise Unproven("forged")
        return nonce


@dataclass(frozen=True, slots=True)
class MerchantSigner:
    """Signs in our name, by the key of our API certificate."""

    merchant_id: str
    serial: str
    key: RSAPrivateKey = field(repr=False)

    def authorization(self, method: str, target: str, body: bytes, now: datetime) -> str:
        """The `Authorization` of a request. `target` is path and query exactly as they are sent."""
        timestamp, nonce = str(int(now.timestamp())), fresh_nonce()
        signature = self.sign(lines(method, target, timestamp, nonce, body))
        return (
            f'{SCHEME} mchid="{self.merchant_id}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{timestamp}",serial_no="{self.serial}"'
        )

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self.key.sign(message, PKCS1v15(), SHA256())).decode()


def lines(*parts: str | bytes) -> bytes:
    """What is signed: each part, and a line feed after it."""
    return b"".join((part.encode() if isinstance(part, str) else part) + b"\n" for part in parts)


def fresh_nonce() -> str:
    return secrets.token_hex(16).upper()


def is_signed(key: RSAPublicKey, signature: str, message: bytes) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def unsealed(api_v3_key: bytes, algorithm: str, nonce: str, associated: str, ciphertext: str) -> bytes:
    """Open what WeChat Pay sealed. Raises Unproven: `wrong_algorithm`, or `unsealable` where it was sealed
    with another key, or is not what was sealed."""
    if algorithm != SEALING:
        raise Unproven("wrong_algorithm")
    if len(nonce.encode()) != SEALING_NONCE_BYTES:
        raise Unproven("unsealable")
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        return AESGCM(api_v3_key).decrypt(nonce.encode(), sealed, associated.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise Unproven("unsealable") from None


def private_key_of(pem: str) -> RSAPrivateKey:
    """Raises ValueError, without the key in it."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("is no private key in PEM form without a password") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < RSA_BITS_MIN:
        raise ValueError(f"is no RSA key of {RSA_BITS_MIN} bits or more")
    return key


def public_key_of(pem: str) -> RSAPublicKey:
    """Raises ValueError."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("is no public key in PEM form") from None
    return _rsa(key)


def certificate_keys_of(pem: bytes) -> tuple[PlatformKey, ...]:
    """The keys of one certificate or several, each good as long as its certificate is. Raises ValueError."""
    try:
        certificates = x509.load_pem_x509_certificates(pem)
        keys = [_rsa(certificate.public_key()) for certificate in certificates]
    except (TypeError, UnsupportedAlgorithm):
        raise ValueError("is no certificate in PEM form") from None
    return tuple(
        PlatformKey(
            serial=f"{certificate.serial_number:X}",
            key=key,
            good_from=certificate.not_valid_before_utc,
            good_until=certificate.not_valid_after_utc,
        )
        for certificate, key in zip(certificates, keys, strict=True)
    )


def _rsa(key: object) -> RSAPublicKey:
    if not isinstance(key, RSAPublicKey) or key.key_size < RSA_BITS_MIN:
        raise ValueError(f"is no RSA key of {RSA_BITS_MIN} bits or more")
    return key


def _plain_serial(serial: str) -> str:
    """Serial numbers are written in either case, and with or without leading zeros."""
    return serial.upper().lstrip("0")
