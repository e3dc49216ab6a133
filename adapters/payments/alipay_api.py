"""Asks Alipay's gateway. What comes back counts only if Alipay signed it; everything else is silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import httpx

from adapters.payments.alipay_account import AlipayAccount
from adapters.payments.alipay_signing import SIGN_TYPE, beijing, genuine_answer, signature_of
from orders.clock import Clock

ANSWER_SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = 1_000_000
BILL_SECONDS_MAX = 120.0

PLAIN = {"accept-encoding": "identity"}
"""Nothing is asked for, or taken, that unpacks to a thousand times its size on the way in."""

DONE = "10000"
NEVER_TRIED = frozenset({"20001", "40001", "40002", "40003", "40006"})
"""Refused at the door (a missing or wrong parameter, no right to it): nothing was done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Alipay signed in answer to a call."""

    facts: Mapping[str, object]

    def text(self, name: str) -> str:
        """A fact; empty where it is absent, or no text."""
        said = self.facts.get(name)
        return said if isinstance(said, str) else ""

    @property
    def is_done(self) -> bool:
        return self.text("code") == DONE

    @property
    def was_never_tried(self) -> bool:
        return self.text("code") in NEVER_TRIED

    @property
    def reason(self) -> str:
        """Why not, as a short code: `ACQ.TRADE_NOT_EXIST`."""
        return (self.text("sub_code") or self.text("code"))[:64]


class AlipayApi:
    """Signs calls and checks answers. Knows no order and decides nothing."""

    def __init__(self, account: AlipayAccount, client: httpx.AsyncClient, clock: Clock) -> None:
        self._account = account
        self._key = account.private_key
        self._alipays_key = account.alipay_public_key
        self._client = client
        self._clock = clock

    async def call(
        self, method: str, business: Mapping[str, str], common: Mapping[str, str] | None = None
    ) -> Answer | None:
        """None where nobody answered, or nobody whom we believe."""
        signed = self._signed(method, business, common or {})
        content = {"biz_content": signed.pop("biz_content")}
        # The character set must stand in the address: Alipay reads the body by it.
        url = f"{self._account.gateway_url}?{urlencode(signed)}"
        body = await self._fetched("POST", url, ANSWER_BYTES_MAX, ANSWER_SECONDS_MAX, content)
        if body is None:
            return None
        try:
            facts = genuine_answer(body.decode(), method, self._alipays_key)
        except UnicodeDecodeError:
            return None
        return None if facts is None else Answer(facts)

    def link(self, method: str, business: Mapping[str, str], common: Mapping[str, str]) -> str:
        """An address for the payer's browser, which makes the call itself."""
        return f"{self._account.gateway_url}?{urlencode(self._signed(method, business, common))}"

    async def download(self, url: str, bytes_max: int) -> bytes | None:
        """A file whose address an answer told; None where it cannot be had, or is larger."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        # Alipay tells such addresses without TLS at times; it is asked no less safely than its gateway.
        safe = parts._replace(scheme=urlsplit(self._account.gateway_url).scheme).geturl()
        return await self._fetched("GET", safe, bytes_max, BILL_SECONDS_MAX)

    def _signed(self, method: str, business: Mapping[str, str], common: Mapping[str, str]) -> dict[str, str]:
        parameters = {
            "app_id": self._account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": SIGN_TYPE,
            "timestamp": beijing(self._clock.now()),
            "version": "1.0",
            "biz_content": json.dumps(business, ensure_ascii=False, separators=(",", ":")),
            **{name: value for name, value in common.items() if value},
        }
        return parameters | {"sign": signature_of(parameters, self._key)}

    async def _fetched(
        self, verb: str, url: str, bytes_max: int, seconds_max: float, form: Mapping[str, str] | None = None
    ) -> bytes | None:
        try:
            # The client's own time-outs are for each read: who sends a byte a second never runs into one.
            async with (
                asyncio.timeout(seconds_max),
                self._client.stream(
                    verb, url, data=form, headers=PLAIN, timeout=ANSWER_SECONDS_MAX, follow_redirects=False
                ) as response,
            ):
                packed = response.headers.get("content-encoding", "identity") != "identity"
                if response.status_code != httpx.codes.OK or packed:
                    return None
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > bytes_max:
                        return None
                return bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return None
