"""What must be true after a step of a talk: each check gives the sentences that say what is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Answer = Mapping[str, Any]
Expected = Mapping[str, Any]

PAST_PAYMENT = {
    "processing", "needs_info", "delivered", "partly_delivered", "refunding", "refunded", "in_review",
}  # fmt: skip
OVER = {"cancelled", "expired"}
CHOICE = re.compile(r"\$(choice|choice_product):(\d+):(\d+)")


@dataclass(frozen=True)
class Shown:
    """What a `sku` may refer to: the choices of earlier steps, and which product a SKU is of."""

    choices: Mapping[int, Sequence[Mapping[str, str]]]
    product_by_sku: Mapping[str, str]

    def is_sku(self, wanted: Any, got: str | None) -> bool:
        reference = CHOICE.fullmatch(wanted) if isinstance(wanted, str) else None
        if reference is None:
            return among(wanted, got)
        offered = self.choices.get(int(reference[2]), ())
        place = int(reference[3]) - 1
        if place >= len(offered):
            return False
        means = offered[place]["means"]
        product = self.product_by_sku.get(got or "")
        if reference[1] == "choice":
            return means in (got, product)
        return product is not None and product == self.product_by_sku.get(means, means)


def among(wanted: Any, got: Any) -> bool:
    """Equal, or one of the allowed."""
    return got in wanted if isinstance(wanted, list) else bool(wanted == got)


def broken(expected: Expected, answer: Answer, shown: Shown) -> list[str]:
    """What the step expects and the answer does not hold."""
    found: list[str] = []
    for name, wanted in expected.items():
        found += CHECKS[name](wanted, answer, shown)
    return found


def _asking(wanted: Any, answer: Answer, shown: Shown) -> Iterator[str]:
    if not among(wanted, answer["asking"]):
        yield f"asking {answer['asking']!r}, expected {wanted!r}"


def _attended_by(wanted: Any, answer: Answer, shown: Shown) -> Iterator[str]:
    who = answer["attended_by"]
    if not among(wanted, who if who in ("bot", "queued") else "staff"):
        yield f"attended by {who!r}, expected {wanted!r}"


def _orders(wanted: Any, answer: Answer, shown: Shown) -> Iterator[str]:
    yield from _same_orders(wanted, answer["orders"], shown)


def _live(wanted: Any, answer: Answer, shown: Shown) -> Iterator[str]:
    live = [order for order in answer["orders"] if order["state"] not in OVER]
    yield from _same_orders(wanted, live, shown)


def _same_orders(wanted: list[Expected], orders: list[Answer], shown: Shown) -> Iterator[str]:
    fits = len(wanted) == len(orders) and all(
        _is_order(want, order, shown) for want, order in zip(wanted, orders, strict=True)
    )
    if not fits:
        yield f"orders are {[_brief(order) for order in orders]}, expected {wanted}"


def _is_order(wanted: Expected, order: Answer, shown: Shown) -> bool:
    return (
        among(wanted.get("state", order["state"]), order["state"])
        and among(wanted.get("total_fen", order["total_fen"]), order["total_fen"])
        and ("lines" not in wanted or _same_lines(wanted["lines"], order["lines"], shown))
    )


def _same_lines(wanted: Sequence[Expected], lines: Sequence[Answer], shown: Shown) -> bool:
    """Each wanted line is one of the lines, whatever their order."""
    if not wanted or len(wanted) != len(lines):
        return len(wanted) == len(lines)
    first, rest = wanted[0], wanted[1:]
    return any(
        _is_line(first, line, shown) and _same_lines(rest, [*lines[:at], *lines[at + 1 :]], shown)
        for at, line in enumerate(lines)
    )


def _is_line(wanted: Expected, line: Answer, shown: Shown) -> bool:
    return all(
        shown.is_sku(value, line["sku"]) if name == "sku" else among(value, line[name])
        for name, value in wanted.items()
    )


def _brief(order: Answer) -> str:
    lines = ", ".join(f"{one['sku']}×{one['quantity']} {one['account']}" for one in order["lines"])
    return f"{order['state']} {order['total_fen']} ({lines})"


def _payable(wanted: Any, answer: Answer, shown: Shown) -> Iterator[str]:
    count = sum(order["state"] == "awaiting_payment" for order in answer["orders"])
    if not among(wanted, count):
        yield f"{count} payable, expected {wanted}"


def _replies_min(wanted: int, answer: Answer, shown: Shown) -> Iterator[str]:
    if len(answer["replies"]) < wanted:
        yield f"{len(answer['replies'])} replies, expected at least {wanted}"


def _replies_max(wanted: int, answer: Answer, shown: Shown) -> Iterator[str]:
    if len(answer["replies"]) > wanted:
        yield f"{len(answer['replies'])} replies, expected at most {wanted}"


def _pay_url(wanted: bool, answer: Answer, shown: Shown) -> Iterator[str]:
    if any(reply["pay_url"] for reply in answer["replies"]) != wanted:
        yield "no pay link" if wanted else "a pay link"


def _error(wanted: Any, answer: Answer, shown: Shown) -> Iterator[str]:
    code = (answer.get("error") or {}).get("code")
    if not among(wanted, code):
        yield f"error {code!r}, expected {wanted!r}"


def _says(wanted: list[str], answer: Answer, shown: Shown) -> Iterator[str]:
    labels = [choice["label"] for reply in answer["replies"] for choice in reply["choices"]]
    seen = "\n".join((text_of(answer), *labels))
    if not any(words in seen for words in wanted):
        yield f"says none of {wanted}: {seen!r}"


def _never_says(wanted: list[str], answer: Answer, shown: Shown) -> Iterator[str]:
    yield from (f"says {words!r}" for words in wanted if words in text_of(answer))


def _any_of(wanted: list[Expected], answer: Answer, shown: Shown) -> Iterator[str]:
    tries = [broken(one, answer, shown) for one in wanted]
    if all(tries):
        yield "none of: " + " | ".join("; ".join(one) for one in tries)


CHECKS: Mapping[str, Callable[[Any, Answer, Shown], Iterator[str]]] = {
    "asking": _asking,
    "attended_by": _attended_by,
    "orders": _orders,
    "live": _live,
    "payable": _payable,
    "replies_min": _replies_min,
    "replies_max": _replies_max,
    "pay_url": _pay_url,
    "error": _error,
    "says": _says,
    "never_says": _never_says,
    "any_of": _any_of,
}


def always_broken(
    step: Answer, expected: Expected, answer: Answer, before: Answer | None, payments: int, quiet: bool
) -> Iterator[str]:
    """What must hold at every step of every talk. `quiet`: no time passed, so no news may come."""
    replies, orders = answer["replies"], answer["orders"]
    if "error" not in expected and answer.get("error"):
        yield f"error {answer['error']}"
    if any(reply["pay_url"] for reply in replies) and not any(
        order["state"] == "awaiting_payment" for order in orders
    ):
        yield "a pay link, and nothing is payable"
    past = sum(order["state"] in PAST_PAYMENT for order in orders)
    if past > payments:
        yield f"{past} orders past payment, {payments} payments"
    heard = "say" in step or "choose" in step or "again" in step
    if heard and quiet and len(replies) > expected.get("replies_max", 1):
        yield f"{len(replies)} messages to one"
    if before is None:
        return
    if before["attended_by"] not in ("bot", "queued") and replies and ("say" in step or "again" in step):
        yield "the bot speaks while a person attends"
    if step.get("again") and _standing(before) != _standing(answer):
        yield f"again changed {_standing(before)} to {_standing(answer)}"


def _standing(answer: Answer) -> tuple[Any, ...]:
    orders = tuple((one["order_no"], one["state"], one["total_fen"]) for one in answer["orders"])
    return (orders, answer["asking"], answer["attended_by"])


def text_of(answer: Answer) -> str:
    return "\n".join(reply["text"] for reply in answer["replies"])
