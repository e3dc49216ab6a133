"""Shows what would be sent to a described supplier, without sending it: for whoever writes a description.

Secrets are masked wherever they would stand; the signature is made with them where they are set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import httpx

from adapters.suppliers.topup_account import URL, Lookup, callback_url
from adapters.suppliers.topup_checks import account_mistakes, read_description
from adapters.suppliers.topup_description import Call, Description, Method, Send
from adapters.suppliers.topup_http import TopupHttp, body_of
from adapters.suppliers.topup_signing import signed_text
from orders.clock import Clock
from orders.money import Fen
from orders.ports import DeliveryAsk

MASK = "***"
MISSING = "?"
SAMPLE_ACCOUNT = "13800138000"


def rehearsed(path: Path, lookup: Lookup, shop_url: str, clock: Clock) -> Iterator[str]:
    """Line by line: each request for a sample order, the callback, the goods, and what is still missing.
    Raises SupplierRejected where the file cannot be used."""
    description = read_description(path)
    name = path.stem
    given = dict(lookup(name, (*description.settings, *description.secrets, URL)))
    base_url = given.pop(URL, "") or description.base_url
    settings = {setting: value or MISSING for setting, value in given.items()}
    yield f"{path}: can be used"
    yield "What follows is made up: an order of the first goods, with a face value of 100 and 99.80 at most."
    address = callback_url(shop_url, name)
    supplier = TopupHttp(name, description, settings, address, httpx.AsyncClient(), clock, base_url)
    for what, call in description.calls.items():
        yield ""
        yield from _request(what, call, supplier, description, settings, base_url, clock)
    yield ""
    if description.callback is None:
        yield "callback  none: its orders are asked about"
    else:
        yield f"callback  at {address}, answered {description.callback.acknowledgement!r}"
    if number := description.order.number:
        yield f"number    an answer to `query` is only believed where {number!r} says our number back"
    for what in ("balance", "prices", "bill"):
        if what not in description.calls:
            yield f"{what:<9} not described"
    yield "goods     " + ", ".join(f"{sku_id} = {one.code}" for sku_id, one in description.goods.items())
    for missing in account_mistakes(name, description, given, base_url):
        yield f"missing   {missing}"


def _request(
    what: str,
    call: Call,
    supplier: TopupHttp,
    description: Description,
    settings: Mapping[str, str],
    base_url: str,
    clock: Clock,
) -> Iterator[str]:
    fields = supplier.request_of(call, _sample(description, clock), date(2026, 1, 5))
    by_query = call.send is Send.QUERY or call.method is Method.GET
    yield f"{what:<9} {call.method} {base_url}{call.path}  {'query' if by_query else call.send}"
    secrets = [settings[secret] for secret in description.secrets]
    # Masked before it is encoded: an encoded secret is not found again.
    shown = {field: _masked(value, secrets) for field, value in fields.items()}
    for field, value in shown.items():
        yield f"  {field} = {value}"
    masked = {name: MASK if name in description.secrets else value for name, value in settings.items()}
    signed = signed_text(description.sign, fields, masked)
    yield f"  signed with {description.sign.hash}: {_masked(signed, secrets)}"
    if by_query:
        yield f"  ?{urlencode(shown, safe='*')}"
    elif call.send is Send.JSON:
        yield f"  {body_of(shown)}"


def _masked(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        if secret != MISSING:
            text = text.replace(secret, MASK)
    return text


def _sample(description: Description, clock: Clock) -> DeliveryAsk:
    sku_id, goods = next(iter(description.goods.items()), ("sku", None))
    return DeliveryAsk(
        request_no="X0000000000-1-1",
        order_no="X0000000000",
        line_no=1,
        attempt=1,
        sku_id=sku_id,
        product_id="sample",
        quantity=1,
        account=SAMPLE_ACCOUNT,
        region=None,
        asked_at=clock.now(),
        supplier_code=goods.code if goods else "code",
        face_value=Decimal(100),
        cost_max_fen=Fen(9980),
    )
