"""Alipay's RSA2: SHA256withRSA over text that both sides must spell alike, to the last byte.

What is spelled differs: of a request every parameter that is not empty, of a notice everything but the
signature itself, of an answer the JSON text of `xxx_response` exactly as it was sent. Times are Beijing's
and have no zone; numbers of payments have letters, digits and underscores only.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from orders.clock import CHINA
from orders.money import Fen

SIGN_TYPE = "RSA2"
KEY_BITS_MIN = 2048

_TIME = "%Y-%m-%d %H:%M:%S"
_AMOUNT = re.compile(r"([0-9]{1,9})\.([0-9]{2})")


def signature_of(parameters: Mapping[str, str], key: RSAPrivateKey) -> str:
    """The `sign` of a request."""
    spelled = _spelled({name: value for name, value in parameters.items() if name != "sign" and value})
    return base64.b64encode(key.sign(spelled, PKCS1v15(), SHA256())).decode()


def is_genuine(parameters: Mapping[str, str], key: RSAPublicKey) -> bool:
    """Whether Alipay signed a notice: everything in it but `sign` and `sign_type`.

    Some of Alipay's senders spell parameters without a value and some leave them out, so either will
    do; whoever reads the notice must take a parameter without a value for none at all.
    """
    told = {name: value for name, value in parameters.items() if name not in ("sign", "sign_type")}
    sign = parameters.get("sign", "")
    if _is_signed(_spelled(told), sign, key):
        return True
    filled = {name: value for name, value in told.items() if value}
    return len(filled) < len(told) and _is_signed(_spelled(filled), sign, key)


def genuine_answer(text: str, method: str, key: RSAPublicKey) -> Mapping[str, object] | None:
    """What Alipay answered to `method`; None where it is not JSON of its form, or not signed by it.

    Only the text that was verified is read: a second object of the same name further on is nothing.
    """
    root = method.replace(".", "_") + "_response"
    begin = re.match(rf'\s*\{{\s*"{re.escape(root)}"\s*:\s*', text)
    if begin is None:
        return None
    try:
        answer, end = json.JSONDecoder().raw_decode(text, begin.end())
        sign = json.loads(text).get("sign")
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or not isinstance(sign, str):
        return None
    spelled = text[begin.end() : end]
    # The same JSON, with its slashes escaped or not: Alipay signs the one and at times sends the other.
    if not any(
        _is_signed(each.encode(), sign, key) for each in dict.fromkeys((spelled, spelled.replace("\\/", "/")))
    ):
        return None
    return answer


def beijing(moment: datetime) -> str:
    """As Alipay writes times: `2026-01-05 10:00:00`."""
    return moment.astimezone(CHINA).strftime(_TIME)


def from_beijing(text: str) -> datetime:
    """Raises ValueError."""
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=CHINA).astimezone(UTC)
    except OverflowError:
        raise ValueError("no time that there ever was") from None


def fen_of(amount: object) -> Fen:
    """`99.80` is 9980 分. Raises ValueError for anything that is not text with exactly two decimals."""
    match = _AMOUNT.fullmatch(amount) if isinstance(amount, str) else None
    if match is None:
        raise ValueError("no amount such as 99.80")
    return Fen(int(match[1]) * 100 + int(match[2]))


def their_no(our_no: str) -> str:
    """Our number as Alipay may know it: it takes no hyphens, and ours have no underscores."""
    return our_no.replace("-", "_")


def our_no(their_no: str) -> str:
    return their_no.replace("_", "-")


def private_key_of(text: str) -> RSAPrivateKey:
    """PEM, or the bare base64 that Alipay's key tool writes. Raises ValueError that shows no secret."""
    try:
        if "-----BEGIN" in text:
            key = load_pem_private_key(text.strip().encode(), None)
        else:
            key = load_der_private_key(_der(text), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("is no private key, as unencrypted PEM or as base64") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("is no RSA key")
    _expect_strong(key)
    return key


def public_key_of(text: str) -> RSAPublicKey:
    """PEM, or the bare base64 that Alipay's console shows. Raises ValueError."""
    try:
        pem = "-----BEGIN" in text
        key = load_pem_public_key(text.strip().encode()) if pem else load_der_public_key(_der(text))
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("is no public key, as PEM or as base64") from None
    if not isinstance(key, RSAPublicKey):
        raise ValueError("is no RSA key")
    _expect_strong(key)
    return key


def _expect_strong(key: RSAPrivateKey | RSAPublicKey) -> None:
    if key.key_size < KEY_BITS_MIN:
        raise ValueError(f"has {key.key_size} bits and needs {KEY_BITS_MIN}")


def _der(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


def _spelled(parameters: Mapping[str, str]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in sorted(parameters.items())).encode()


def _is_signed(spelled: bytes, sign: str, key: RSAPublicKey) -> bool:
    try:
        key.verify(base64.b64decode(sign, validate=True), spelled, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
