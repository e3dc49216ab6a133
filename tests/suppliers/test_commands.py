"""`xiadan suppliers`, and the settings that it and the shop are started with."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import Settings
from bot.suppliers import sellers_of, supplier_addresses
from orders.clock import SystemClock
from orders.database import Database, sqlite_url
from orders.errors import SupplierRejected
from orders.jobs import EmbeddedJobs
from orders.money import Fen
from orders.ports import SupplierPrice
from orders.shop import Shop
from orders.sourcing import take_balance, take_prices
from orders.vault import Vault
from tests.orders.world import POLICY, catalog_of
from tests.suppliers.test_topup_description import SHIPPED

KEY = "zq81LmWx0pp"
ACCOUNT = {"XIADAN_SUPPLIER_JISUAPI_APPKEY": "ak-1234-5678", "XIADAN_SUPPLIER_JISUAPI_APPSECRET": KEY}


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["suppliers", *arguments])
    assert result.exit_code == 0, result.exception
    return result.output


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type,call-arg]


def test_a_description_is_tried_out_without_showing_a_secret(outside: pytest.MonkeyPatch) -> None:
    shown = run("check", str(SHIPPED / "jisuapi.yaml"))
    assert "submit    GET https://api.jisuapi.com/mobilerecharge/recharge" in shown
    assert "signed with md5: 10013800138000X0000000000-1-1***" in shown
    assert "missing" not in shown
    assert not any(secret in shown for secret in ACCOUNT.values())


def test_a_secret_is_masked_however_it_is_encoded(outside: pytest.MonkeyPatch) -> None:
    outside.setenv("XIADAN_SUPPLIER_JISUAPI_APPKEY", "ak/12+34=56")
    assert "?appkey=***&mobile=13800138000" in run("check", str(SHIPPED / "jisuapi.yaml"))


def test_a_json_body_is_shown_as_it_is_sent(outside: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_form = (SHIPPED / "dayuanren.yaml").read_text("utf-8")
    (tmp_path / "acme.yaml").write_text(as_form.replace("recharge\n", "recharge\n  send: json\n", 1), "utf-8")
    shown = run("check", str(tmp_path / "acme.yaml"))
    assert '"mobile":"13800138000","amount":"100","price":"99.80"' in shown
    assert "only believed where 'out_trade_num' says our number back" in shown


def test_what_is_missing_is_named_at_the_end(outside: pytest.MonkeyPatch) -> None:
    for name in ACCOUNT:
        outside.delenv(name)
    shown = run("check", str(SHIPPED / "jisuapi.yaml"))
    assert all(f"Set {name}" in shown for name in ACCOUNT)


def test_a_bad_description_is_refused_with_its_line(outside: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bad = tmp_path / "acme.yaml"
    bad.write_text("base_url: https://acme.cn/\nsgin: {}\n", "utf-8")
    result = CliRunner().invoke(app, ["suppliers", "check", str(bad)])
    assert isinstance(result.exception, SupplierRejected)
    assert "acme.yaml:2:1: sgin: is not known" in str(result.exception)


def test_the_shop_starts_with_the_suppliers_that_are_named(outside: pytest.MonkeyPatch) -> None:
    (seller,) = sellers_of(settings(supplier_names=" jisuapi, "), httpx.AsyncClient())
    assert seller.name == "jisuapi"
    assert seller.goods == {"topup-50": "50", "topup-100": "100"}
    assert seller.rating_tenths == 40
    assert sellers_of(settings(), httpx.AsyncClient()) == ()


@pytest.mark.parametrize(
    ("name", "key", "told"),
    [
        ("nobody", KEY, "Described are dayuanren, jisuapi"),
        ("jisuapi", "", "XIADAN_SUPPLIER_JISUAPI_APPSECRET"),
        ("jisuapi", "your_app_secret", "still the text of an example"),
        ("dayuanren", KEY, "XIADAN_SUPPLIER_DAYUANREN_URL"),
    ],
)
def test_a_shop_whose_supplier_cannot_be_used_does_not_start(
    outside: pytest.MonkeyPatch, name: str, key: str, told: str
) -> None:
    outside.setenv("XIADAN_SUPPLIER_JISUAPI_APPSECRET", key)
    with pytest.raises(SupplierRejected, match=told):
        sellers_of(settings(supplier_names=name), httpx.AsyncClient())


async def _stocked(url: str, supplier_names: str) -> None:
    database, now = Database.open(url), SystemClock().now()
    await database.migrate()
    shop = Shop(EmbeddedJobs(POLICY.jobs), Vault.from_text(Vault.fresh_text()), POLICY, {})
    await database.write(lambda tx: shop.import_catalog(tx, catalog_of(), now))
    async with httpx.AsyncClient() as client:
        (seller,) = sellers_of(settings(supplier_names=supplier_names), client)
    await database.write(lambda tx: shop.open_suppliers(tx, (seller,), now))
    prices = (SupplierPrice("100", Fen(9950), True), SupplierPrice("50", Fen(4975), False))
    await database.write(lambda tx: take_prices(tx, shop.room, seller, prices, now))
    await database.write(lambda tx: take_balance(tx, shop.room, seller.name, Fen(123_456), now))
    await database.close()


def test_suppliers_are_listed_with_costs_and_can_be_given_a_rest(
    outside: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = sqlite_url(tmp_path / "shop.db")
    asyncio.run(_stocked(url, "jisuapi"))
    shown = run("list", "--database", url)
    assert "jisuapi" in shown
    assert "works  balance 1234.56" in shown
    assert [line.split()[:4] for line in shown.splitlines()[1:]] == [
        ["topup-50", "50", "costs", "49.75"],
        ["topup-100", "100", "costs", "99.50"],
    ]
    assert "not sold now" in shown.splitlines()[1]
    assert "rests until" in run("pause", "jisuapi", "--hours", "2", "--database", url)
    assert "rests until" in run("list", "--database", url)
    assert "works again" in run("resume", "jisuapi", "--database", url)
    assert "rests" not in run("list", "--database", url)
    assert "The worker asks jisuapi" in run("sync", "jisuapi", "--database", url)


def test_a_supplier_that_nobody_knows_is_named_as_a_mistake(
    outside: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = sqlite_url(tmp_path / "shop.db")
    asyncio.run(_stocked(url, "jisuapi"))
    for command in ("pause", "resume", "sync"):
        result = CliRunner().invoke(app, ["suppliers", command, "acme", "--database", url])
        assert "known are jisuapi" in str(result.exception)


def test_the_doctor_knows_where_suppliers_are_reached(outside: pytest.MonkeyPatch) -> None:
    found = supplier_addresses(settings(supplier_names="jisuapi"))
    assert found == {"jisuapi": "https://api.jisuapi.com/mobilerecharge/"}
    outside.setenv("XIADAN_SUPPLIER_JISUAPI_URL", "http://127.0.0.1:9/")
    assert supplier_addresses(settings(supplier_names="jisuapi")) == {"jisuapi": "http://127.0.0.1:9/"}


def test_the_doctor_finds_a_supplier_ill_that_cannot_be_used(outside: pytest.MonkeyPatch) -> None:
    outside.setenv("XIADAN_SUPPLIERS", "nobody")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "suppliers: supplier nobody: there is no file" in result.output
