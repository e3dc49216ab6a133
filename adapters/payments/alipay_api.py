"""Asks Alipay's gateway. What comes back counts only if Alipay signed it; everything else is silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import httpx
import structlog

from adapters.bounded import TooLong, read_bounded
from adapters.payments.alipay_account import AlipayAccount
from adapters.payments.alipay_signing import SIGN_TYPE, beijing, genuine_answer, signature_of
from orders.clock import Clock

log = structlog.get_logger(__name__)

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
        # JSON can spell half a character, which no database takes.
        return said.encode(errors="replace").decode() if isinstance(said, str) else ""

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
        try:
            answer = await self._answer(method, self._signed(method, business, common or {}))
        except _NotHeard as silence:
            log.warning("alipay was not heard", asked=method, reason=str(silence))
            return None
        if not answer.is_done:
            log.info("alipay refused", asked=method, code=answer.reason, why=answer.text("sub_msg")[:200])
        return answer

    def link(self, method: str, business: Mapping[str, str], common: Mapping[str, str]) -> str:
        """An address for the payer's browser, which makes the call itself."""
        return f"{self._account.gateway_url}?{urlencode(self._signed(method, business, common))}"

    async def download(self, url: str, bytes_max: int) -> bytes | None:
        """A file whose address an answer told; None where it cannot be had, or is larger."""
        try:
            return await self._fetched("GET", self._safe(url), bytes_max, BILL_SECONDS_MAX)
        except _NotHeard as silence:
            log.warning("alipay was not heard", asked="download", reason=str(silence))
            return None

    def _safe(self, url: str) -> str:
        """Alipay tells addresses without TLS at times; they are asked no less safely than its gateway."""
        try:
            parts = urlsplit(url)
        except ValueError:
            raise _NotHeard("no address") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _NotHeard("no address")
        return parts._replace(scheme=urlsplit(self._account.gateway_url).scheme).geturl()

    async def _answer(self, method: str, signed: Mapping[str, str]) -> Answer:
        # The character set must stand in the address: Alipay reads the body by it.
        address = {name: value for name, value in signed.items() if name != "biz_content"}
        url = f"{self._account.gateway_url}?{urlencode(address)}"
        form = {"biz_content": signed["biz_content"]}
        body = await self._fetched("POST", url, ANSWER_BYTES_MAX, ANSWER_SECONDS_MAX, form)
        facts = genuine_answer(body.decode(errors="replace"), method, self._alipays_key)
        if facts is None:
            raise _NotHeard("not signed by it")
        return Answer(facts)

    def _signed(self, method: str, business: Mapping[str, str], common: Mapping[str, str]) -> dict[str, str]:
        parameters = {
            "app_id": self._account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": SIGN_TYPE,
            "timestamp": beijing(self._clock.now()),
            "version": "1.0",
            "biz_content": json.dumps(business, separators=(",", ":")),
            **{name: value for name, value in common.items() if value},
        }
        return parameters | {"sign": signature_of(parameters, self._key)}

    async def _fetched(
        self, verb: str, url: str, bytes_max: int, seconds_max: float, form: Mapping[str, str] | None = None
    ) -> bytes:
        try:
            # The client's own time-outs are for each read: who sends a byte a second never runs into one.
            async with (
                asyncio.timeout(seconds_max),
                self._client.stream(
                    verb, url, data=form, headers=PLAIN, timeout=ANSWER_SECONDS_MAX, follow_redirects=False
                ) as response,
            ):
                return await _content(response, bytes_max)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            # Its name alone: the address in its text is signed, and a log is no place for that.
            raise _NotHeard(type(error).__name__) from None


class _NotHeard(Exception):
    """Nobody answered, or nobody whom we believe; the text says how."""


async def _content(response: httpx.Response, bytes_max: int) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise _NotHeard(f"status {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _NotHeard("packed")
    try:
        return await read_bounded(response, bytes_max)
    except TooLong:
        raise _NotHeard("too large") from None
