"""What stands between a draft and a quote, in the order to ask."""

from __future__ import annotations

import pytest

from orders.draft import EMPTY_DRAFT, Draft, DraftLine, Problem, Slot
from orders.quote import Ambiguous, Finding, Missing, Unacceptable, findings
from tests.orders.world import catalog_of, gift, topup

CATALOG = catalog_of()


def found_in(*lines: DraftLine) -> tuple[Finding, ...]:
    def in_stock(sku_id: str) -> int:
        sku = CATALOG.sku(sku_id)
        return sku.stock if sku else 0

    return findings(Draft(lines), CATALOG, in_stock)


def test_an_empty_draft_needs_a_product() -> None:
    assert findings(EMPTY_DRAFT, CATALOG, lambda _: 0) == (Missing(0, Slot.PRODUCT),)


def test_a_complete_line_lacks_nothing() -> None:
    assert found_in(topup(), gift(3)) == ()


def test_a_product_with_servers_needs_one_and_its_account() -> None:
    bare = DraftLine(product_id="game", sku_id="game-1")
    assert found_in(bare) == (Missing(0, Slot.ACCOUNT), Missing(0, Slot.REGION))
    assert found_in(DraftLine("game", "game-1", account="阿强", region="安卓")) == ()


def test_a_server_that_is_not_there_is_answered_with_those_that_are() -> None:
    line = DraftLine("game", "game-1", account="阿强", region="网通")
    assert found_in(line) == (Unacceptable(0, Slot.REGION, "region_unknown", "网通", ("安卓", "苹果")),)


def test_an_open_size_or_product_offers_what_could_be_meant() -> None:
    open_size = DraftLine("topup", account="13800138000", sku_options=("topup-50", "topup-100"))
    assert found_in(open_size) == (Ambiguous(0, Slot.VARIANT, ("topup-50", "topup-100")),)
    open_product = DraftLine(product_options=("topup", "gift"))
    assert found_in(open_product) == (Ambiguous(0, Slot.PRODUCT, ("topup", "gift")),)
    assert found_in(DraftLine("topup", account="1")) == (Missing(0, Slot.VARIANT),)


def test_no_more_options_than_can_be_shown() -> None:
    (finding,) = found_in(DraftLine(product_options=tuple(f"p{number}" for number in range(20))))
    assert isinstance(finding, Ambiguous)
    assert len(finding.options) == 8


def test_what_the_reading_found_wrong_is_passed_on() -> None:
    problem = Problem(Slot.ACCOUNT, "phone_length", "1380013800")
    line = DraftLine("topup", "topup-50", problems=(problem,))
    assert found_in(line) == (Unacceptable(0, Slot.ACCOUNT, "phone_length", "1380013800"),)


def test_sold_out_is_told_before_the_recipient_is_asked_for() -> None:
    found = found_in(DraftLine("gift", "gift-20"))
    assert found == (Unacceptable(0, Slot.VARIANT, "out_of_stock", "gift-20", ("gift-10",)),)


def test_fewer_than_asked_tells_how_many_there_are() -> None:
    assert found_in(gift(4)) == (Unacceptable(0, Slot.QUANTITY, "out_of_stock", "3"),)


def test_two_lines_share_one_stock() -> None:
    assert found_in(gift(2), gift(2)) == (Unacceptable(1, Slot.QUANTITY, "out_of_stock", "1"),)


@pytest.mark.parametrize("quantity", [0, -1, 1000])
def test_a_quantity_is_1_to_999(quantity: int) -> None:
    assert Unacceptable(0, Slot.QUANTITY, "quantity_limit", str(quantity)) in found_in(
        topup(quantity=quantity)
    )


def test_999_is_allowed_where_there_are_as_many() -> None:
    assert findings(Draft((topup(quantity=999),)), CATALOG, lambda _: 999) == ()


def test_a_good_that_is_gone_is_unknown() -> None:
    assert found_in(DraftLine("gone", "gone-1")) == (
        Unacceptable(0, Slot.PRODUCT, "product_unknown", "gone-1"),
    )


def test_the_wrong_line_is_named_and_the_others_are_left_alone() -> None:
    assert found_in(topup(), DraftLine("topup", "topup-50"), gift()) == (Missing(1, Slot.ACCOUNT),)
