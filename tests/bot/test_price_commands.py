"""`xiadan coupon` and `xiadan customer`, as a shopkeeper types them, and what the chat makes of them."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import cli
from bot.app import App, assemble_sandbox
from bot.commands.talk import Stage
from bot.money_words import (
    GROUPS,
    BalanceAsked,
    BalanceBackAsked,
    CouponSaid,
    CouponsAsked,
    DepositAsked,
    MoneyTalk,
    MoneyWords,
)
from bot.settings import DATA_FOLDER
from bot.wording import WordingError
from orders.clock import VirtualClock
from orders.errors import PolicyError
from orders.money import Fen
from tests.orders.world import coupon

ORDER = "100元话费到13800138000"
LEVELS = '[[levels]]\nlevel = "gold"\noff_per_mille = 5\n'


@pytest.fixture
def clock() -> VirtualClock:
    """The commands look at the real clock."""
    return VirtualClock(datetime.now(UTC))


@pytest.fixture
def url(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, [*words])


async def typed(*words: str) -> str:
    """The same, while the shop's own loop runs."""
    return (await asyncio.to_thread(run, *words)).output


async def said(stage: Stage, text: str) -> str:
    answer = await stage.step({"customer": "c1", "say": text})
    return str(answer["replies"])


async def test_a_coupon_that_was_given_out_works_in_the_chat_until_it_is_ended(
    url: str, stage: Stage
) -> None:
    at = ("--database", url)
    added = await typed("coupon", "add", "new10", "--percent", "10", "--max", "5", "--uses", "3", *at)
    assert "Added NEW10: 10% off, at most 5.00; used 0 of 3, 1 a customer; until" in added
    await stage.step({"customer": "c1", "wait_minutes": 1})
    assert "94.80元" in await said(stage, f"{ORDER}，用优惠券NEW10")
    assert "used 1 of 3" in await typed("coupon", "list", *at)
    assert "Ended NEW10." in await typed("coupon", "end", "NEW10", *at)
    assert "; ended" in await typed("coupon", "list", *at)
    assert "Ended" not in await typed("coupon", "end", "NEW10", *at)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("STEAM", "--off", "5"), "is no code"),
        (("NEW10",), "either --off yuan or --percent"),
        (("NEW10", "--off", "5", "--percent", "5"), "either --off yuan or --percent"),
        (("NEW10", "--percent", "101"), "--percent is 101"),
        (("NEW10", "--off", "5.555"), "--off: '5.555' is not an amount"),
        (("NEW10", "--off", "0"), "give more than 0"),
        (("NEW10", "--off", "5", "--uses", "0"), "--uses and --each"),
        (("NEW10", "--off", "5", "--days", "0"), "--days is 0"),
        (("NEW10", "--off", "5", "--product", "gone"), "product 'gone' is not sold"),
    ],
)
def test_what_can_be_no_coupon_is_refused_with_the_remedy(
    url: str, words: tuple[str, ...], told: str
) -> None:
    refused = run("coupon", "add", *words, "--database", url)
    assert isinstance(refused.exception, PolicyError)
    assert told in str(refused.exception)
    assert "There are no coupons" in run("coupon", "list", "--database", url).output


def test_a_code_is_given_out_once(url: str) -> None:
    run("coupon", "add", "NEW10", "--off", "5", "--product", "qcoin", "--least", "20", "--database", url)
    assert "NEW10: 5.00 off, from 20.00, for qcoin;" in run("coupon", "list", "--database", url).output
    assert isinstance(run("coupon", "add", "NEW10", "--off", "9", "--database", url).exception, PolicyError)


def test_a_customer_gets_a_level_that_has_rules(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA_FOLDER, data)
    (data / "pricing.toml").write_text(LEVELS, "utf-8")
    monkeypatch.setenv("XIADAN_DATA_FOLDER", str(data))
    assert "talk:c1: gold" in run("customer", "level", "talk:c1", "gold", "--database", url).output
    assert "talk:c1: gold, balance 0.00" in run("customer", "show", "talk:c1", "--database", url).output
    refused = run("customer", "level", "talk:c1", "golden", "--database", url)
    assert "no rule for level 'golden'; it knows gold" in str(refused.exception)
    assert "talk:c1: no level" in run("customer", "level", "talk:c1", "", "--database", url).output


async def test_the_bill_names_the_members_price_the_wholesale_price_and_the_coupon(
    tmp_path: Path, clock: VirtualClock
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA_FOLDER, data)
    tier = '[[tiers]]\nquantity_min = 2\nunit_price_yuan = "97.999"\nskus = ["jd-ecard-100"]\n'
    (data / "pricing.toml").write_text(LEVELS + tier, "utf-8")
    async with assemble_sandbox(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'ruled.db'}",
        data=data,
        clock=clock,
        base_url="https://shop.example",
        catalog=DATA_FOLDER / "catalog" / "demo.csv",
    ) as app:
        stage = Stage(app, clock)
        await app.database.write(lambda tx: app.shop.set_level(tx, "talk:c1", "gold"))
        await app.database.write(
            lambda tx: app.shop.add_coupon(tx, coupon("NEW10", valid_until=clock.now() + timedelta(days=1)))
        )
        bill = await said(stage, "100元话费到13800138000，另外3张100的京东卡，用优惠券NEW10")
    assert "会员价省0.50元，批量价省1.50元，优惠券减5元" in bill
    assert "应付 388.30元（原价400元，省11.70元）" in bill


