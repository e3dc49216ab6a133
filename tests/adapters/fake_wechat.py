"""An official account's platform, as strict as the real one where this product could trip.

It signs and encrypts what it pushes with code of its own, cuts a connection after five seconds and
pushes again with the same message id and a fresh signature, takes only answers that WeChat takes,
counts customer-service messages, rotates tokens, and shows what each follower sees. Its clock
moves only when told to.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
import os
import secrets
import struct
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.adapters.loopback import served

Json = dict[str, Any]

SERVICE_FAULT = "[service fault]"
TEXT_BYTES_MAX = 2048
ACCOUNT = "gh_0123456789ab"


@dataclass
class Follower:
    """One person who follows the account, and what he sees of it."""

    openid: str
    screen: list[str] = field(default_factory=list)
    passive: int = 0
    pushed: int = 0
    """Customer-service messages that reached him."""
    follows: bool = True
    quota: int = 0
    quota_ends: float = 0.0
    action_quota: int = 0
    action_ends: float = 0.0


class Refused(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class FakeWeChat:
    """The platform. `api_url` is what the account's server calls; `server_url` is what it pushes to."""

    def __init__(
        self,
        *,
        app_id: str = "wx0123456789abcdef",
        secret: str = "0123456789abcdef0123456789abcdef",
        token: str = "platform-token",
        encoding_aes_key: str = "",
        says_twice: bool = False,
        pushes_max: int = 3,
        cut_seconds: float = 5.0,
        verified: bool = True,
    ) -> None:
        """`says_twice`: the first answer to each message is lost on the way, so it is pushed again."""
        self.app_id, self.secret, self.token = app_id, secret, token
        self.key = base64.b64decode(encoding_aes_key + "=") if encoding_aes_key else None
        self.says_twice = says_twice
        self.pushes_max = pushes_max
        self.cut_seconds = cut_seconds
        self.verified = verified
        self.api_url = ""
        self.server_url = ""
        self.clock_ahead = 0.0
        self.followers: dict[str, Follower] = {}
        self.calls: list[tuple[str, Json]] = []
        self.pushes: list[tuple[str, int]] = []
        self.access_token: str | None = None
        self.token_ends = 0.0
        self.tokens_given = 0
        self.faults: deque[Json | Response] = deque()
        self.raw_bodies: list[bytes] = []
        self._numbers = itertools.count(24_000_000_000_000_001)
        self._behind: set[asyncio.Task[None]] = set()
        self._arrived = asyncio.Condition()

    def now(self) -> float:
        return time.time() + self.clock_ahead

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeWeChat]:
        app = Starlette(routes=[Route("/cgi-bin/{path:path}", self._endpoint, methods=["GET", "POST"])])
        async with served(app) as address:
            self.api_url = address
            yield self

    # What followers do

    def follower(self, openid: str = "oLVPpjqs9BhvzwPj5A-vTYAX3GLc") -> Follower:
        return self.followers.setdefault(openid, Follower(openid))

    async def says(self, who: Follower, text: str) -> str:
        """A follower types. Returns the message id when the platform is done pushing."""
        who.quota, who.quota_ends = 5, self.now() + 48 * 3600
        return await self.push(who, {"MsgType": "text", "Content": text}, numbered=True)

    async def sends(self, who: Follower, kind: str, **fields: str) -> str:
        """A follower sends something else than text."""
        who.quota, who.quota_ends = 5, self.now() + 48 * 3600
        return await self.push(who, {"MsgType": kind, **fields}, numbered=True)

    async def does(self, who: Follower, event: str, key: str = "") -> str:
        """A follower follows, scans, or uses the menu."""
        if event in ("subscribe", "SCAN", "CLICK"):
            who.action_quota, who.action_ends = 3, self.now() + 60
        who.follows = event != "unsubscribe"
        return await self.push(who, {"MsgType": "event", "Event": event, "EventKey": key}, numbered=False)

    async def push(self, who: Follower, fields: dict[str, str], *, numbered: bool) -> str:
        body = {
            "ToUserName": ACCOUNT,
            "FromUserName": who.openid,
            "CreateTime": str(int(self.now())),
            **fields,
            **({"MsgId": str(next(self._numbers))} if numbered else {}),
        }
        xml = _xml(body)
        for attempt in range(1, self.pushes_max + 1):
            response = await self.post(xml)
            self.pushes.append((body.get("MsgId", ""), 0 if response is None else response.status_code))
            if response is None or (attempt == 1 and self.says_twice):
                continue
            if response.status_code != 200:
                continue
            self._take_answer(who, response.content)
            return body.get("MsgId", "")
        who.screen.append(SERVICE_FAULT)
        return body.get("MsgId", "")

    async def post(self, xml: str, **overrides: str) -> httpx.Response | None:
        """One push, signed anew. None: the answer did not come within the time, and was cut off."""
        query, content = self.signed(xml)
        query.update(overrides)
        return await self.post_raw(query, content)

    async def post_raw(self, query: dict[str, str], content: bytes) -> httpx.Response | None:
        async with httpx.AsyncClient(timeout=self.cut_seconds) as client:
            try:
                return await client.post(
                    self.server_url, params=query, content=content, headers={"Content-Type": "text/xml"}
                )
            except httpx.TimeoutException:
                return None

    def signed(self, xml: str) -> tuple[dict[str, str], bytes]:
        timestamp, nonce = str(int(self.now())), str(secrets.randbelow(10**9))
        query = {"timestamp": timestamp, "nonce": nonce, "signature": self.sign(timestamp, nonce)}
        if self.key is None:
            return query, xml.encode()
        sealed = self.encrypt(xml)
        query |= {"encrypt_type": "aes", "msg_signature": self.sign(timestamp, nonce, sealed)}
        return query, _xml({"ToUserName": ACCOUNT, "Encrypt": sealed}).encode()

    async def greet(self) -> str:
        """The platform's first call, when the operator saves the server's address."""
        timestamp, nonce, echo = str(int(self.now())), str(secrets.randbelow(10**9)), secrets.token_hex(8)
        query = {
            "signature": self.sign(timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "echostr": echo,
        }
        async with httpx.AsyncClient() as client:
            answer = await client.get(self.server_url, params=query)
        return "ok" if answer.status_code == 200 and answer.text == echo else f"{answer.status_code}"

    async def until(self, who: Follower, words: str, seconds: float = 10.0) -> str:
        """The message on his screen that has these words; waits for it."""
        async with self._arrived:
            await asyncio.wait_for(
                self._arrived.wait_for(lambda: any(words in shown for shown in who.screen)), seconds
            )
        return next(shown for shown in who.screen if words in shown)

    # Crypto of its own, so that a mistake of the library's would show

    def sign(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted([self.token, *parts])).encode()).hexdigest()

    def encrypt(self, text: str) -> str:
        assert self.key is not None
        raw = text.encode()
        plain = os.urandom(16) + struct.pack(">I", len(raw)) + raw + self.app_id.encode()
        pad = 32 - len(plain) % 32
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def decrypt(self, sealed: str) -> str:
        assert self.key is not None
        decryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).decryptor()
        plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
        plain = plain[16 : -plain[-1]]
        (length,) = struct.unpack(">I", plain[:4])
        assert plain[4 + length :].decode() == self.app_id, "an answer for another account"
        return plain[4 : 4 + length].decode()

    def _take_answer(self, who: Follower, body: bytes) -> None:
        text = body.decode()
        if text in ("", "success"):
            return
        try:
            root = ElementTree.fromstring(text)
            if self.key is not None:
                sealed = root.findtext("Encrypt") or ""
                told = root.findtext("MsgSignature")
                right = self.sign(root.findtext("TimeStamp") or "", root.findtext("Nonce") or "", sealed)
                assert told == right, "wrong signature of the answer"
                root = ElementTree.fromstring(self.decrypt(sealed))
            assert root.findtext("ToUserName") == who.openid
            assert root.findtext("FromUserName") == ACCOUNT
            assert (root.findtext("CreateTime") or "").isdigit()
            assert root.findtext("MsgType") == "text"
            content = root.findtext("Content") or ""
            assert content
            assert len(content.encode()) <= TEXT_BYTES_MAX, "a text that is too long"
        except (ElementTree.ParseError, AssertionError, ValueError, struct.error) as fault:
            who.screen.append(f"{SERVICE_FAULT} {fault}")
            return
        who.passive += 1
        self._show(who, content)

    def _show(self, who: Follower, text: str) -> None:
        who.screen.append(text)
        task = asyncio.get_running_loop().create_task(self._tell())
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _tell(self) -> None:
        async with self._arrived:
            self._arrived.notify_all()

    # The API

    async def _endpoint(self, request: Request) -> Response:
        raw = await request.body()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            return JSONResponse({"errcode": 47001, "errmsg": "data format error"})
        path = request.path_params["path"]
        self.calls.append((path, body))
        self.raw_bodies.append(raw)
        if self.faults and path == "message/custom/send":
            fault = self.faults.popleft()
            return fault if isinstance(fault, Response) else JSONResponse(fault)
        try:
            if path == "stable_token":
                return JSONResponse(self._token_for(body))
            self._check_token(request.query_params.get("access_token"))
            if path == "message/custom/send":
                return JSONResponse(self._send(body))
        except Refused as refused:
            hint = f" hint: [{secrets.token_hex(4)}] rid: {secrets.token_hex(8)}"
            return JSONResponse({"errcode": refused.code, "errmsg": refused.text + hint})
        return JSONResponse({"errcode": 40066, "errmsg": "invalid url"})

    def _token_for(self, body: Json) -> Json:
        if body.get("grant_type") != "client_credential":
            raise Refused(40002, "invalid grant_type")
        if body.get("appid") != self.app_id:
            raise Refused(40013, "invalid appid")
        if body.get("secret") != self.secret:
            raise Refused(40125, "invalid appsecret")
        if self.access_token is None or body.get("force_refresh") or self.token_ends - self.now() < 300:
            self.rotate()
        return {"access_token": self.access_token, "expires_in": int(self.token_ends - self.now())}

    def rotate(self) -> None:
        """Another holder of the secret asked for a new token: the old one is worth nothing now."""
        self.access_token = f"token-{secrets.token_hex(8)}"
        self.token_ends = self.now() + 7200
        self.tokens_given += 1

    def _check_token(self, told: str | None) -> None:
        if not told:
            raise Refused(41001, "access_token missing")
        if told != self.access_token:
            raise Refused(40001, "invalid credential, access_token is invalid or not latest")
        if self.now() >= self.token_ends:
            raise Refused(42001, "access_token expired")

    def _send(self, body: Json) -> Json:
        if not self.verified:
            raise Refused(48001, "api unauthorized")
        who = self.followers.get(str(body.get("touser")))
        if who is None:
            raise Refused(40003, "invalid openid")
        if body.get("msgtype") != "text":
            raise Refused(40008, "invalid message type")
        content = str(body.get("text", {}).get("content", ""))
        if not content:
            raise Refused(44004, "empty content")
        if len(content.encode()) > TEXT_BYTES_MAX:
            raise Refused(45002, "content size out of limit")
        if not who.follows:
            raise Refused(43004, "require subscribe")
        self._count(who)
        who.pushed += 1
        self._show(who, content)
        return {"errcode": 0, "errmsg": "ok"}

    def _count(self, who: Follower) -> None:
        now = self.now()
        if now < who.action_ends and who.action_quota > 0:
            who.action_quota -= 1
            return
        if now >= who.quota_ends:
            raise Refused(45015, "response out of time limit or subscription is canceled")
        if who.quota <= 0:
            raise Refused(45047, "out of response count limit")
        who.quota -= 1


def _xml(fields: dict[str, str]) -> str:
    numbers = {"CreateTime", "MsgId"}
    inner = "".join(
        f"<{name}>{escape(value)}</{name}>" if name in numbers else f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{inner}</xml>"
