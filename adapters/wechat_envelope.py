"""What WeChat wraps around a message: signatures, freshness, and AES in the safe mode.

The platform's algorithm is SHA-1 over sorted strings; in the plain mode it does not even cover the
body. So it is checked together with the time and with what was seen before, in constant time, and
an account with a key takes nothing that is not encrypted.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException

AGE_SECONDS_MAX = 300
SEEN_MAX = 100_000


class Forged(Exception):
    """Not from WeChat, or not for us, or too old to tell. The reason is for the log."""


class Replayed(Exception):
    """The very same request came before. WeChat signs anew when it repeats a message."""


class Unreadable(Exception):
    """From WeChat, but nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Push:
    """A request that WeChat truly sent: its XML, and whether its answer must be sealed."""

    xml: str
    sealed: bool
    nonce: str


class Envelope:
    """Opens what comes and seals what goes, with the secrets of one official account."""

    def __init__(self, app_id: str, token: str, encoding_aes_key: str = "") -> None:
        """`encoding_aes_key`: 43 characters from the platform's page, or empty for the plain mode."""
        self._token = token
        self._crypto = WeChatCrypto(token, encoding_aes_key, app_id) if encoding_aes_key else None
        self._seen: OrderedDict[str, float] = OrderedDict()

    def greeted(self, query: Mapping[str, str], now: datetime) -> str:
        """The echo of the platform's first call. Raises Forged."""
        self._check(query, now)
        return query.get("echostr", "")

    def opened(self, query: Mapping[str, str], body: bytes, now: datetime) -> Push:
        """The message in a request. Raises Forged, Replayed or Unreadable."""
        self._check(query, now)
        text = _decoded(body)
        nonce = query.get("nonce", "")
        if self._crypto is None:
            self._check_new(query["signature"], query, now)
            return Push(text, sealed=False, nonce=nonce)
        encrypted = _encrypted_part(text)
        if encrypted is None:
            raise Forged("plain text for an account in safe mode")
        signature = query.get("msg_signature", "")
        if not _same(signature, self._signed(query, encrypted)):
            raise Forged("wrong signature of the message")
        self._check_new(signature, query, now)
        return Push(self._decrypted(encrypted, signature, query), sealed=True, nonce=nonce)

    def sealed(self, xml: str, push: Push, now: datetime) -> str:
        """The answer as the push wants it."""
        if not push.sealed or self._crypto is None:
            return xml
        sealed: str = self._crypto.encrypt_message(xml, push.nonce, str(int(now.timestamp())))
        return sealed

    def _check(self, query: Mapping[str, str], now: datetime) -> None:
        if not _same(query.get("signature", ""), self._signed(query)):
            raise Forged("wrong signature")
        timestamp = query.get("timestamp", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise Forged("no time")
        if abs(now.timestamp() - int(timestamp)) > AGE_SECONDS_MAX:
            raise Forged("too old, or the clock of this machine is wrong")

    def _check_new(self, signature: str, query: Mapping[str, str], now: datetime) -> None:
        """Remember the request for as long as its time would be accepted."""
        oldest = now.timestamp() - 2 * AGE_SECONDS_MAX
        while self._seen and (len(self._seen) > SEEN_MAX or next(iter(self._seen.values())) < oldest):
            self._seen.popitem(last=False)
        key = f"{signature}.{query.get('timestamp')}.{query.get('nonce')}"
        if key in self._seen:
            raise Replayed
        self._seen[key] = now.timestamp()

    def _signed(self, query: Mapping[str, str], *parts: str) -> str:
        values = sorted([self._token, query.get("timestamp", ""), query.get("nonce", ""), *parts])
        return hashlib.sha1("".join(values).encode(), usedforsecurity=False).hexdigest()

    def _decrypted(self, encrypted: str, signature: str, query: Mapping[str, str]) -> str:
        assert self._crypto is not None
        try:
            xml: str = self._crypto.decrypt_message(
                {"Encrypt": encrypted}, signature, query.get("timestamp", ""), query.get("nonce", "")
            )
        except WeChatException as refused:
            raise Forged(f"not for this account ({refused.errcode})") from None
        except (ValueError, IndexError, struct.error) as broken:
            raise Unreadable(f"cannot be decrypted: {type(broken).__name__}") from None
        return xml


def fields_of(xml: str) -> Mapping[str, object]:
    """The elements of a push, nested ones as mappings. Raises Unreadable."""
    try:
        root = xmltodict.parse(xml)["xml"]
    except (ExpatError, ValueError, KeyError, TypeError, RecursionError) as broken:
        # ValueError: entities, which a message never has and an attack does.
        raise Unreadable(f"not a message: {type(broken).__name__}") from None
    if not isinstance(root, dict):
        raise Unreadable("an empty message")
    return root


def _encrypted_part(text: str) -> str | None:
    encrypted = fields_of(text).get("Encrypt")
    return encrypted if isinstance(encrypted, str) else None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None


def _same(told: str, right: str) -> bool:
    return hmac.compare_digest(told.encode(), right.encode())
