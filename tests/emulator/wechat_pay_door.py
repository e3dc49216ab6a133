"""Who may come in, and in whose name the answer goes out: WeChat Pay's APIv3 rules, as strict as they are.

A request that is not signed to the letter gets 401 and no signature back; everything else is signed,
refusals included.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.emulator.knobs import Knobs
from tests.emulator.wechat_pay_keys import (
    MERCHANT_ID,
    MERCHANT_SERIAL,
    PUBLIC_KEY_ID,
    Keyring,
    is_signed,
    signature,
)

SCHEME = "WECHATPAY2-SHA256-RSA2048"
WINDOW_SECONDS = 300

Json = dict[str, Any]

_AUTHORIZATION = re.compile(
    SCHEME
    + r' (?=.*mchid="(?P<mchid>[^"]+)")(?=.*nonce_str="(?P<nonce>[^"]+)")(?=.*signature="(?P<signature>[^"]+)")'
    r'(?=.*timestamp="(?P<timestamp>[0-9]{10})")(?=.*serial_no="(?P<serial>[^"]+)")(?:[a-z_]+="[^"]*",?){5}'
)


class SignsBy(StrEnum):
    """Which of its keys WeChat Pay uses for this merchant's notices, and for answers that name none."""

    PUBLIC_KEY = "public_key"
    CERTIFICATE = "certificate"
    NEXT_CERTIFICATE = "next_certificate"


class Refuses(Exception):
    """The answer is a refusal: a status, a code, and what is told beside."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Call:
    """A request that came in by the door."""

    body: Json
    query: Mapping[str, str]
    path: Mapping[str, str]


Answer = Callable[[Call], Awaitable[Json | Response | None]]
"""What an endpoint makes of a call: JSON, nothing (204), or an answer that WeChat Pay does not sign."""


class Door:
    def __init__(self, keys: Keyring, knobs: Knobs, now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._knobs = knobs
        self._now = now
        self._nonces: set[str] = set()
        self.signs_by = SignsBy.PUBLIC_KEY
        self.probes = False
        """Told to: answers come with a signature that is wrong on purpose, to see whether anybody checks."""
        self.strips_signatures = False
        """Told to: a proxy on the way takes the signatures off the answers."""
        self.calls: list[str] = []
        """Method and path of whatever came to the door."""

    def guarded(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            self.calls.append(f"{request.method} {request.url.path}")
            body = (await request.body()).decode()
            wrong = self._wrong(request, body)
            if wrong:
                return JSONResponse({"code": "SIGN_ERROR", "message": wrong}, status_code=401)
            try:
                said = await answer(Call(_parsed(body), dict(request.query_params), request.path_params))
            except Refuses as refusal:
                told = {"code": refusal.code, "message": refusal.message or refusal.code}
                return self._signed(request, refusal.status, json.dumps(told))
            if isinstance(said, Response):
                return said
            if said is None:
                return self._signed(request, 204, "")
            return self._signed(request, 200, json.dumps(said, ensure_ascii=False))

        return endpoint

    def headers(
        self, body: str, at: datetime, *, key: RSAPrivateKey | None = None, serial: str = ""
    ) -> dict[str, str]:
        """The signature over a notice or an answer; by another key under the same name where one is given."""
        own_serial, own_key = self._signer(serial)
        timestamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
        return {
            "Wechatpay-Serial": own_serial,
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": signature(key or own_key, timestamp, nonce, body),
            "Wechatpay-Signature-Type": SCHEME,
        }

    def _signer(self, asked: str) -> tuple[str, RSAPrivateKey]:
        if self.signs_by is SignsBy.PUBLIC_KEY or asked == PUBLIC_KEY_ID:
            return PUBLIC_KEY_ID, self._keys.platform
        number = 0 if self.signs_by is SignsBy.CERTIFICATE else 1
        return self._keys.certificate_serial(number), self._keys.certified[number]

    def _wrong(self, request: Request, body: str) -> str:
        """What is wrong with the request's signature, and with the headers that must be there."""
        said = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if said is None:
            return "no such Authorization"
        if (said["mchid"], said["serial"]) != (MERCHANT_ID, MERCHANT_SERIAL):
            return "not this merchant's"
        if abs(self._now().timestamp() - int(said["timestamp"])) > WINDOW_SECONDS:
            return "timestamp out of the window"
        if said["nonce"] in self._nonces:
            return "nonce used before"
        self._nonces.add(said["nonce"])
        if not request.headers.get("user-agent") or "application/json" not in request.headers.get(
            "accept", ""
        ):
            return "Accept and User-Agent are missing"
        if body and request.headers.get("content-type", "").split(";")[0] != "application/json":
            return "Content-Type is not JSON"
        target = request.scope["raw_path"].decode()
        if request.scope["query_string"]:
            target += f"?{request.scope['query_string'].decode()}"
        signed = request.method, target, said["timestamp"], said["nonce"], body
        if not is_signed(self._keys.merchant.public_key(), said["signature"], *signed):
            return "signature does not fit"
        return ""

    def _signed(self, request: Request, status: int, body: str) -> Response:
        asked = request.headers.get("wechatpay-serial", "")
        forged = self._keys.stranger if self._knobs.bad_answer_signature else None
        headers = self.headers(body, self._now(), key=forged, serial=asked)
        if self.probes:
            headers["Wechatpay-Signature"] = f"WECHATPAY/SIGNTEST/{headers['Wechatpay-Signature']}"
        if self.strips_signatures:
            headers = {}
        return Response(body or None, status, headers | {"Content-Type": "application/json; charset=utf-8"})


def _parsed(body: str) -> Json:
    if not body:
        return {}
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refuses(400, "PARAM_ERROR", "the body is no JSON object")
    return said
