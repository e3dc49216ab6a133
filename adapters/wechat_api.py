"""The official account API as this product uses it: wechatpy's client, made safe to share.

The library waits for ever, and on a refused token it fetches new ones without end; two of its users
invalidate each other's. Here one owner holds the token behind a lock, every call has a time limit
and runs off the event loop, and a refused token is renewed once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from enum import StrEnum

import requests
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

CALL_SECONDS_MAX = 5
TOKEN_EARLY_SECONDS = 300
"""So long before its end a token is replaced: the old one stays good for five minutes."""
TOKEN_REFUSED = frozenset({40001, 40014, 42001})


class Refusal(StrEnum):
    """What a refusal means for the message."""

    UNTIL_HE_WRITES = "until_he_writes"
    LATER = "later"
    NEVER = "never"


MEANINGS: dict[int, tuple[str, Refusal, float]] = {
    -1: ("WeChat is busy", Refusal.LATER, 3),
    40003: ("there is no such customer", Refusal.NEVER, 0),
    40013: ("WECHAT_APP_ID is not known to WeChat; see the account's basic settings", Refusal.LATER, 60),
    40125: ("WECHAT_APP_SECRET is not the account's; see its basic settings", Refusal.LATER, 60),
    40164: ("this server's address is not on the account's IP list; add it there", Refusal.LATER, 60),
    43004: ("the customer does not follow the account", Refusal.NEVER, 0),
    45002: ("the text is too long", Refusal.NEVER, 0),
    45009: ("the account's calls for today are used up", Refusal.UNTIL_HE_WRITES, 0),
    45011: ("too many calls this minute", Refusal.LATER, 60),
    45015: ("the customer has not written for too long", Refusal.UNTIL_HE_WRITES, 0),
    45047: ("as many messages were sent as one of his allows", Refusal.UNTIL_HE_WRITES, 0),
    48001: ("the account may not send customer-service messages", Refusal.UNTIL_HE_WRITES, 0),
    48002: ("the customer refuses messages", Refusal.NEVER, 0),
    48004: ("the account may not send at present", Refusal.UNTIL_HE_WRITES, 0),
}
"""Code -> what it says, what it means, seconds to wait. From the platform's table of return codes."""


class WeChatRefused(Exception):
    """WeChat did not take a message, or was not reached. Never contains a secret."""

    def __init__(self, code: int | None, reason: str, refusal: Refusal, retry_after_seconds: float) -> None:
        super().__init__(reason if code is None else f"{reason} ({code})")
        self.code = code
        self.refusal = refusal
        self.retry_after_seconds = retry_after_seconds


class _Client(WeChatClient):  # type: ignore[misc]  # the library has no types
    """The library's client, pointed where the settings say, its token given with every call."""

    def __init__(self, app_id: str, secret: str, api_url: str) -> None:
        super().__init__(app_id, secret, timeout=CALL_SECONDS_MAX, auto_retry=False)
        self.API_BASE_URL = f"{api_url.rstrip('/')}/cgi-bin/"

    def call(self, endpoint: str, body: dict[str, object], token: str | None) -> dict[str, object]:
        # A tuple: the library adds its own token to a dict, and would fetch one for that.
        params = () if token is None else (("access_token", token),)
        try:
            answer = self.post(endpoint, data=body, params=params)
        except WeChatClientException as refused:
            raise _refused(refused.errcode) from None
        except requests.RequestException as away:
            raise _away(type(away).__name__) from None
        if not isinstance(answer, dict):
            raise _away("an answer that is no JSON")
        return answer

    def close(self) -> None:
        self._http.close()


class WeChatApi:
    """One official account. May be called from anywhere in the event loop at once."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        api_url: str = "https://api.weixin.qq.com",
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app_id = app_id
        self._secret = secret
        self._client = _Client(app_id, secret, api_url)
        self._seconds = seconds
        self._token_lock = asyncio.Lock()
        self._token: str | None = None
        self._token_good_until = 0.0

    async def close(self) -> None:
        await asyncio.to_thread(self._client.close)

    async def say(self, openid: str, text: str) -> None:
        """Send a customer-service message. Raises WeChatRefused."""
        body: dict[str, object] = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        token = await self._good_token(refused=None)
        try:
            await asyncio.to_thread(self._client.call, "message/custom/send", body, token)
        except WeChatRefused as refused:
            if refused.code not in TOKEN_REFUSED:
                raise
            # Once only: an account whose tokens are always refused must not use up its 2,000 a day.
            token = await self._good_token(refused=token)
            await asyncio.to_thread(self._client.call, "message/custom/send", body, token)

    async def _good_token(self, *, refused: str | None) -> str:
        """The token that all share. `refused` names the one that just was."""
        async with self._token_lock:
            spent = self._token is None or self._token == refused or self._seconds() >= self._token_good_until
            if spent:
                await self._renew_token(force=False)
                if self._token == refused:
                    await self._renew_token(force=True)
            assert self._token is not None
            return self._token

    async def _renew_token(self, *, force: bool) -> None:
        """`stable_token` gives every process the same token until it nears its end; the older call
        would make each process invalidate the others'."""
        found = await asyncio.to_thread(
            self._client.call,
            "stable_token",
            {
                "grant_type": "client_credential",
                "appid": self._app_id,
                "secret": self._secret,
                "force_refresh": force,
            },
            None,
        )
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise _away("an answer without a token")
        self._token = token
        self._token_good_until = self._seconds() + max(30, seconds - TOKEN_EARLY_SECONDS)


def _refused(code: int | None) -> WeChatRefused:
    if code is None:
        return _away("an HTTP error")
    reason, refusal, seconds = MEANINGS.get(
        code, ("WeChat refused for a reason we do not know", Refusal.LATER, 30)
    )
    return WeChatRefused(code, reason, refusal, seconds)


def _away(what: str) -> WeChatRefused:
    return WeChatRefused(None, f"WeChat was not reached ({what})", Refusal.LATER, 5)
