"""What a draft costs: every rule in its place, every 分 accounted for."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from orders.coupon import CODE, Coupon, CouponDenied, normal_code
from orders.errors import PolicyError
from orders.money import PART_SQL, Fen, Li, part_of
from orders.price_rules import NO_RULES, Cut, FeeRule, LevelRule, PriceRules, Scope, TierRule
from orders.pricing import Item, Price, PriceRule, RuleKind, floor_of, price_of, spread
from tests.orders.world import START, catalog_of

PRICING_FILE = Path(__file__).parents[2] / "data" / "pricing.toml"

EVERYTHING = Scope()


def item(price: int = 9980, quantity: int = 1, cost: int | None = None, product: str = "topup") -> Item:
    known = Fen(cost) if cost is not None else None
    return Item(f"{product}-100", product, "通信", quantity, Fen(10000), Fen(price), known)


def coupon(
    off: int = 0, per_mille: int = 0, most: int | None = None, least: int = 0, *products: str
) -> Coupon:
    until = START + timedelta(days=1)
    most_fen = Fen(most) if most is not None else None
    return Coupon("NEW10", Fen(off), per_mille, most_fen, Fen(least), products, 1, 1, START, until)


def level(off_per_mille: int) -> LevelRule:
    return LevelRule("gold", EVERYTHING, Cut("gold", off_per_mille))


def tier(quantity_min: int, off_per_mille: int = 0, unit: int | None = None) -> TierRule:
    cut = Cut(f"{quantity_min}+", off_per_mille, Li(unit) if unit is not None else None)
    return TierRule(quantity_min, EVERYTHING, cut)


def priced(
    *items: Item, rules: PriceRules = NO_RULES, off: Coupon | None = None, customer: str = "gold"
) -> Price:
    return price_of(items, rules, customer, off, "sandbox", 0)


def gave(price: Price, kind: RuleKind) -> list[tuple[int, int]]:
    return [(rule.off_fen, rule.cut_fen) for rule in price.rules if rule.kind is kind]


def test_without_rules_the_catalog_says_the_price_and_what_it_saves_is_traced() -> None:
    price = priced(item(quantity=2))
    assert (price.list_fen, price.price_fen, price.fee_fen) == (20000, 19960, 0)
    assert price.rules == (PriceRule(RuleKind.CATALOG, "", Fen(40), line=1),)


def test_a_member_pays_his_levels_price_and_nobody_else_does() -> None:
    rules = PriceRules(levels=(level(20),))
    assert priced(item(), rules=rules).price_fen == 9780
    assert priced(item(), rules=rules, customer="").price_fen == 9980


def test_a_price_in_li_is_rounded_once_a_line() -> None:
    rules = PriceRules(tiers=(tier(10, unit=965),))
    line = priced(item(100, quantity=15), rules=rules).lines[0]
    assert (line.unit_price_li, line.amount_fen) == (965, 1448)


def test_pieces_of_one_sku_count_together_over_all_lines() -> None:
    rules = PriceRules(tiers=(tier(10, 100),))
    assert priced(item(1000, 6), item(1000, 4), rules=rules).price_fen == 9000
    assert priced(item(1000, 6), item(1000, 3), rules=rules).price_fen == 9000


@pytest.mark.parametrize(
    ("both", "price_fen", "kinds"),
    [(False, 8000, {RuleKind.TIER}), (True, 7200, {RuleKind.LEVEL, RuleKind.TIER})],
)
def test_the_better_of_level_and_tier_counts_or_both(
    both: bool, price_fen: int, kinds: set[RuleKind]
) -> None:
    rules = PriceRules(level_and_tier=both, levels=(level(100),), tiers=(tier(2, 200),))
    price = priced(item(5000, 2), rules=rules)
    assert price.price_fen == price_fen
    assert {rule.kind for rule in price.rules} - {RuleKind.CATALOG} == kinds


def test_a_wholesale_price_that_is_no_better_than_the_members_is_no_rule() -> None:
    rules = PriceRules(level_and_tier=True, levels=(level(100),), tiers=(tier(2, unit=47500),))
    price = priced(item(5000, 2), rules=rules)
    assert price.price_fen == 9000
    assert gave(price, RuleKind.TIER) == []


def test_of_several_rules_the_one_that_gives_most_counts() -> None:
    rules = PriceRules(tiers=(tier(2, 50), tier(10, 100)))
    assert priced(item(1000, 9), rules=rules).price_fen == 8550
    assert priced(item(1000, 10), rules=rules).price_fen == 9000


def test_a_coupon_comes_after_the_members_price_and_before_the_fee() -> None:
    rules = PriceRules(levels=(level(100),), fees=(("sandbox", FeeRule(10, Fen(0))),))
    price = priced(item(10000), rules=rules, off=coupon(per_mille=500))
    assert (price.price_fen, price.fee_fen) == (4500, 45)
    assert [rule.kind for rule in price.rules] == [RuleKind.LEVEL, RuleKind.COUPON, RuleKind.FEE]


def test_a_share_is_capped_and_an_amount_is_never_more_than_the_price() -> None:
    assert coupon(per_mille=100, most=500).off(Fen(9980)) == 500
    assert coupon(per_mille=100).off(Fen(9985)) == 999
    assert coupon(off=500).off(Fen(300)) == 300


def test_a_coupon_is_only_taken_off_the_goods_it_is_good_for() -> None:
    price = priced(item(1000), item(1000, product="gift"), off=coupon(500, 0, None, 0, "gift"))
    assert [line.amount_fen for line in price.lines] == [1000, 500]


def test_no_line_falls_under_its_cost_and_the_cap_is_traced() -> None:
    rules = PriceRules(levels=(level(100),))
    price = priced(item(9980, cost=9500), rules=rules, off=coupon(500))
    assert price.price_fen == 9500
    assert gave(price, RuleKind.LEVEL) == [(480, 518)]
    assert gave(price, RuleKind.COUPON) == [(0, 500)]


def test_a_shop_may_sell_under_cost_if_it_says_so_but_never_under_one_fen() -> None:
    price = priced(item(9980, cost=9500), rules=PriceRules(below_cost=True), off=coupon(99999))
    assert price.price_fen == 1


def test_goods_that_are_sold_under_cost_anyway_get_no_discount_and_are_not_made_dearer() -> None:
    price = priced(item(9980, cost=9990), rules=PriceRules(levels=(level(100),)), off=coupon(500))
    assert price.price_fen == 9980


def test_a_fee_is_the_gateways_or_at_least_its_minimum() -> None:
    rules = PriceRules(fees=(("alipay", FeeRule(6, Fen(10))),))
    assert [rules.fee_at("alipay", price) for price in (100, 9980)] == [10, 60]
    assert rules.fee_at("wechat_pay", 9980) == 0
    assert rules.fee_at("alipay", 9980, per_mille=10) == 160
    assert [NO_RULES.fee_at("alipay", price, per_mille=6) for price in (0, 83, 84, 9980)] == [0, 0, 1, 60]


# --- whatever the numbers are -------------------------------------------------------------------

ITEMS = st.lists(
    st.builds(
        Item,
        sku_id=st.sampled_from(["a", "b"]),
        product_id=st.sampled_from(["p", "q"]),
        category=st.just("c"),
        quantity=st.integers(1, 999),
        list_price_fen=st.integers(1, 200000).map(Fen),
        price_fen=st.integers(1, 200000).map(Fen),
        cost_fen=st.none() | st.integers(1, 200000).map(Fen),
    ),
    min_size=1,
    max_size=6,
)
CUTS = st.builds(Cut, name=st.just("x"), off_per_mille=st.integers(1, 999)) | st.builds(
    Cut, name=st.just("x"), unit_price_li=st.integers(1, 2000000).map(Li)
)
SCOPES = st.sampled_from([EVERYTHING, Scope(skus=frozenset({"a"})), Scope(products=frozenset({"q"}))])
RULES = st.builds(
    PriceRules,
    level_and_tier=st.booleans(),
    below_cost=st.booleans(),
    levels=st.lists(st.builds(LevelRule, level=st.just("gold"), scope=SCOPES, cut=CUTS), max_size=3).map(
        tuple
    ),
    tiers=st.lists(
        st.builds(TierRule, quantity_min=st.integers(2, 50), scope=SCOPES, cut=CUTS), max_size=3
    ).map(tuple),
    fees=st.just((("sandbox", FeeRule(6, Fen(1))),)),
)
COUPONS = st.none() | st.builds(
    coupon, st.integers(1, 10**7), st.just(0), st.none() | st.integers(1, 10**6)
) | st.builds(
    coupon, st.just(0), st.integers(1, 1000), st.none() | st.integers(1, 10**6), st.just(0), st.just("p")
)  # fmt: skip


@given(ITEMS, RULES, COUPONS)
def test_every_fen_between_list_and_price_has_its_rule(
    items: list[Item], rules: PriceRules, off: Coupon | None
) -> None:
    price = priced(*items, rules=rules, off=off)
    assert price.price_fen == sum(line.amount_fen for line in price.lines)
    traced = sum(rule.off_fen for rule in price.rules)
    assert traced == price.list_fen - price.price_fen - price.fee_fen
    for number, (one, line) in enumerate(zip(items, price.lines, strict=True), start=1):
        assert floor_of(one, rules.below_cost) <= line.amount_fen <= one.price_fen * one.quantity
        of_line = [
            rule.off_fen for rule in price.rules if rule.line == number and rule.kind is not RuleKind.CATALOG
        ]
        assert all(off_fen >= 0 for off_fen in of_line)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**8), max_size=50))
def test_an_amount_is_spread_to_the_last_fen(amount: int, weights: list[int]) -> None:
    parts = spread(amount, weights)
    assert sum(parts) == (amount if sum(weights) else 0)
    if amount <= sum(weights):
        assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


@given(st.integers(1, 10**8), st.integers(1, 999))
def test_the_parts_of_a_line_grow_to_exactly_the_line(amount: int, pieces: int) -> None:
    parts = [part_of(amount, count, pieces) for count in range(pieces + 1)]
    assert (parts[0], parts[-1]) == (0, amount)
    assert all(before <= after for before, after in pairwise(parts))
    assert all(abs(part * pieces - amount * count) <= pieces for count, part in enumerate(parts))


@given(st.integers(1, 10**8), st.integers(1, 999), st.data())
def test_the_database_reckons_parts_as_we_do(amount: int, pieces: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, pieces))
    query = PART_SQL.format(amount=amount, pieces=count, of=pieces)
    with create_engine("sqlite://").connect() as connection:
        assert connection.execute(text(f"SELECT {query}")).scalar_one() == part_of(amount, count, pieces)


# --- the file -----------------------------------------------------------------------------------


class TestFile:
    def read(self, folder: Path, said: str) -> PriceRules:
        path = folder / "pricing.toml"
        path.write_text(said, "utf-8")
        return PriceRules.read(path)

    def test_the_shops_own_file_is_sound_and_has_no_rule_in_force(self) -> None:
        assert PriceRules.read(PRICING_FILE) == NO_RULES

    def test_its_examples_are_sound_too(self, tmp_path: Path) -> None:
        lines = PRICING_FILE.read_text("utf-8").splitlines()
        rule = (
            "# [",
            "# level =",
            "# off",
            "# cat",
            "# quantity",
            "# unit",
            "# skus",
            "# per_mille",
            "# min",
        )
        awake = "\n".join(line.removeprefix("# ") if line.startswith(rule) else line for line in lines)
        rules = self.read(tmp_path, awake)
        assert (len(rules.levels), len(rules.tiers), len(rules.fees)) == (1, 1, 1)
        assert rules.tiers[0].cut.unit_price_li == 945
        assert rules.fee_at("alipay", 100) == 10

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ("level_and_tier = 1", "level_and_tier is 1; write true or false"),
            ("tears = []", "tears is not known"),
            ("levels = 3", "begin each with [[levels]]"),
            ("[[levels]]\noff_per_mille = 10", "levels[1].level is None"),
            ('[[levels]]\nlevel = "a"', "levels[1] needs either"),
            ('[[levels]]\nlevel = "a"\noff_per_mille = 1000', "levels[1].off_per_mille is 1000"),
            ('[[levels]]\nlevel = "a"\noff_per_mille = true', "levels[1].off_per_mille is True"),
            ("[[tiers]]\nquantity_min = 1\noff_per_mille = 5", "tiers[1].quantity_min is 1"),
            ('[[tiers]]\nquantity_min = 2\nunit_price_yuan = "0.0001"', "tiers[1].unit_price_yuan"),
            ('[[tiers]]\nquantity_min = 2\nunit_price_yuan = "0"', "tiers[1].unit_price_yuan"),
            ("[[tiers]]\nquantity_min = 2\nunit_price_yuan = 0.5", "write yuan as a text"),
            ("[[tiers]]\nquantity_min = 2\noff_per_mille = 5\nskus = []", "leave it out"),
            ("[[tiers]]\nquantity_min = 2\noff_per_mille = 5\nsku = ['a']", "tiers[1].sku is not known"),
            ("[fees.alipay]\nper_mille = -1", "fees.alipay.per_mille is -1"),
            ("[fees.alipay]\nper_mille = 1\nmin_yuan = 0.1", "fees.alipay.min_yuan is 0.1"),
            ("[fees]\nalipay = 6", "write [fees.alipay]"),
            ("[[levels]", "not a TOML file"),
        ],
    )
    def test_an_error_names_file_key_and_remedy(self, tmp_path: Path, said: str, told: str) -> None:
        with pytest.raises(PolicyError) as caught:
            self.read(tmp_path, said)
        assert told in str(caught.value)
        assert "pricing.toml" in str(caught.value)

    def test_names_that_the_catalog_does_not_have_can_be_found(self, tmp_path: Path) -> None:
        said = (
            "[[tiers]]\nquantity_min = 2\noff_per_mille = 5\nskus = ['gift-10', 'gone']\ncategories = ['x']"
        )
        assert self.read(tmp_path, said).unknown_names(catalog_of()) == ("gone", "x")


# --- the coupon alone ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "used", "by_customer", "denied"),
    [
        (0, 0, 0, None),
        (-1, 0, 0, CouponDenied.NOT_YET),
        (24, 0, 0, CouponDenied.OVER),
        (0, 1, 0, CouponDenied.USED_UP),
        (0, 1, 1, CouponDenied.USED_BEFORE),
    ],
)
def test_why_a_coupon_is_denied(hours: int, used: int, by_customer: int, denied: CouponDenied | None) -> None:
    until = START + timedelta(days=1)
    one = Coupon("NEW10", Fen(500), 0, None, Fen(0), (), 1, 1, START, until, used)
    assert one.denied(by_customer, START + timedelta(hours=hours)) is denied


@pytest.mark.parametrize("typed", ["new10", " NEW10 ", "ｎｅｗ１０"])
def test_a_code_is_one_code_however_it_is_typed(typed: str) -> None:
    assert normal_code(typed) == "NEW10"


@pytest.mark.parametrize("word", ["STEAM", "13800138000", "A1", "-AB12", "券12AB", "NEW 10"])
def test_a_word_or_a_number_is_no_code(word: str) -> None:
    assert CODE.fullmatch(word) is None
