"""Policy, vault, clock, money and search: the parts without a database."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.payments.sandbox import SandboxBank
from orders.clock import VirtualClock
from orders.errors import PolicyError, SealBroken
from orders.money import Fen, fen_from_yuan, yuan
from orders.order import (
    LINE_ENDS,
    LINE_MOVES,
    ORDER_MOVES,
    PAYMENT_MOVES,
    CustomerState,
    LineState,
    Order,
    OrderState,
    PaymentState,
    customer_state,
)
from orders.policy import Policy
from orders.search import SearchRequest, Sort, search
from orders.store.instants import moment, stamp
from orders.vault import Sealed, Vault
from tests.orders.world import MERCHANT, START, catalog_of

POLICY_FILE = Path(__file__).parents[2] / "data" / "policy.toml"


class TestPolicy:
    def changed(self, folder: Path, pattern: str, by: str) -> PolicyError:
        text, count = re.subn(pattern, by, POLICY_FILE.read_text("utf-8"), count=1, flags=re.M)
        assert count == 1
        path = folder / "policy.toml"
        path.write_text(text, "utf-8")
        with pytest.raises(PolicyError) as caught:
            Policy.read(path)
        assert str(path) in str(caught.value)
        return caught.value

    def test_the_shops_own_policy_is_sound(self) -> None:
        policy = Policy.read(POLICY_FILE)
        assert policy.quote.good_for == timedelta(minutes=15)
        assert policy.limits.order_total_max_fen > policy.limits.confirm_above_fen

    @pytest.mark.parametrize(
        ("pattern", "by", "told"),
        [
            (r"^lines_max = \d+", "lines_max = 0", "limits.lines_max is 0"),
            (r"^lines_max = \d+", "lines_max = true", "limits.lines_max is True"),
            (r"^lines_max = \d+", "lines_max = '20'", "limits.lines_max is '20'"),
            (r"^lines_max", "line_max", "limits.line_max is not known"),
            (r"^lines_max = \d+.*$", "", "limits.lines_max is missing"),
            (r"^\[quote\]", "[quotes]", "quotes is not known"),
            (r"^query_seconds = .*$", "query_seconds = []", "payment.query_seconds is []"),
            (r"^sure_at = \S+", "sure_at = 1.5", "reading.sure_at is 1.5"),
            (r"^web = .*$", "web = []", "gateways.web is []"),
            (r"^refund_failed = \S+", "refund_failed = 1", "delivery.refund_failed is 1"),
            (r"^\[quote\]", "[quote", "not a TOML file"),
        ],
    )
    def test_an_error_names_file_key_and_remedy(
        self, tmp_path: Path, pattern: str, by: str, told: str
    ) -> None:
        assert told in str(self.changed(tmp_path, pattern, by))


class TestVault:
    OLD, NEW = bytes(range(32)), bytes(range(100, 132))

    def test_opens_what_it_sealed_and_shows_nothing_of_it(self) -> None:
        vault = Vault({"k1": self.OLD})
        sealed = vault.seal("ABCD-1234", "gift-10")
        assert vault.open(sealed, "gift-10") == "ABCD-1234"
        assert b"ABCD" not in sealed.box
        assert vault.seal("ABCD-1234", "gift-10").box != sealed.box

    def test_a_changed_or_moved_secret_does_not_open(self) -> None:
        vault = Vault({"k1": self.OLD})
        sealed = vault.seal("ABCD-1234", "gift-10")
        with pytest.raises(SealBroken):
            vault.open(sealed, "gift-20")
        with pytest.raises(SealBroken):
            vault.open(Sealed("k1", sealed.box[:-1] + bytes([sealed.box[-1] ^ 1])), "gift-10")
        with pytest.raises(SealBroken, match="k9"):
            vault.open(Sealed("k9", sealed.box), "gift-10")

    def test_a_new_key_seals_while_the_old_one_still_opens(self) -> None:
        old = Vault({"k1": self.OLD})
        sealed = old.seal("ABCD-1234", "gift-10")
        both = Vault({"k2": self.NEW, "k1": self.OLD})
        assert both.open(sealed, "gift-10") == "ABCD-1234"
        assert both.seal("x", "gift-10").key_id == "k2"
        assert both.fingerprint("ABCD-1234") == old.fingerprint("ABCD-1234")

    @pytest.mark.parametrize("key", [b"", b"short", bytes(32), b"a" * 32])
    def test_a_placeholder_is_no_key(self, key: bytes) -> None:
        with pytest.raises(ValueError, match="32 random bytes"):
            Vault({"k1": key})

    def test_reads_keys_from_settings_without_telling_them(self) -> None:
        text = Vault.fresh_text()
        assert Vault.from_text(text).seal("x", "y").key_id == "k1"
        with pytest.raises(ValueError, match="'k2' is not base64") as caught:
            Vault.from_text(f"{text},k2:not!base64")
        assert text.partition(":")[2] not in str(caught.value)


class TestMoney:
    @given(st.integers(0, 10**11 - 1))
    def test_yuan_and_fen_are_one_amount(self, amount: int) -> None:
        assert fen_from_yuan(yuan(amount)) == amount

    @pytest.mark.parametrize("text", ["", "-1", "1.999", "1,000", "1e3", "٣", ".5", "1."])
    def test_anything_else_is_no_amount(self, text: str) -> None:
        with pytest.raises(ValueError, match="is not an amount"):
            fen_from_yuan(text)


class TestTime:
    @given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    def test_a_stored_time_comes_back_to_the_microsecond(self, when: datetime) -> None:
        assert moment(stamp(when)) == when

    def test_time_does_not_run_backwards(self) -> None:
        clock = VirtualClock(START)
        with pytest.raises(ValueError, match="backwards"):
            clock.advance(timedelta(seconds=-1))
        assert clock.advance_to(START - timedelta(days=1)) == START
        with pytest.raises(ValueError, match="aware"):
            VirtualClock(datetime(2026, 1, 5))  # noqa: DTZ001


class TestSearch:
    CATALOG = catalog_of()

    def found(self, request: SearchRequest) -> list[str]:
        def in_stock(sku_id: str) -> int:
            sku = self.CATALOG.sku(sku_id)
            return sku.stock if sku else 0

        return [sku.sku_id for sku in search(self.CATALOG, request, in_stock)]

    def test_without_wishes_the_best_sold_come_first_and_the_sold_out_not_at_all(self) -> None:
        assert self.found(SearchRequest()) == ["topup-100", "topup-50", "gift-10", "game-1", "mouse-1"]
        assert "gift-20" in self.found(SearchRequest(in_stock_only=False))

    def test_named_products_are_ranked_as_given(self) -> None:
        assert self.found(SearchRequest(("gift", "topup"))) == ["gift-10", "topup-100", "topup-50"]

    def test_limits_include_their_bounds(self) -> None:
        request = SearchRequest(min_price_fen=Fen(3000), max_price_fen=Fen(7000))
        assert self.found(request) == ["topup-50", "game-1", "mouse-1"]
        assert self.found(SearchRequest(max_discount=Decimal("0.95"))) == ["gift-10", "mouse-1"]
        assert self.found(SearchRequest(max_eta_minutes=1)) == ["gift-10"]
        assert self.found(SearchRequest(min_rating=Decimal("4.9"))) == ["topup-100", "topup-50"]
        assert self.found(SearchRequest(category="游戏")) == ["game-1"]

    @pytest.mark.parametrize(
        ("sort", "first"),
        [
            (Sort.PRICE, "gift-10"),
            (Sort.SALES, "topup-100"),
            (Sort.ETA, "gift-10"),
            (Sort.RATING, "topup-100"),
            (Sort.DISCOUNT, "mouse-1"),
        ],
    )
    def test_sorted_as_wished(self, sort: Sort, first: str) -> None:
        assert self.found(SearchRequest(sort=sort))[0] == first

    def test_no_more_than_asked_for(self) -> None:
        assert len(self.found(SearchRequest(limit=2))) == 2


class TestTransitions:
    def test_every_state_has_its_moves(self) -> None:
        assert set(ORDER_MOVES) == set(OrderState)
        assert set(PAYMENT_MOVES) == set(PaymentState)
        assert set(LINE_MOVES) == set(LineState)

    def test_an_unknown_delivery_is_never_tried_again(self) -> None:
        assert LineState.QUEUED not in LINE_MOVES[LineState.UNKNOWN]
        assert LineState.SUBMITTING not in LINE_MOVES[LineState.UNKNOWN]

    def test_late_money_is_legal(self) -> None:
        assert PaymentState.SETTLED in PAYMENT_MOVES[PaymentState.CLOSED]

    def test_what_is_delivered_stays_delivered(self) -> None:
        assert not LINE_MOVES[LineState.DONE]
        assert not LINE_MOVES[LineState.PARTIAL]
        assert LineState.FAILED in LINE_ENDS

    def test_every_word_for_the_customer_can_come_up(self, orders_in_every_state: list[Order]) -> None:
        assert {customer_state(order) for order in orders_in_every_state} == set(CustomerState)


@pytest.fixture
def orders_in_every_state() -> list[Order]:
    from tests.orders.shapes import orders_of_all_shapes

    return list(orders_of_all_shapes())


@pytest.mark.parametrize("secret", ["", "short", "aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_placeholder_secret_is_refused(secret: str) -> None:
    async def nowhere(raw: object) -> bool:
        return False

    with pytest.raises(ValueError, match="16 random characters"):
        SandboxBank(secret, MERCHANT, VirtualClock(START), nowhere)
