"""The sandbox bank keeps its books in a file, as long as there is one: it outlives a process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.payments.sandbox import AlreadyPaid, PaymentClosed, SandboxBank
from orders.clock import VirtualClock
from orders.money import Fen
from orders.ports import Merchant, PaymentAsk, PaymentStatus, RawNotice, RefundAsk, RefundStatus
from orders.reconciling import china_day

NOON = datetime(2026, 1, 5, 4, tzinfo=UTC)
REFUND = RefundAsk("R1", "T1", "psp", Fen(500), Fen(990), "CNY", "staff", NOON)


async def lost(raw: RawNotice) -> bool:
    return False


def bank(books: Path | None) -> SandboxBank:
    return SandboxBank("a-secret-of-the-tests", Merchant("m", "a"), VirtualClock(NOON), lost, books)


def ask(number: str) -> PaymentAsk:
    return PaymentAsk(number, Fen(990), "CNY", NOON, NOON + timedelta(minutes=15))


async def test_a_bank_without_books_says_that_it_forgets(tmp_path: Path) -> None:
    assert bank(None).forgets
    assert not bank(tmp_path / "books").forgets


async def test_what_was_paid_refunded_and_closed_is_known_to_the_next_process(tmp_path: Path) -> None:
    before = bank(tmp_path / "books")
    await before.pay(ask("T1"), "wechat")
    before.refund(REFUND)
    before.close("T2")
    after = bank(tmp_path / "books")
    assert after.status("T1") == before.status("T1")
    assert after.refund_status("R1").status is RefundStatus.SUCCEEDED
    assert after.bill(china_day(NOON)) == before.bill(china_day(NOON))
    assert len(after.bill(china_day(NOON))) == 2
    with pytest.raises(PaymentClosed):
        await after.pay(ask("T2"), "wechat")


async def test_two_processes_keep_one_book(tmp_path: Path) -> None:
    one, other = bank(tmp_path / "books"), bank(tmp_path / "books")
    await one.pay(ask("T1"), "wechat")
    assert other.status("T1").status is PaymentStatus.PAID
    with pytest.raises(AlreadyPaid):
        await other.pay(ask("T1"), "wechat")
    other.refund(REFUND)
    one.refund(REFUND)
    assert one.refunded_fen == 500
    assert one.bill(china_day(NOON)) == other.bill(china_day(NOON))


async def test_a_line_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    books = tmp_path / "books"
    await bank(books).pay(ask("T1"), "wechat")
    whole = books.read_bytes()
    books.write_bytes(whole[:-7])
    reader = bank(books)
    assert reader.status("T1").status is PaymentStatus.NOT_PAID
    books.write_bytes(whole)
    assert reader.status("T1").status is PaymentStatus.PAID
