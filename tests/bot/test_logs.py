"""No log shows a customer's number."""

from __future__ import annotations

import pytest

from bot.logs import mask_event, masked


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("13800138000", "138****8000"),
        ("charged 13800138000 twice", "charged 138****8000 twice"),
        ("138 0013 8000", "138****8000"),
        ("+86-138-0013-8000", "861****8000"),
        ("QQ 1234567", "QQ 12****567"),
        ("充到13800138000，谢谢", "充到138****8000，谢谢"),
        ("someone@mail.com", "s***@mail.com"),
        ("took 123456 ms", "took 123456 ms"),
    ],
)
def test_a_number_is_masked_wherever_it_stands(said: str, logged: str) -> None:
    assert masked(said) == logged


def test_every_field_of_an_event_is_masked_but_our_own_numbers() -> None:
    event = {"event": "sent to 13800138000", "order_no": "20260105123456", "account": "13900139000", "n": 3}
    assert mask_event(None, "info", event) == {
        "event": "sent to 138****8000",
        "order_no": "20260105123456",
        "account": "139****9000",
        "n": 3,
    }
