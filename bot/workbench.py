"""What the command line needs of a shop, beside the processes that run it: a wing of the composition root."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from adapters.payments.sandbox import NAME as SANDBOX
from adapters.payments.sandbox import SandboxBank, SandboxGateway
from adapters.suppliers.card_stock import SampleKeys
from bot import engine
from bot.app import SANDBOX_MERCHANT
from bot.gateways import connected
from bot.learning.teaching import Teaching
from bot.reading import Readers
from bot.running import bank_books
from bot.settings import Settings, SettingsRejected
from bot.suppliers import sellers_of
from nlu.lexicon import Lexicon
from orders.bookkeeper import Bookkeeper
from orders.clock import SystemClock
from orders.database import Database
from orders.policy import Policy
from orders.ports import RawNotice
from orders.price_rules import PriceRules
from orders.shop import Shop
from orders.vault import Vault


@asynccontextmanager
async def keeping_books(settings: Settings, database: Database) -> AsyncIterator[Bookkeeper]:
    """What is needed to keep the books from the command line, beside the processes that run the shop.
    Raises SettingsRejected, SupplierRejected."""
    clock, policy = SystemClock(), Policy.read(settings.data_folder / "policy.toml")
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        gateways = {gateway.name: gateway for gateway in connected(settings, client, clock)}
        if settings.plays and (secret := settings.sandbox_secret.get_secret_value()):

            async def nowhere(raw: RawNotice) -> bool:
                return False

            bank = SandboxBank(secret, SANDBOX_MERCHANT, clock, nowhere, bank_books(settings))
            age_max = policy.payment.notice_age_max_seconds
            gateways[SANDBOX] = SandboxGateway(secret, SANDBOX_MERCHANT, bank, age_max)
        sellers = {seller.name: seller.supplier for seller in sellers_of(settings, client)}
        vault = Vault.from_text(settings.card_keys.get_secret_value() or Vault.fresh_text())
        merchants = {name: gateway.merchant for name, gateway in gateways.items()}
        keys = SampleKeys() if settings.plays else None
        rules = PriceRules.read(settings.data_folder / "pricing.toml")
        shop = Shop(engine.jobs_of(settings, policy), vault, policy, merchants, keys, price_rules=rules)
        yield Bookkeeper(database, shop, gateways, sellers, clock)


def teaching_of(settings: Settings, database: Database) -> Teaching:
    """What is needed to teach a shop from the command line, beside the processes that run it."""
    policy = Policy.read(settings.data_folder / "policy.toml")
    readers = Readers(Lexicon.read(settings.data_folder), policy.reading.sure_at)
    return Teaching(database, shop_for_catalog(settings), readers, policy, SystemClock())


def shop_for_catalog(settings: Settings) -> Shop:
    """The shop alone, for loading and writing goods from the command line."""
    policy = Policy.read(settings.data_folder / "policy.toml")
    vault = Vault.from_text(settings.card_keys.get_secret_value() or Vault.fresh_text())
    # Sandbox money buys sandbox keys; without them the stock of card goods is the keys in the vault.
    keys = SampleKeys() if settings.plays else None
    return Shop(engine.jobs_of(settings, policy), vault, policy, {SANDBOX: SANDBOX_MERCHANT}, keys)


def shop_for_keys(settings: Settings) -> Shop:
    """The same with the shop's own vault: keys sealed with any other would never open again. Raises
    SettingsRejected."""
    if not settings.card_keys.get_secret_value():
        raise SettingsRejected("XIADAN_CARD_KEYS is not set; card keys are sealed with it (see .env.example)")
    return shop_for_catalog(settings)
