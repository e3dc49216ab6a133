"""A certificate authority like the one behind UnionPay: root, middle, and certificates for signing.

Everything is made afresh for each run of the tests; nothing here is worth anything outside of it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

BORN = datetime(2024, 1, 1, tzinfo=UTC)
DIES = datetime(2034, 1, 1, tzinfo=UTC)
UNIONPAY = "中国银联股份有限公司"
PFX_PASSWORD = "a-password-of-the-tests"


@dataclass(frozen=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> str:
        """As UnionPay sends it along: with the line ends of Windows."""
        return self.certificate.public_bytes(Encoding.PEM).decode().strip().replace("\n", "\r\n")

    @property
    def pem_bytes(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def pfx(self) -> bytes:
        encryption = BestAvailableEncryption(PFX_PASSWORD.encode())
        return pkcs12.serialize_key_and_certificates(b"sign", self.key, self.certificate, None, encryption)

    @property
    def cert_id(self) -> str:
        return str(self.certificate.serial_number)


def issue(
    common_name: str,
    issuer: Identity | None = None,
    begins: datetime = BORN,
    ends: datetime = DIES,
    key: rsa.RSAPrivateKey | None = None,
) -> Identity:
    """A certificate for that name; signed by itself where nobody issues it."""
    key = key or rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(issuer.key if issuer else key, SHA256())
    )
    return Identity(certificate, key)


@dataclass(frozen=True)
class Authority:
    """UnionPay and everybody who would like to be taken for it."""

    root: Identity
    middle: Identity
    unionpay: Identity
    merchant: Identity

    def unionpay_named(self, owner: str) -> Identity:
        """Issued by the same middle, to somebody else."""
        return issue(f"041@Z2024@{owner}@00000001", self.middle, key=self.unionpay.key)

    @property
    def unionpay_long_ago(self) -> Identity:
        """UnionPay's certificate before this one; it has ended."""
        return issue(
            f"041@Z2020@{UNIONPAY}@00000001",
            self.middle,
            BORN - timedelta(days=1500),
            BORN,
            self.unionpay.key,
        )


@cache
def authority() -> Authority:
    """One for the whole run: keys take a while to make."""
    root = issue("Emulated Root")
    middle = issue("Emulated Middle", root)
    unionpay = issue(f"041@Z2024@{UNIONPAY}@00000001", middle)
    return Authority(root, middle, unionpay, issue("041@Shop@898110000000001@00000001", middle))


@cache
def foreign_authority() -> Authority:
    """Somebody who made himself the same certificates, names and all."""
    root = issue("Emulated Root")
    middle = issue("Emulated Middle", root)
    unionpay = issue(f"041@Z2024@{UNIONPAY}@00000001", middle)
    return Authority(root, middle, unionpay, unionpay)


def signature_of(fields: Mapping[str, str], key: rsa.RSAPrivateKey) -> str:
    """The rule of 5.1.0, written down a second time from UnionPay's description, apart from the shop's."""
    names = [name for name in fields if name != "signature"]
    names.sort(key=lambda name: name.encode())
    text = ""
    for name in names:
        text += name + "=" + fields[name] + "&"
    hexadecimal = "".join(f"{byte:02x}" for byte in hashlib.sha256(text[:-1].encode("utf-8")).digest())
    return base64.b64encode(key.sign(hexadecimal.encode(), PKCS1v15(), SHA256())).decode()


def is_signed_by(fields: Mapping[str, str], certificate: x509.Certificate) -> bool:
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    names = sorted(name for name in fields if name != "signature")
    text = "&".join(name + "=" + fields[name] for name in names)
    hexadecimal = hashlib.sha256(text.encode("utf-8")).hexdigest()
    try:
        public.verify(base64.b64decode(fields["signature"]), hexadecimal.encode(), PKCS1v15(), SHA256())
    except Exception:
        return False
    return True
