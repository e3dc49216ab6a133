"""One call to WeChat Pay: signed by us, answered in time, and believed only under its signature."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import structlog

from adapters.bounded import TooLong, read_bounded
from adapters.payments.wechat_pay_facts import Facts, Unreadable
from adapters.payments.wechat_pay_signing import MerchantSigner, PlatformKeys, Unproven
from orders.clock import Clock

log = structlog.get_logger(__name__)

ANSWER_BYTES_MAX = 1024 * 1024
ANSWER_AGE_MAX_SECONDS = 300

Body = Mapping[str, "str | int | Body"]


@dataclass(frozen=True, slots=True)
class Said:
    """What WeChat Pay answered, proven. `code` names its refusal; empty where it did as it was asked."""

    status: int
    facts: Facts
    code: str


@dataclass(frozen=True, slots=True)
class Unheard:
    """Nobody knows what WeChat Pay made of it: no answer, or none that can be believed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came, unproven."""

    status: int
    headers: httpx.Headers
    body: bytes


class WeChatPayApi:
    def __init__(
        self,
        client: httpx.AsyncClient,
        api_url: str,
        signer: MerchantSigner,
        public_key_id: str,
        clock: Clock,
        answer_seconds_max: float,
    ) -> None:
        self._client = client
        self.url = httpx.URL(api_url)
        self._signer = signer
        self._public_key_id = public_key_id
        self._clock = clock
        self._answer_seconds_max = answer_seconds_max

    async def call(
        self, keys: PlatformKeys, method: str, target: str, body: Body | None = None
    ) -> Said | Unheard:
        """`target` is the path with its query. Never raises."""
        raw = await self.ask(method, target, body)
        said = raw if isinstance(raw, Unheard) else self.proven(keys, raw)
        asked = f"{method} {target.partition('?')[0]}"
        if isinstance(said, Unheard):
            log.warning("wechat pay was not heard", asked=asked, reason=said.reason)
        elif said.code:
            log.info("wechat pay refused", asked=asked, code=said.code, why=said.facts.shown("message"))
        return said

    async def ask(self, method: str, target: str, body: Body | None = None) -> Raw | Unheard:
        """The answer, not proven yet. Never raises."""
        url = self.url.join(target)
        return await self.fetch(method, url, body, ANSWER_BYTES_MAX, self._answer_seconds_max)

    def proven(self, keys: PlatformKeys, raw: Raw) -> Said | Unheard:
        """The answer, if WeChat Pay signed it. It signs whatever it answers to a request whose own
        signature was right, refusals included: https://pay.weixin.qq.com/wiki/doc/apiv3/wechatpay/wechatpay4_1.shtml
        """
        if raw.status >= 500:
            return Unheard(f"http_{raw.status}")
        try:
            keys.prove(raw.headers, raw.body, self._clock.now(), ANSWER_AGE_MAX_SECONDS)
            if raw.status == 204:
                return Said(raw.status, Facts({}), "")
            facts = Facts.read(raw.body)
            return Said(raw.status, facts, "" if raw.status == 200 else facts.text("code"))
        except Unproven as unproven:
            return Unheard(f"http_{raw.status}_{unproven.reason}")
        except Unreadable as unreadable:
            return Unheard(f"http_{raw.status}_unreadable_{unreadable.fact}")

    async def fetch(
        self, method: str, url: httpx.URL, body: Body | None, bytes_max: int, seconds_max: float
    ) -> Raw | Unheard:
        """The answer to one signed request; redirects are not followed. Never raises."""
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        try:
            async with asyncio.timeout(seconds_max):
                return await self._fetch(method, url, content, bytes_max, seconds_max)
        except (TimeoutError, httpx.TimeoutException):
            return Unheard("timeout")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            return Unheard("unreachable")

    async def _fetch(
        self, method: str, url: httpx.URL, content: bytes, bytes_max: int, seconds_max: float
    ) -> Raw | Unheard:
        target = url.raw_path.decode("ascii")
        authorization = self._signer.authorization(method, target, content, self._clock.now())
        headers = {"Authorization": authorization, "Accept": "application/json", "User-Agent": "xiadan"}
        if content:
            headers["Content-Type"] = "application/json"
        if self._public_key_id:
            # Asks WeChat Pay to sign by its public key, on an account that still has certificates.
            headers["Wechatpay-Serial"] = self._public_key_id
        request = self._client.build_request(
            method, url, content=content or None, headers=headers, timeout=seconds_max
        )
        answer = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            return Raw(answer.status_code, answer.headers, await read_bounded(answer, bytes_max))
        except TooLong:
            return Unheard("oversize")
        finally:
            await answer.aclose()
