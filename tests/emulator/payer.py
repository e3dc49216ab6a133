"""The payer's page: one payment, and what a payer may do with it, the impossible included."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from orders.money import fen_from_yuan, yuan
from tests.emulator.books import BooksRefuse, Payment, PaymentState
from tests.emulator.rail import Rail

PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{rail} 收银台（模拟）</title>
<link rel="icon" href="data:,">
<style>body{{font:16px system-ui;max-width:28rem;margin:2rem auto;padding:0 1rem}}form{{margin:1rem 0}}
button,input{{font:inherit;padding:.5rem 1rem}}</style>
<h1>{rail} 收银台（模拟）</h1>
<p>{subject}<p>单号 <code>{number}</code><p>应付 <strong>¥{amount}</strong><p>状态 <strong id="state">{state}</strong>{said}
<form method="post"><button name="do" value="pay">付款 ¥{amount}</button></form>
<form method="post"><input name="yuan" value="0.01" size="8"> <button name="do" value="other">付这个数</button></form>
<form method="post"><button name="do" value="closed">关单之后照付</button></form>
{back}"""

STATES = {PaymentState.WAITING: "待付", PaymentState.PAID: "已付", PaymentState.CLOSED: "已关闭"}


class PayerPages:
    """`/payer/<rail>/<out_trade_no>`: what a code leads to, and what a page payment shows."""

    def __init__(self, rails: Mapping[str, Rail]) -> None:
        self._rails = rails

    def routes(self) -> list[BaseRoute]:
        return [Route("/payer/{rail}/{out_trade_no}", self.page, methods=["GET", "POST"])]

    async def page(self, request: Request) -> Response:
        rail = self._rails.get(request.path_params["rail"])
        payment = rail.books.seen(request.path_params["out_trade_no"]) if rail else None
        if rail is None or payment is None:
            return HTMLResponse("no such payment", status_code=404)
        if request.method == "GET":
            return HTMLResponse(_page(rail, payment))
        form = await request.form()
        try:
            amount = fen_from_yuan(str(form.get("yuan"))) if form.get("do") == "other" else None
            payment = await rail.pay(payment.out_trade_no, amount, form.get("do") == "closed")
        except (BooksRefuse, ValueError) as refusal:
            return HTMLResponse(_page(rail, payment, str(refusal)), status_code=409)
        if payment.return_url:
            return RedirectResponse(payment.return_url, status_code=303)
        return HTMLResponse(_page(rail, payment))


def _page(rail: Rail, payment: Payment, said: str = "") -> str:
    return PAGE.format(
        rail=escape(rail.name),
        subject=escape(payment.subject),
        number=escape(payment.out_trade_no),
        amount=yuan(payment.amount_fen),
        state=STATES[payment.state],
        said=f'<p id="said">{escape(said)}</p>' if said else "",
        back=f'<a href="{escape(payment.return_url)}">返回商家</a>' if payment.return_url else "",
    )
