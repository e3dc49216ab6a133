"""What an outside supplier's answer means. Whatever is not clearly understood is UNKNOWN: a refusal that
we only suppose would have the goods delivered twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import TypeAlias

from adapters.suppliers.topup_description import (
    Answering,
    Call,
    Description,
    Meaning,
    OrderReading,
    State,
    Unit,
)
from orders.money import Fen
from orders.ports import DeliveryAsk, Outcome, Refusal, SupplierAnswer

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | bool | None"
"""Numbers are kept as they were written: a code 0 and a code "0" are one, and 98.505 is no float."""

NESTING_MAX = 32
ROWS_MAX = 20_000
TEXT_MAX = 128
KEYS_MAX = 1000


class NotUnderstood(Exception):
    """The answer cannot be read, or contradicts itself; the text is a short code."""


OUTCOMES = {
    State.DONE: Outcome.DONE,
    State.WORKING: Outcome.ACCEPTED,
    State.FAILED: Outcome.FAILED,
    State.PARTIAL: Outcome.PARTIAL,
}

REFUSALS: Mapping[Meaning, SupplierAnswer] = {
    Meaning.BALANCE_LOW: SupplierAnswer(Outcome.FAILED, reason=Refusal.BALANCE_LOW),
    Meaning.GUARDED: SupplierAnswer(Outcome.FAILED, reason=Refusal.GUARDED),
    Meaning.BAD_ACCOUNT: SupplierAnswer(Outcome.NEEDS_INFO, reason="recipient_refused"),
    Meaning.WORKING: SupplierAnswer(Outcome.ACCEPTED),
}
"""What refuses a submission, beside `refused` itself. Any other meaning leaves us to ask."""


def parsed(body: bytes) -> Json:
    """Raises NotUnderstood for anything but JSON."""
    try:
        said: Json = json.loads(body, parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotUnderstood("not_json") from None
    return said


def _no_number(name: str) -> str:
    raise ValueError(name)


def submitted(said: Json, description: Description, ask: DeliveryAsk) -> SupplierAnswer:
    """What the supplier made of a submission."""
    meaning = verdict(said, description.answer)
    if meaning is None:
        orders = _found(said, description.submit.at)
        if not orders:
            return SupplierAnswer(Outcome.ACCEPTED)
        return _order(orders[0], description, ask.request_no, expects_state=False)
    if meaning is Meaning.REFUSED:
        return SupplierAnswer(Outcome.FAILED, reason=f"refused_{code_of(said, description.answer)}")
    refusal = REFUSALS.get(meaning)
    if refusal is None:
        raise NotUnderstood(meaning)
    return refusal


def asked_about(said: Json, description: Description, ask: DeliveryAsk) -> SupplierAnswer:
    """What became of a request. That the question was refused says nothing about the request."""
    meaning = verdict(said, description.answer)
    if meaning is Meaning.UNKNOWN_NUMBER:
        return SupplierAnswer(Outcome.ABSENT)
    if meaning is not None:
        raise NotUnderstood(f"not_told_{meaning}")
    orders = _found(said, description.query.at)
    if "*" not in description.query.at.split("."):
        if not orders:
            raise NotUnderstood("no_order")
        return _order(orders[0], description, ask.request_no, expects_state=True)
    if not _found(said, description.query.at.partition("*")[0].rstrip(".")):
        raise NotUnderstood("no_list")
    number = description.order.number
    ours = [order for order in orders if _text_at(order, number) == ask.request_no]
    if len(ours) > 1:
        raise NotUnderstood("several_orders")
    if not ours:
        # Other people's orders in place of ours are no proof that ours is not there.
        if orders:
            raise NotUnderstood("other_number")
        return SupplierAnswer(Outcome.ABSENT)
    return _order(ours[0], description, ask.request_no, expects_state=True)


def called_back(said: Json, description: Description) -> tuple[str, SupplierAnswer]:
    """Our number and what became of it, from a callback whose signature was checked."""
    number = _text_at(said, description.order.number)
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", number):
        raise NotUnderstood("no_number")
    return number, _order(said, description, number, expects_state=True)


def verdict(said: Json, answering: Answering) -> Meaning | None:
    """What the code and the message mean; None for `ok`. Raises NotUnderstood for what is listed nowhere."""
    code = code_of(said, answering)
    if code in answering.ok:
        return None
    message = _text_at(said, answering.message) if answering.message else ""
    meant = {meaning for meaning, words in answering.words.items() if any(word in message for word in words)}
    if len(meant) == 1:
        return meant.pop()
    if not meant and code in answering.codes:
        return answering.codes[code]
    raise NotUnderstood(f"code_{code}")


def code_of(said: Json, answering: Answering) -> str:
    """Raises NotUnderstood where there is none."""
    code = _text_at(said, answering.code)
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,24}", code):
        raise NotUnderstood("no_code")
    return code


def _order(order: Json, description: Description, request_no: str, *, expects_state: bool) -> SupplierAnswer:
    """One order as the supplier tells it."""
    reading = description.order
    number = _text_at(order, reading.number) if reading.number else request_no
    if number != request_no and (number or expects_state):
        raise NotUnderstood("other_number")
    state = _text_at(order, reading.state)
    if not state and not expects_state:
        outcome = Outcome.ACCEPTED
    else:
        meant = [known for known, values in reading.states.items() if state in values]
        if not meant:
            raise NotUnderstood(f"state_{re.sub(r'[^A-Za-z0-9_-]', '', state)[:16]}")
        outcome = OUTCOMES[meant[0]]
    said = SupplierAnswer(
        outcome, supplier_ref=_text_at(order, reading.ref)[:TEXT_MAX] if reading.ref else ""
    )
    if outcome is Outcome.FAILED:
        return replace(said, reason="failed_at_supplier")
    cost = _text_at(order, reading.cost) if reading.cost else ""
    arrived = _text_at(order, reading.arrived) if reading.arrived else ""
    return replace(
        said,
        cost_fen=cost_fen(cost, description.money) if cost else None,
        arrived=number_of(arrived) if arrived else None,
        keys=_keys(order, reading),
    )


def _keys(order: Json, reading: OrderReading) -> tuple[str, ...]:
    if not reading.cards:
        return ()
    texts = [text for text in map(_text_of, _found(order, reading.cards)) if text]
    if reading.cards_split:
        texts = [part for text in texts for part in text.split(reading.cards_split)]
    keys = tuple(dict.fromkeys(key for key in map(str.strip, texts) if key))
    if len(keys) > KEYS_MAX:
        raise NotUnderstood("too_many_keys")
    return keys


# --- amounts ------------------------------------------------------------------------------------


def number_of(text: str) -> Decimal:
    """Raises NotUnderstood."""
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        raise NotUnderstood("no_number_there") from None
    if not number.is_finite() or abs(number) >= 10**10:
        raise NotUnderstood("no_number_there")
    return number


def cost_fen(text: str, unit: Unit) -> Fen:
    """What is charged; a part of a 分 counts as a whole one. Raises NotUnderstood."""
    fen = _in_fen(text, unit).to_integral_value(ROUND_CEILING)
    if fen < 0:
        raise NotUnderstood("negative_cost")
    return Fen(int(fen))


def balance_fen(text: str, unit: Unit) -> Fen:
    """What is left; a part of a 分 counts for nothing. Negative where we owe. Raises NotUnderstood."""
    return Fen(int(_in_fen(text, unit).to_integral_value(ROUND_FLOOR)))


def _in_fen(text: str, unit: Unit) -> Decimal:
    number = number_of(text)
    return number * 100 if unit is Unit.YUAN else number


# --- places -------------------------------------------------------------------------------------


def rows_at(said: Json, call: Call) -> tuple[Json, ...]:
    return tuple(_found(said, call.at))


def text_at(said: Json, path: str) -> str:
    """The text there; empty where there is none."""
    return _text_at(said, path)


def _text_at(said: Json, path: str) -> str:
    if not path:
        return ""
    found = _found(said, path)
    return _text_of(found[0]) if len(found) == 1 else ""


def _text_of(value: Json) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case _:
            return ""


def _found(said: Json, path: str) -> list[Json]:
    """Everything at the path. Raises NotUnderstood where `*` stands and there is no list."""
    places: list[Json] = [said]
    for name in path.split(".") if path else ():
        places = list(_step(places, name))
        if len(places) > ROWS_MAX:
            raise NotUnderstood("too_long")
    return places


def _step(places: Iterable[Json], name: str) -> Iterable[Json]:
    for place in places:
        if name == "*":
            # A PHP supplier writes an empty list as null or [].
            if place is None:
                continue
            if not isinstance(place, list):
                raise NotUnderstood("no_list")
            yield from place
        elif isinstance(place, dict) and name in place:
            yield place[name]
        elif isinstance(place, list) and name.isdecimal() and len(name) < 6 and int(name) < len(place):
            yield place[int(name)]
