"""`/knobs`: what waits to be paid at each gateway, and its knobs, to be turned by hand while a shop runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from enum import StrEnum
from html import escape

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from orders.money import yuan
from tests.emulator.books import PaymentState
from tests.emulator.knobs import Knobs
from tests.emulator.rail import Rail

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Emulated gateways</title>
<link rel="icon" href="data:,">
<style>body{{font:15px system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}}td{{padding:.15rem 1rem .15rem 0}}
td:last-child{{color:#666}}input,select,button{{font:inherit}}input[type=number]{{width:7rem}}</style>
<h1>Emulated gateways</h1><p>What a code leads to is listed here. Times are seconds; a knob works from now on.{rails}"""
LISTED_MAX = 20


class KnobPages:
    def __init__(self, rails: Mapping[str, Rail]) -> None:
        self._rails = rails

    def routes(self) -> list[BaseRoute]:
        return [Route("/knobs", self.page), Route("/knobs/{rail}", self.turn, methods=["POST"])]

    async def page(self, request: Request) -> Response:
        return HTMLResponse(PAGE.format(rails="".join(map(_form, self._rails.values()))))

    async def turn(self, request: Request) -> Response:
        rail = self._rails.get(request.path_params["rail"])
        if rail is None:
            return HTMLResponse("no such gateway", status_code=404)
        form = await request.form()
        try:
            turned = {name: _read(form, name, value) for name, value in _turnable(rail.knobs).items()}
        except (ValueError, OverflowError) as wrong:
            return HTMLResponse(escape(str(wrong)), status_code=400)
        for name, value in turned.items():
            setattr(rail.knobs, name, value)
        return RedirectResponse("/knobs", status_code=303)


def _turnable(knobs: Knobs) -> Mapping[str, object]:
    """Those that fit into one field; what a bill leaves out or adds is set by tests alone."""
    values = {field.name: getattr(knobs, field.name) for field in fields(knobs)}
    return {name: value for name, value in values.items() if not name.startswith("bill_")}


def _form(rail: Rail) -> str:
    rows = "".join(
        f"<tr><td><label for={rail.name}-{name}>{name}</label><td>{_input(rail.name, name, value)}"
        for name, value in _turnable(rail.knobs).items()
    )
    return (
        f"<h2>{rail.name}</h2><ul>{_waiting(rail)}</ul>"
        f'<form method="post" action="/knobs/{rail.name}"><table>{rows}</table><button>Turn</button></form>'
    )


def _waiting(rail: Rail) -> str:
    """The newest first."""
    found = map(rail.books.find, reversed(rail.books.payments))
    waiting = [one for one in found if one is not None and one.state is PaymentState.WAITING]
    return "".join(
        f'<li><a href="{escape(rail.payer_url(one.out_trade_no))}">{escape(one.out_trade_no)}</a>'
        f" ¥{yuan(one.amount_fen)} {escape(one.subject)}"
        for one in waiting[:LISTED_MAX]
    )


def _input(rail: str, name: str, value: object) -> str:
    known = f'id="{rail}-{name}" name="{name}"'
    match value:
        case bool():
            return f'<input type="checkbox" {known}{" checked" if value else ""}>'
        case StrEnum():
            options = "".join(f"<option{' selected' if each is value else ''}>{each}" for each in type(value))
            return f"<select {known}>{options}</select>"
        case timedelta():
            return f'<input type="number" step="any" {known} value="{value.total_seconds():g}">'
        case int() | float():
            return f'<input type="number" step="any" {known} value="{value:g}">'
        case _:
            return f'<input {known} value="{escape(str(value or ""))}">'


def _read(form: FormData, name: str, before: object) -> object:
    """Raises ValueError, OverflowError."""
    said = str(form.get(name, "")).strip()
    if getattr(Knobs(), name) is None:
        # Off is to say nothing here, not to say nought.
        return (int(said) if name.endswith("_fen") else said) if said else None
    match before:
        case bool():
            return bool(said)
        case StrEnum():
            return type(before)(said)
        case timedelta():
            return timedelta(seconds=float(said or 0))
        case int():
            return int(said or 0)
        case float():
            return float(said or 0)
        case _:
            raise AssertionError(f"no field of the page sets {name}")
