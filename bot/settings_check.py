"""What a shop's settings lack, said all at once before the shop opens: each one by its name, with the remedy.

Whether a key is a good one, its gateway tells when it is connected (`bot/gateways.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.settings import Settings, SettingsRejected
from orders.vault import Vault


def check_for_serving(settings: Settings) -> None:
    """Refuse a shop without its secrets, naming all that is missing. Raises SettingsRejected."""
    wanted = [
        ("XIADAN_SECRET_KEY", settings.secret_key, 32),
        ("XIADAN_DESK_PASSWORD", settings.desk_password, 8),
        ("XIADAN_CARD_KEYS", settings.card_keys, 40),
    ]
    if settings.plays:
        wanted.append(("XIADAN_SANDBOX_SECRET", settings.sandbox_secret, 16))
    if settings.telegram_bot_token.get_secret_value() and settings.telegram_mode == "webhook":
        wanted.append(("TELEGRAM_WEBHOOK_SECRET", settings.telegram_webhook_secret, 16))
    if settings.wechat_app_id:
        wanted.append(("WECHAT_APP_SECRET", settings.wechat_app_secret, 16))
        wanted.append(("WECHAT_TOKEN", settings.wechat_token, 3))
    short = [
        f"  {name}: {'is not set' if not secret.get_secret_value() else 'is too short'}"
        f" (at least {least} characters)"
        for name, secret, least in wanted
        if len(secret.get_secret_value()) < least
    ]
    short += _unreadable(settings)
    short += _channel_problems(settings)
    short += _gateway_problems(settings)
    short += _supplier_problems(settings)
    if short:
        raise SettingsRejected(
            "The shop does not start without these settings (see .env.example):\n" + "\n".join(short)
        )


def _unreadable(settings: Settings) -> list[str]:
    """What is set, but cannot be what it should be."""
    problems: list[str] = []
    keys = settings.card_keys.get_secret_value()
    try:
        if keys:
            Vault.from_text(keys)
    except ValueError as error:
        problems.append(f"  XIADAN_CARD_KEYS: {error}; `xiadan secrets` makes a good one")
    if settings.job_engine == "procrastinate" and not settings.database.startswith("postgresql"):
        problems.append(
            "  XIADAN_JOB_ENGINE: procrastinate needs PostgreSQL; set XIADAN_DATABASE_URL, or embedded"
        )
    if not settings.database.startswith(("sqlite", "postgresql")):
        problems.append("  XIADAN_DATABASE_URL: begins with sqlite+aiosqlite:/// or postgresql+psycopg://")
    return problems


def _channel_problems(settings: Settings) -> list[str]:
    """What the platforms would refuse, said before they do."""
    problems: list[str] = []
    if settings.telegram_bot_token.get_secret_value() and settings.telegram_mode == "webhook":
        if not settings.base_url.startswith("https://"):
            problems.append("  XIADAN_BASE_URL: Telegram posts to https addresses only; or use polling")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", settings.telegram_webhook_secret.get_secret_value()):
            problems.append("  TELEGRAM_WEBHOOK_SECRET: only letters, digits, _ and - are allowed, up to 256")
    if settings.wechat_app_id and not re.fullmatch(
        r"([A-Za-z0-9]{43})?", settings.wechat_encoding_aes_key.get_secret_value()
    ):
        problems.append("  WECHAT_ENCODING_AES_KEY: is 43 letters and digits, or empty for the plain mode")
    return problems


NEEDED: Mapping[str, tuple[str, ...]] = {
    "sandbox": (),
    "alipay": ("alipay_app_id", "alipay_seller_id", "alipay_private_key_file", "alipay_public_key_file"),
    "wechat_pay": (
        "wechat_pay_merchant_id",
        "wechat_pay_private_key_file",
        "wechat_pay_certificate_serial",
        "wechat_pay_api_v3_key",
    ),
    "unionpay": (
        "unionpay_merchant_id",
        "unionpay_certificate_file",
        "unionpay_certificate_password",
        "unionpay_root_file",
        "unionpay_middle_file",
    ),
    "stars": ("telegram_bot_token",),
}
"""What each gateway cannot do without, by the names of the fields."""


def _gateway_problems(settings: Settings) -> list[str]:
    """Empty settings and files that are not there. Whether a key is a good one, its gateway tells."""
    problems: list[str] = []
    if not settings.gateways:
        problems.append(f"  XIADAN_GATEWAYS: names nobody; name one or more of {', '.join(NEEDED)}")
    for gateway in settings.gateways:
        if gateway not in NEEDED:
            problems.append(f"  XIADAN_GATEWAYS: {gateway!r} is not known; known are {', '.join(NEEDED)}")
            continue
        for name in NEEDED[gateway]:
            problems += _missing(settings, name, gateway)
    if "wechat_pay" in settings.gateways:
        key_id, key_file = settings.wechat_pay_public_key_id, settings.wechat_pay_public_key_file
        if bool(key_id) is (key_file == Path()):
            problems.append(
                "  WECHAT_PAY_PUBLIC_KEY_ID and WECHAT_PAY_PUBLIC_KEY_FILE: one without the other is of no use"
            )
        if not (settings.wechat_pay_app_id or settings.wechat_app_id):
            problems.append("  WECHAT_PAY_APP_ID: is not set, and neither is WECHAT_APP_ID")
    return problems


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _supplier_problems(settings: Settings) -> list[str]:
    """The sandbox's money is imaginary and a supplier's goods are not: only at home may they meet."""
    at_home = settings.host in LOOPBACK and urlsplit(settings.base_url).hostname in LOOPBACK
    if not settings.suppliers or not settings.plays or at_home:
        return []
    return [
        "  XIADAN_SUPPLIERS: real goods would be sold for the sandbox's money; drop sandbox from XIADAN_GATEWAYS, "
        "or try it out with XIADAN_HOST and XIADAN_BASE_URL on 127.0.0.1"
    ]


def _missing(settings: Settings, name: str, gateway: str) -> list[str]:
    alias = Settings.model_fields[name].alias
    value = getattr(settings, name)
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if text in ("", "."):
        return [f"  {alias}: is not set, and {gateway} needs it"]
    if isinstance(value, Path) and not value.is_file():
        return [f"  {alias}: there is no file {value}"]
    return []
