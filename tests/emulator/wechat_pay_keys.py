"""All keys and names around one merchant of an imaginary WeChat Pay. None of them opens anything elsewhere."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests.emulator.keys import STRANGER, fresh_key, private_pem, public_pem

MERCHANT_ID = "1609876543"
APP_ID = "wx3a9c0d5e7f124b68"
MERCHANT_SERIAL = "3C5D7F9A1B2E4D6C8F0A3B5C7D9E1F2A4B6C8D0E"
PUBLIC_KEY_ID = "PUB_KEY_ID_0116098765432026010100381500000603"
API_V3_KEY = "Qm7xL2vR9tB4nK8wE3sJ6yH1cF5gD0aZ"


@dataclass(frozen=True)
class Keyring:
    """Whoever is real here: the merchant, the platform with its public key and two certificates, a stranger."""

    merchant: RSAPrivateKey
    platform: RSAPrivateKey
    certified: tuple[RSAPrivateKey, RSAPrivateKey]
    """The keys of the certificate in use, and of the one that comes after it."""
    stranger: RSAPrivateKey
    certificates: tuple[x509.Certificate, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "certificates", tuple(map(_certificate, self.certified)))

    @property
    def merchant_pem(self) -> str:
        return private_pem(self.merchant)

    @property
    def platform_pem(self) -> str:
        return public_pem(self.platform)

    def certificate_pem(self, number: int = 0) -> str:
        return self.certificates[number].public_bytes(Encoding.PEM).decode()

    def certificate_serial(self, number: int = 0) -> str:
        return f"{self.certificates[number].serial_number:040X}"


@cache
def keyring() -> Keyring:
    """Made once: finding primes takes longer than most tests."""
    certified = fresh_key("wechat_pay certificate"), fresh_key("wechat_pay next certificate")
    return Keyring(fresh_key("merchant"), fresh_key("wechat_pay"), certified, fresh_key(STRANGER))


def signature(key: RSAPrivateKey, *parts: str) -> str:
    """Over the parts, each with a line feed behind it."""
    message = "".join(f"{part}\n" for part in parts).encode()
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPublicKey, signed: str, *parts: str) -> bool:
    message = "".join(f"{part}\n" for part in parts).encode()
    try:
        key.verify(base64.b64decode(signed), message, PKCS1v15(), SHA256())
    except Exception:
        return False
    return True


def sealed(plain: str, associated: str) -> dict[str, str]:
    """What only the owner of the APIv3 key reads."""
    nonce = secrets.token_hex(6)
    cipher = AESGCM(API_V3_KEY.encode()).encrypt(nonce.encode(), plain.encode(), associated.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(cipher).decode(),
        "associated_data": associated,
        "nonce": nonce,
    }


def _certificate(key: RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tenpay.com sign (emulated)")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2039, 12, 31, tzinfo=UTC))
        .sign(key, SHA256())
    )