async def test_a_deposit_is_given_out_as_far_as_it_is_not_spent(url: str, stage: Stage, app: App) -> None:
    await stage.step({"customer": "c1", "say": "充值余额100"})
    await stage.step({"customer": "c1", "pay": "wechat"})
    order = (await app.database.read(lambda tx: app.shop.recent_orders(tx, 1)))[0]
    at = ("--database", url)
    assert "talk:c1: no level, balance 100.00" in await typed("customer", "show", "talk:c1", *at)
    told = await typed("customer", "give-out", order.order_no, "60", *at)
    assert f"60.00 of {order.order_no} goes back; talk:c1 keeps 40.00" in told
    refused = await asyncio.to_thread(run, "customer", "give-out", order.order_no, "40.01", *at)
    assert isinstance(refused.exception, PolicyError)
    answer = await stage.step({"customer": "c1", "say": "余额多少"})
    assert "60元已退款，退回原付款方式" in str(answer["replies"])
    assert "账户余额40元" in str(answer["replies"])


# --- the words ------------------------------------------------------------------------------------

WORDS = MoneyWords.read(DATA_FOLDER / "money_words.yaml")


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("用优惠券 NEW10", CouponSaid("NEW10")),
        ("new10", CouponSaid("NEW10")),
        ("ＮＥＷ１０", CouponSaid("NEW10")),
        ("优惠码是：new10", CouponSaid("NEW10")),
        ("用NEW10这个优惠券", CouponSaid("NEW10")),
        ("优惠码 SAVE99", CouponSaid("SAVE99")),
        (f"{ORDER}，用优惠券 NEW10", CouponSaid("NEW10", ORDER)),
        ("不用优惠券了", CouponSaid(None)),
        ("有优惠券吗", CouponsAsked()),
        ("余额多少", BalanceAsked()),
        ("查一下余额", BalanceAsked()),
        ("我的余额还有多少？", BalanceAsked()),
        ("钱包", BalanceAsked()),
        ("充值余额100", DepositAsked(Fen(10000))),
        ("往余额里充50.5元", DepositAsked(Fen(5050))),
        ("存一百到余额", DepositAsked(Fen(10000))),
        ("充值余额", DepositAsked(None)),
        ("余额怎么充", DepositAsked(None)),
        ("不用券了", CouponSaid(None)),
        ("有优惠吗", CouponsAsked()),
        ("用券 ABC999", CouponSaid("ABC999")),
        ("余额能退吗", BalanceBackAsked()),
        ("退余额", BalanceBackAsked()),
        ("余额里的钱怎么提现", BalanceBackAsked()),
    ],
)
def test_talk_of_coupons_and_the_wallet_is_heard(text: str, heard: MoneyTalk) -> None:
    assert WORDS.heard_in(text, lambda codes: frozenset(codes) & {"NEW10"}) == heard


@pytest.mark.parametrize(
    "text",
    [
        ORDER, "充100元话费到13800138000 用余额付", "余额支付", "退到余额", "退款退回余额吧", "话费余额多少",
        "steam钱包50", "充值余额100到13800138000", "瑞幸优惠券30元", "NEW10@qq.com", "SAVE99", "ABC",
        "有优惠券吗，充100话费", "充100充50余额", "滴滴代金券 A12345", "瑞幸代金券30元 A12345",
    ],
)  # fmt: skip
def test_an_order_and_other_talk_is_none_of_it(text: str) -> None:
    assert WORDS.heard_in(text, lambda codes: frozenset(codes) & {"NEW10"}) is None


def test_no_length_of_such_words_takes_long() -> None:
    assert WORDS.heard_in("余额充值我要我想给我" * 400 + "x", lambda codes: frozenset()) is None


@pytest.mark.parametrize("missing", [f"{group}.{name}" for group, names in GROUPS.items() for name in names])
def test_a_file_without_some_words_names_them(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "money_words.yaml"
    name = missing.partition(".")[2]
    lines = (DATA_FOLDER / "money_words.yaml").read_text("utf-8").splitlines()
    group = ""
    kept = []
    for line in lines:
        group = line[:-1] if line.endswith(":") else group
        if not (group == missing.partition(".")[0] and line.strip().startswith(f"{name}:")):
            kept.append(line)
    path.write_text("\n".join(kept), "utf-8")
    with pytest.raises(WordingError, match=missing):
        MoneyWords.read(path)
