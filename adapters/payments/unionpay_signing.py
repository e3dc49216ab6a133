"""UnionPay 5.1.0 messages: how they are signed, whose signature counts, and how they are read.

A message is a set of fields. Its text is all of them but the signature, sorted by name, as
`name=value` joined by `&`; SHA-256 of the text, as lower-case hexadecimal, is what RSA signs (PKCS1
v1.5, once more over SHA-256). UnionPay sends the certificate of its key along (`signPubKeyCert`): it
proves nothing by itself, so it must come from the configured chain, be in date, and be UnionPay's own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import MD5, SHA256
from cryptography.x509.oid import NameOID

VERSION = "5.1.0"
RSA_METHOD = "01"
FIELDS_MAX = 100
BODY_BYTES_MAX = 64 * 1024
"""Of a notice; its certificate and signature are 2 KB of it."""

UNIONPAY_ITSELF = "".join(("中国银联", "股份有限", "公司"))
"""China UnionPay's name as its production certificates carry it, in the third part of the common name:
`041@Z2017-11-1@<name>@00000001`. In its test surroundings the name is `00040000:SIGN`."""

Fields = Mapping[str, str]


class NotGenuine(Exception):
    """The message is not from UnionPay, or cannot be read; `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Chain:
    """Whom to believe: certificates that `middle` issued, which `root` issued, to `owner`."""

    root: x509.Certificate
    middle: x509.Certificate
    owner: str = UNIONPAY_ITSELF


def signed(fields: Fields, key: RSAPrivateKey, cert_id: str) -> dict[str, str]:
    """The message to send. Fields without a value are left out: they are not signed."""
    message = {name: value for name, value in fields.items() if value}
    message |= {"version": VERSION, "encoding": "UTF-8", "signMethod": RSA_METHOD, "certId": cert_id}
    signature = key.sign(_digest(message), PKCS1v15(), SHA256())
    return message | {"signature": base64.b64encode(signature).decode("ascii")}


def check(fields: Fields, chain: Chain, at: datetime) -> None:
    """Raises NotGenuine unless UnionPay signed exactly these fields, with a certificate good at `at`."""
    if not fields.get("signature") or not fields.get("signPubKeyCert"):
        raise NotGenuine("unsigned")
    # Other methods are weaker (5.0.0 hashes with SHA-1) or prove a shared secret, not UnionPay.
    if fields.get("version") != VERSION or fields.get("signMethod") != RSA_METHOD:
        raise NotGenuine("signed_otherwise")
    public = _believed(fields["signPubKeyCert"], chain, at)
    try:
        signature = base64.b64decode(fields["signature"], validate=True)
        public.verify(signature, _digest(fields), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise NotGenuine("forged") from None


def read_notice(body: bytes) -> dict[str, str]:
    """The fields of a posted form. Raises NotGenuine."""
    if len(body) > BODY_BYTES_MAX:
        raise NotGenuine("unreadable")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError:
        raise NotGenuine("unreadable") from None
    return _unique(pairs)


def read_reply(text: str) -> dict[str, str]:
    """The fields of an answer to a call of ours. Raises NotGenuine.

    Unlike a notice it is not form-encoded: values stand as they are, and one in braces or brackets may
    hold `&` and `=` of its own.
    """
    pairs: list[tuple[str, str]] = []
    for part in _parts(text.strip()):
        name, equals, value = part.partition("=")
        if not name or not equals:
            raise NotGenuine("unreadable")
        pairs.append((name, value))
    if len(pairs) > FIELDS_MAX:
        raise NotGenuine("unreadable")
    return _unique(pairs)


def _unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    fields = dict(pairs)
    # Two values under one name: which of them was signed, and which would be read?
    if len(fields) != len(pairs):
        raise NotGenuine("unreadable")
    return fields


def _parts(text: str) -> list[str]:
    parts, begun, closing = [], 0, ""
    for place, character in enumerate(text):
        if closing:
            closing = "" if character == closing else closing
        elif character in "{[":
            closing = {"{": "}", "[": "]"}[character]
        elif character == "&":
            parts.append(text[begun:place])
            begun = place + 1
    return [*parts, text[begun:]]


def _digest(fields: Fields) -> bytes:
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "signature")
    return hashlib.sha256(text.encode()).hexdigest().encode("ascii")


def _believed(pem: str, chain: Chain, at: datetime) -> RSAPublicKey:
    """The key of a certificate that came with a message, once the certificate is believed."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        public = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise NotGenuine("certificate_unreadable") from None
    if not isinstance(public, RSAPublicKey):
        raise NotGenuine("certificate_unreadable")
    if not is_issued_by(certificate, chain.middle):
        raise NotGenuine("certificate_foreign")
    for link in (certificate, chain.middle, chain.root):
        if not link.not_valid_before_utc <= at <= link.not_valid_after_utc:
            raise NotGenuine("certificate_out_of_date")
    if owner_of(certificate) != chain.owner:
        raise NotGenuine("certificate_of_another")
    return public


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether `issuer` signed it; dates are not looked at.

    SHA-1 is let pass, which `verify_directly_issued_by` does not: UnionPay's test chain is signed with
    it. Abusing it takes an issuer that signs what a stranger made up with SHA-1 today; CFCA does not.
    """
    public, hashed_by = issuer.public_key(), certificate.signature_hash_algorithm
    if certificate.issuer != issuer.subject or not isinstance(public, RSAPublicKey) or hashed_by is None:
        return False
    if not isinstance(certificate.signature_algorithm_parameters, PKCS1v15):
        return False
    try:
        public.verify(certificate.signature, certificate.tbs_certificate_bytes, PKCS1v15(), hashed_by)
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return not isinstance(hashed_by, MD5)


def owner_of(certificate: x509.Certificate) -> str:
    """The third part of the common name; empty where there is none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    parts = str(names[0].value).split("@") if len(names) == 1 else []
    return parts[2] if len(parts) > 2 else ""
