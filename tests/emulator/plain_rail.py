"""The least that a personality can be: unsigned JSON. The core of the emulator is tested with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.emulator.books import BooksRefuse, Payment, Refund
from tests.emulator.courier import Notice, Saying
from tests.emulator.rail import Rail


class PlainRail(Rail):
    name = "plain"
    retries = (timedelta(seconds=15), timedelta(minutes=3))

    def routes(self) -> Sequence[Route]:
        return [
            Route("/plain/open", self._open, methods=["POST"]),
            Route("/plain/refund", self._refund, methods=["POST"]),
            Route("/plain/state/{number}", self._state),
        ]

    def notice_of(self, payment: Payment, saying: Saying) -> Notice:
        said = {
            "paid": payment.out_trade_no,
            "amount": payment.paid_fen,
            "merchant": saying.merchant_id or "m",
            "at": saying.at.isoformat(),
            "forged": saying.forged,
        }
        return Notice(json.dumps(said).encode(), {"content-type": "application/json"})

    def refund_notice_of(self, refund: Refund, saying: Saying) -> Notice | None:
        said = {"refunded": refund.refund_no, "state": refund.state.value, "at": saying.at.isoformat()}
        return Notice(json.dumps(said).encode(), {"content-type": "application/json"})

    def is_acknowledged(self, status_code: int, body: str) -> bool:
        return status_code == 200 and body == "ok"

    async def _open(self, request: Request) -> Response:
        said = await request.json()
        payment = Payment(
            said["number"], said["amount"], "goods", said["notify_url"], "", self.now(), expires_at=None
        )
        try:
            await self.open(payment)
        except BooksRefuse as refusal:
            return JSONResponse({"error": refusal.why}, status_code=400)
        return JSONResponse({"pay_at": self.payer_url(payment.out_trade_no)})

    async def _refund(self, request: Request) -> Response:
        said = await request.json()
        refund, _ = await self.refund(said["refund"], said["number"], said["amount"], said["notify_url"])
        return JSONResponse({"state": refund.state})

    async def _state(self, request: Request) -> Response:
        payment = self.books.find(request.path_params["number"])
        return JSONResponse({"state": payment.state if payment else None})
