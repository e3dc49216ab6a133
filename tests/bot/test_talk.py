"""`xiadan talk` keeps its contract: steps in, what the customer received out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.commands.talk import Stage

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "帮我充100元话费到13800138000"


async def steps(stage: Stage, *said: dict[str, Any]) -> list[Any]:
    return [await stage.step({"customer": "c1", **step}) for step in said]


async def test_the_sentence_and_a_payment_make_one_delivered_order(stage: Stage) -> None:
    quoted, paid = await steps(stage, {"say": SENTENCE}, {"pay": "wechat"})
    assert quoted["asking"] is None
    assert quoted["replies"][0]["pay_url"].startswith("https://shop.example/pay/")
    assert [order["state"] for order in paid["orders"]] == ["delivered"]
    assert paid["orders"][0]["total_fen"] == 9980
    assert paid["orders"][0]["lines"] == [
        {"sku": "topup-100", "quantity": 1, "account": "13800138000", "region": None, "state": "delivered"}
    ]
    assert len(paid["replies"]) == 2


async def test_an_answer_has_every_key_of_the_contract(stage: Stage) -> None:
    (answer,) = await steps(stage, {"say": "充Q币"})
    assert set(answer) == {"customer", "replies", "asking", "attended_by", "orders"}
    assert answer["asking"] == "variant"
    assert answer["attended_by"] == "bot"
    assert set(answer["replies"][0]) == {"text", "choices", "pay_url"}
    assert all(set(choice) == {"label", "means"} for choice in answer["replies"][0]["choices"])


async def test_the_same_message_again_changes_nothing(stage: Stage) -> None:
    first, again = await steps(stage, {"say": SENTENCE}, {"again": True})
    assert again["orders"] == first["orders"]
    assert again["replies"] == first["replies"]


async def test_two_numbers_make_one_order_of_two_lines(stage: Stage) -> None:
    _, paid = await steps(stage, {"say": "给13800138000和13900139000各充50话费"}, {"pay": "alipay"})
    assert [[line["account"] for line in order["lines"]] for order in paid["orders"]] == [
        ["13800138000", "13900139000"]
    ]
    assert paid["orders"][0]["state"] == "delivered"


async def test_a_correction_after_the_quote_leaves_one_payable_order(stage: Stage) -> None:
    _, changed, confirmed = await steps(stage, {"say": SENTENCE}, {"say": "改成50的"}, {"choose": "confirm"})
    states = [("cancelled", "topup-100"), ("awaiting_payment", "topup-50")]
    assert changed["asking"] == "confirm"
    assert changed["replies"][0]["pay_url"]
    for answer in (changed, confirmed):
        assert [(order["state"], order["lines"][0]["sku"]) for order in answer["orders"]] == states


async def test_sixteen_minutes_unpaid_expire_and_release_the_stock(stage: Stage, app: App) -> None:
    before = await app.database.read(lambda tx: app.shop.available(tx)("kaspersky-1"))
    available = await app.database.read(lambda tx: app.shop.available(tx)("jd-ecard-100"))
    await steps(stage, {"say": "买两张100的京东卡"})
    held = await app.database.read(lambda tx: app.shop.available(tx)("jd-ecard-100"))
    (waited,) = await steps(stage, {"wait_minutes": 16})
    freed = await app.database.read(lambda tx: app.shop.available(tx)("jd-ecard-100"))
    assert (held, freed) == (available - 2, available)
    assert waited["orders"][0]["state"] == "expired"
    assert len(waited["replies"]) == 1
    assert before == await app.database.read(lambda tx: app.shop.available(tx)("kaspersky-1"))


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"choose": "topup-100"}, "not_offered"),
        ({"pay": "wechat"}, "nothing_to_pay"),
        ({"pay": "shells"}, "bad_step"),
        ({"again": True}, "nothing_to_repeat"),
        ({"staff": "take"}, "no_conversation"),
        ({"wait_minutes": -1}, "bad_step"),
        ({"sing": "la"}, "bad_step"),
        ({}, "bad_step"),
    ],
)
async def test_what_cannot_be_done_is_said_and_the_next_step_goes_on(
    stage: Stage, step: dict[str, Any], code: str
) -> None:
    failed, fine = await steps(stage, step, {"say": SENTENCE})
    assert failed["error"]["code"] == code
    assert fine["orders"][0]["state"] == "awaiting_payment"


async def test_what_was_offered_stands_in_the_error(stage: Stage) -> None:
    _, wrong = await steps(stage, {"say": "充Q币"}, {"choose": "topup-100"})
    assert wrong["error"] == {"code": "not_offered", "offered": wrong["error"]["offered"]}
    assert "qcoin-50" in wrong["error"]["offered"]


async def test_staff_takes_over_and_gives_back(stage: Stage) -> None:
    _, taken, unheard, said, released = await steps(
        stage,
        {"say": "充Q币"},
        {"staff": "take"},
        {"say": "50"},
        {"staff": "say", "text": "你好"},
        {"staff": "release"},
    )
    assert taken["attended_by"] not in ("bot", "queued")
    assert unheard["replies"] == []
    assert said["replies"][0]["text"] == "你好"
    assert released["attended_by"] == "bot"
    assert released["asking"] == "variant"


async def test_news_of_another_step_reach_the_customer_later(stage: Stage) -> None:
    await steps(stage, {"say": SENTENCE})
    await stage.step({"customer": "c2", "wait_minutes": 16})
    (answer,) = await steps(stage, {"wait_minutes": 0})
    assert [order["state"] for order in answer["orders"]] == ["expired"]
    assert len(answer["replies"]) == 1


def test_the_command_reads_and_writes_line_by_line() -> None:
    said = [{"customer": "c1", "say": SENTENCE}, {"customer": "c1", "pay": "unionpay"}]
    lines = "\n".join([json.dumps(said[0]), "no json", json.dumps(said[1])]) + "\n"
    done = subprocess.run(
        [sys.executable, "-m", "bot", "talk", "--start", "2026-01-05T10:00:00+08:00"],
        cwd=ROOT, input=lines, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, "bad_step", None]
    assert answers[2]["orders"][0]["order_no"].startswith("20260105")
    assert answers[2]["orders"][0]["state"] == "delivered"
