"""Everything that is set from outside, in one place: the only module that reads the environment.

Secrets have no defaults. `xiadan demo` makes its own and keeps them in the state folder; `xiadan
serve` refuses to start without them and says which are missing.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from orders.vault import Vault

DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"


OPERATOR_NAME_MAX = 64


class SettingsRejected(Exception):
    """A setting is missing or cannot be used; the text names each one and the remedy."""


class Settings(BaseSettings):
    """The settings of one shop. Every field is one line of `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
    )

    shop_name: str = Field("下单小店", alias="XIADAN_SHOP_NAME", description="Shown on every page.")
    state_folder: Path = Field(
        Path("state"), alias="XIADAN_STATE_FOLDER", description="Where the database and the keys live."
    )
    database_url: str = Field(
        "",
        alias="XIADAN_DATABASE_URL",
        description="Empty for SQLite in the state folder, or postgresql+psycopg://user@host/name.",
    )
    job_engine: Literal["embedded", "procrastinate"] = Field(
        "embedded",
        alias="XIADAN_JOB_ENGINE",
        description="Who does the due work: embedded, or procrastinate (PostgreSQL only, the extra `postgres`).",
    )
    data_folder: Path = Field(
        DATA_FOLDER, alias="XIADAN_DATA_FOLDER", description="Wording, words, account kinds and policy."
    )
    host: str = Field("127.0.0.1", alias="XIADAN_HOST", description="The address to listen on.")
    port: int = Field(8080, alias="XIADAN_PORT", ge=1, le=65535, description="The port to listen on.")
    base_url: str = Field(
        "http://127.0.0.1:8080",
        alias="XIADAN_BASE_URL",
        description="How customers reach the shop; pay and order links begin with it.",
    )
    trusted_proxies: str = Field(
        "",
        alias="XIADAN_TRUSTED_PROXIES",
        description="Addresses of your reverse proxies, by comma: whom X-Forwarded-For is believed. Empty: nobody.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        alias="XIADAN_SECRET_KEY",
        description="Signs web sessions; 32 random characters or more.",
    )
    card_keys: SecretStr = Field(
        SecretStr(""),
        alias="XIADAN_CARD_KEYS",
        description="Encrypts card keys at rest: id:base64 of 32 bytes, newest first, separated by commas.",
    )
    desk_password: SecretStr = Field(
        SecretStr(""), alias="XIADAN_DESK_PASSWORD", description="Opens the desk; 8 characters or more."
    )
    gateway_names: str = Field(
        "sandbox",
        alias="XIADAN_GATEWAYS",
        description="Who takes the money, by comma: wechat_pay, alipay, unionpay, stars, or sandbox (no money moves). "
        "Whom a channel offers first is in policy.toml.",
    )
    supplier_names: str = Field(
        "",
        alias="XIADAN_SUPPLIERS",
        description="Outside suppliers, by comma: the names of files in data/suppliers. The settings that such a file "
        "asks for are XIADAN_SUPPLIER_<NAME>_KEY and the like.",
    )
    sandbox_secret: SecretStr = Field(
        SecretStr(""),
        alias="XIADAN_SANDBOX_SECRET",
        description="Signs the sandbox's payment notices; 16 characters or more.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="XIADAN_LOG_LEVEL", description="debug, info, warning or error."
    )
    log_format: Literal["json", "console"] = Field(
        "json", alias="XIADAN_LOG_FORMAT", description="json for machines, console for eyes."
    )
    telegram_bot_token: SecretStr = Field(
        SecretStr(""), alias="TELEGRAM_BOT_TOKEN", description="Empty: no Telegram."
    )
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling", alias="TELEGRAM_MODE", description="polling or webhook."
    )
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""),
        alias="TELEGRAM_WEBHOOK_SECRET",
        description="Needed for webhook; 16 characters or more.",
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org", alias="TELEGRAM_API_URL", description="Another Bot API server."
    )
    wechat_app_id: str = Field("", alias="WECHAT_APP_ID", description="Empty: no WeChat.")
    wechat_app_secret: SecretStr = Field(
        SecretStr(""), alias="WECHAT_APP_SECRET", description="Of the official account."
    )
    wechat_token: SecretStr = Field(
        SecretStr(""), alias="WECHAT_TOKEN", description="The token of the server configuration."
    )
    wechat_encoding_aes_key: SecretStr = Field(
        SecretStr(""), alias="WECHAT_ENCODING_AES_KEY", description="For the safe mode; 43 characters."
    )
    wechat_api_url: str = Field(
        "https://api.weixin.qq.com", alias="WECHAT_API_URL", description="The official account API."
    )

    alipay_app_id: str = Field("", alias="ALIPAY_APP_ID", description="Of the application that may collect.")
    alipay_seller_id: str = Field(
        "", alias="ALIPAY_SELLER_ID", description="The merchant's own number, 2088 and twelve digits."
    )
    alipay_private_key_file: Path = Field(
        Path(), alias="ALIPAY_PRIVATE_KEY_FILE", description="The application's RSA2 key: PEM or bare base64."
    )
    alipay_public_key_file: Path = Field(
        Path(), alias="ALIPAY_PUBLIC_KEY_FILE", description="Alipay's public key, not the application's."
    )
    alipay_url: str = Field(
        "https://openapi.alipay.com/gateway.do", alias="ALIPAY_URL", description="The gateway's address."
    )
    wechat_pay_merchant_id: str = Field(
        "", alias="WECHAT_PAY_MERCHANT_ID", description="The merchant number of WeChat Pay."
    )
    wechat_pay_app_id: str = Field(
        "", alias="WECHAT_PAY_APP_ID", description="The account that collects. Empty: WECHAT_APP_ID."
    )
    wechat_pay_private_key_file: Path = Field(
        Path(), alias="WECHAT_PAY_PRIVATE_KEY_FILE", description="apiclient_key.pem."
    )
    wechat_pay_certificate_serial: str = Field(
        "",
        alias="WECHAT_PAY_CERTIFICATE_SERIAL",
        description="The serial number of the merchant's certificate.",
    )
    wechat_pay_api_v3_key: SecretStr = Field(
        SecretStr(""), alias="WECHAT_PAY_API_V3_KEY", description="32 characters, set by the merchant."
    )
    wechat_pay_public_key_id: str = Field(
        "", alias="WECHAT_PAY_PUBLIC_KEY_ID", description="PUB_KEY_ID_... of WeChat Pay's public key."
    )
    wechat_pay_public_key_file: Path = Field(
        Path(), alias="WECHAT_PAY_PUBLIC_KEY_FILE", description="pub_key.pem of WeChat Pay."
    )
    wechat_pay_certificates_file: Path = Field(
        Path(),
        alias="WECHAT_PAY_CERTIFICATES_FILE",
        description="WeChat Pay's platform certificates, for merchants without a public key. Empty: they are fetched.",
    )
    wechat_pay_url: str = Field(
        "https://api.mch.weixin.qq.com", alias="WECHAT_PAY_URL", description="The API's address."
    )
    unionpay_merchant_id: str = Field("", alias="UNIONPAY_MERCHANT_ID", description="Fifteen digits.")
    unionpay_certificate_file: Path = Field(
        Path(), alias="UNIONPAY_CERTIFICATE_FILE", description="The merchant's signing certificate, .pfx."
    )
    unionpay_certificate_password: SecretStr = Field(
        SecretStr(""), alias="UNIONPAY_CERTIFICATE_PASSWORD", description="Opens the .pfx."
    )
    unionpay_root_file: Path = Field(
        Path(), alias="UNIONPAY_ROOT_FILE", description="acp_prod_root.cer, the root that UnionPay gave out."
    )
    unionpay_middle_file: Path = Field(
        Path(), alias="UNIONPAY_MIDDLE_FILE", description="acp_prod_middle.cer, the one below it."
    )
    unionpay_url: str = Field(
        "https://gateway.95516.com", alias="UNIONPAY_URL", description="The gateway's address."
    )
    unionpay_owner: str = Field(
        "",
        alias="UNIONPAY_OWNER",
        description="Whose certificates count, in UnionPay's test surroundings. Empty: UnionPay's own.",
    )
    unionpay_file_url: str = Field(
        "https://filedownload.95516.com", alias="UNIONPAY_FILE_URL", description="Where its bills lie."
    )

    @property
    def gateways(self) -> tuple[str, ...]:
        """The names of those that take the money."""
        return tuple(dict.fromkeys(name.strip() for name in self.gateway_names.split(",") if name.strip()))

    @property
    def suppliers(self) -> tuple[str, ...]:
        """The names of the outside suppliers."""
        return tuple(dict.fromkeys(name.strip() for name in self.supplier_names.split(",") if name.strip()))

    @property
    def plays(self) -> bool:
        """Whether the sandbox is among them: then goods are made up, too."""
        return "sandbox" in self.gateways

    @property
    def database(self) -> str:
        """The database's URL, SQLite in the state folder where none is set."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.state_folder / 'shop.db').resolve()}"


def read_settings(**overrides: object) -> Settings:
    """Read `.env` and the environment. Raises SettingsRejected naming every bad line."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as rejected:
        lines = []
        for error in rejected.errors(include_url=False, include_input=False):
            lines.append(f"  {'.'.join(str(part) for part in error['loc'])}: {error['msg']}")
        raise SettingsRejected("These settings cannot be used:\n" + "\n".join(lines)) from None


def supplier_settings(name: str, wanted: Sequence[str]) -> Mapping[str, SecretStr]:
    """What `.env` and the environment say for one outside supplier, empty where they say nothing: `key` of
    `acme` is XIADAN_SUPPLIER_ACME_KEY."""
    prefix = f"XIADAN_SUPPLIER_{name}_"
    fields: dict[str, Any] = {
        f"setting_{one}": (SecretStr, Field(SecretStr(""), alias=f"{prefix}{one}".upper())) for one in wanted
    }
    said = create_model("SupplierSettings", __base__=_SupplierSettings, **fields)()
    return {one: getattr(said, f"setting_{one}") for one in wanted}


class _SupplierSettings(BaseSettings):
    """Which settings a supplier has stands in its description, so the fields are made when it is read."""

    model_config = Settings.model_config


def operator_name() -> str:
    """Who sits at this terminal, for the record of what he does."""
    try:
        return getpass.getuser()[:OPERATOR_NAME_MAX]
    except (KeyError, OSError, ImportError):
        return "operator"


def fresh_secrets() -> str:
    """New values for every secret that a shop needs, as lines of `.env`."""
    return "\n".join(
        (
            f"XIADAN_SECRET_KEY={token_urlsafe(32)}",
            f"XIADAN_CARD_KEYS={Vault.fresh_text()}",
            f"XIADAN_DESK_PASSWORD={token_urlsafe(9)}",
            f"XIADAN_SANDBOX_SECRET={token_urlsafe(24)}",
        )
    )


def open_state_folder(folder: Path) -> None:
    """Make the folder, for its owner alone; what this process writes from now on is private too:
    customers' numbers and chats lie in it."""
    os.umask(0o077)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def example_env() -> str:
    """The text of `.env.example`: every setting, its meaning and its default."""
    lines = ["# Copy to .env and fill in. Every setting of Xiadan stands here.", ""]
    for field in Settings.model_fields.values():
        default = field.default
        if isinstance(default, SecretStr) or default == Path() or field.alias == "XIADAN_DATA_FOLDER":
            default = ""
        lines += [f"# {field.description}", f"{field.alias}={default}", ""]
    return "\n".join(lines)
