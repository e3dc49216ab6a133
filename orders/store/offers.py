"""What a gateway gave for a payment, as text in its row: a page that is opened again shows it again."""

from __future__ import annotations

import json

from orders.ports import CallWallet, GoTo, InvoiceSent, PaymentOffer, PostForm, ShowCode


def offer_text(offer: PaymentOffer) -> str:
    match offer:
        case ShowCode(content):
            said: dict[str, object] = {"code": content}
        case GoTo(url):
            said = {"go_to": url}
        case PostForm(url, fields):
            said = {"post_to": url, "fields": dict(fields)}
        case CallWallet(parameters):
            said = {"wallet": dict(parameters)}
        case InvoiceSent():
            said = {"invoice": True}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def offer_from_text(text: str) -> PaymentOffer:
    match json.loads(text):
        case {"code": content}:
            return ShowCode(content)
        case {"go_to": url}:
            return GoTo(url)
        case {"post_to": url, "fields": fields}:
            return PostForm(url, fields)
        case {"wallet": parameters}:
            return CallWallet(parameters)
        case {"invoice": True}:
            return InvoiceSent()
        case _:
            raise AssertionError("a payment's offer was not written by this program")
