"""Connects the payment gateways that the settings name: a wing of the composition root (`app.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, runtime_checkable

import httpx
import structlog

from bot.settings import Settings, SettingsRejected
from bot.wording import Wording
from orders.clock import Clock
from orders.ports import Gateway

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 6 * 3600
"""Platform certificates are exchanged days before they end; asking four times a day is ample."""


@runtime_checkable
class Refreshes(Protocol):
    """A gateway whose keys change, and which gets the new ones by itself."""

    async def refresh_certificates(self) -> str:
        """Get what is new; what went wrong, in a word, or nothing."""


def connected(settings: Settings, client: httpx.AsyncClient, clock: Clock) -> tuple[Gateway, ...]:
    """The gateways that take real money, in the order of the settings. Raises SettingsRejected, which
    names each one whose keys cannot be used, and shows no key."""
    gateways: list[Gateway] = []
    problems: list[str] = []
    for name in settings.gateways:
        connect = CONNECT.get(name)
        if connect is None:
            continue
        try:
            gateways.append(connect(settings, client, clock))
        except (ValueError, OSError) as wrong:
            problems.append(f"  {name}: {wrong}")
    if problems:
        raise SettingsRejected("These gateways cannot be connected:\n" + "\n".join(problems))
    return tuple(gateways)


def _address(settings: Settings, name: str) -> str:
    """Where the gateway posts its notices."""
    return f"{settings.base_url.rstrip('/')}/notices/{name}"


# Each is imported where it is connected: most shops connect one or two.


def _alipay(settings: Settings, client: httpx.AsyncClient, clock: Clock) -> Gateway:
    from adapters.payments.alipay import AlipayGateway
    from adapters.payments.alipay_account import AlipayAccount

    account = AlipayAccount(
        app_id=settings.alipay_app_id,
        seller_id=settings.alipay_seller_id,
        private_key_pem=_text(settings.alipay_private_key_file),
        alipay_public_key_pem=_text(settings.alipay_public_key_file),
        gateway_url=settings.alipay_url,
    )
    return AlipayGateway(account, client, clock, _address(settings, "alipay"), settings.base_url)


def _wechat_pay(settings: Settings, client: httpx.AsyncClient, clock: Clock) -> Gateway:
    from adapters.payments.wechat_pay import WeChatPayGateway
    from adapters.payments.wechat_pay_account import WeChatPayAccount

    account = WeChatPayAccount(
        merchant_id=settings.wechat_pay_merchant_id,
        app_id=settings.wechat_pay_app_id or settings.wechat_app_id,
        certificate_serial=settings.wechat_pay_certificate_serial,
        private_key_pem=_text(settings.wechat_pay_private_key_file),
        api_v3_key=settings.wechat_pay_api_v3_key.get_secret_value(),
        public_key_id=settings.wechat_pay_public_key_id,
        public_key_pem=_text(settings.wechat_pay_public_key_file),
        platform_certificates_pem=_text(settings.wechat_pay_certificates_file),
        fetches_certificates=not settings.wechat_pay_public_key_id,
        api_url=settings.wechat_pay_url,
    )
    notices = _address(settings, "wechat_pay")
    return WeChatPayGateway(account, client, clock, notices, notices)


def _unionpay(settings: Settings, client: httpx.AsyncClient, clock: Clock) -> Gateway:
    from adapters.payments.unionpay import UnionPayGateway
    from adapters.payments.unionpay_account import SigningKey, UnionPayAccount
    from adapters.payments.unionpay_signing import UNIONPAY_ITSELF

    account = UnionPayAccount(
        merchant_id=settings.unionpay_merchant_id,
        key=SigningKey.from_pkcs12(
            settings.unionpay_certificate_file.read_bytes(),
            settings.unionpay_certificate_password.get_secret_value(),
        ),
        root_pem=settings.unionpay_root_file.read_bytes(),
        middle_pem=settings.unionpay_middle_file.read_bytes(),
        gateway_url=settings.unionpay_url,
        file_url=settings.unionpay_file_url,
        owner=settings.unionpay_owner or UNIONPAY_ITSELF,
    )
    return UnionPayGateway(account, client, clock, settings.base_url, _address(settings, "unionpay"))


def _stars(settings: Settings, client: httpx.AsyncClient, clock: Clock) -> Gateway:
    from adapters.payments.stars import StarsGateway
    from adapters.telegram_api import TelegramApi
    from adapters.telegram_stars import StarsWords

    token = settings.telegram_bot_token.get_secret_value()
    words = StarsWords.of(Wording.read(settings.data_folder / "replies.yaml"))
    # A connection of its own: a payer's answer never waits behind what is said in the chats.
    return StarsGateway(TelegramApi(token, settings.telegram_api_url), clock, words.describe)


Connect = Callable[[Settings, httpx.AsyncClient, Clock], Gateway]

CONNECT: Mapping[str, Connect] = {
    "alipay": _alipay,
    "wechat_pay": _wechat_pay,
    "unionpay": _unionpay,
    "stars": _stars,
}


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file != Path() else ""


async def keep_fresh(gateways: Sequence[Gateway], stop: asyncio.Event) -> None:
    """Get new certificates at the start and from time to time, never because somebody posted a notice."""
    changing = [gateway for gateway in gateways if isinstance(gateway, Refreshes)]
    while changing and not stop.is_set():
        for gateway in changing:
            if trouble := await gateway.refresh_certificates():
                log.warning("certificates not refreshed", gateway=gateway.name, reason=trouble)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), REFRESH_SECONDS)
