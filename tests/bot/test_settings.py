"""Settings: each documented once, and a shop without its secrets does not start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import (
    Settings,
    SettingsRejected,
    example_env,
    fresh_secrets,
    open_state_folder,
)
from bot.settings_check import check_for_serving

ROOT = Path(__file__).resolve().parent.parent.parent


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type,call-arg]


def test_the_example_names_every_setting_with_its_default() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == example_env()


def test_a_shop_without_secrets_is_refused_and_told_all_that_is_missing() -> None:
    with pytest.raises(SettingsRejected) as refused:
        check_for_serving(settings())
    for name in ("XIADAN_SECRET_KEY", "XIADAN_DESK_PASSWORD", "XIADAN_CARD_KEYS", "XIADAN_SANDBOX_SECRET"):
        assert name in str(refused.value)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(SettingsRejected, match="XIADAN_SECRET_KEY: is too short"):
        check_for_serving(settings(secret_key=SecretStr("short")))


def test_a_secret_is_never_printed() -> None:
    assert "hush-hush" not in repr(settings(secret_key=SecretStr("hush-hush")))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"telegram_mode": "webhook", "base_url": "http://shop.example"}, "XIADAN_BASE_URL"),
        (
            {"telegram_mode": "webhook", "telegram_webhook_secret": SecretStr("!" * 20)},
            "TELEGRAM_WEBHOOK_SECRET",
        ),
        ({"wechat_app_id": "wx1", "wechat_encoding_aes_key": SecretStr("short")}, "WECHAT_ENCODING_AES_KEY"),
    ],
)
def test_what_a_platform_would_refuse_is_said_at_the_start(given: dict[str, object], name: str) -> None:
    with pytest.raises(SettingsRejected, match=f"{name}: "):
        check_for_serving(settings(telegram_bot_token=SecretStr("1:a"), **given))


@pytest.mark.parametrize(
    ("gateways", "complaint"),
    [
        ("", "XIADAN_GATEWAYS: names nobody"),
        ("paypal", "XIADAN_GATEWAYS: 'paypal' is not known; known are sandbox, alipay"),
        ("alipay", "ALIPAY_APP_ID: is not set, and alipay needs it"),
        ("wechat_pay", "WECHAT_PAY_API_V3_KEY: is not set, and wechat_pay needs it"),
        ("unionpay, alipay", "UNIONPAY_ROOT_FILE: is not set"),
        ("stars", "TELEGRAM_BOT_TOKEN: is not set"),
    ],
)
def test_a_gateway_without_its_settings_is_refused_by_name(gateways: str, complaint: str) -> None:
    with pytest.raises(SettingsRejected) as refused:
        check_for_serving(settings(gateway_names=gateways))
    assert complaint in str(refused.value)
    assert "XIADAN_SANDBOX_SECRET" not in str(refused.value)


def test_half_of_a_public_key_is_refused() -> None:
    with pytest.raises(SettingsRejected, match="WECHAT_PAY_PUBLIC_KEY_FILE: one without the other"):
        check_for_serving(settings(gateway_names="wechat_pay", wechat_pay_public_key_id="PUB_KEY_ID_1"))


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone.pem"
    with pytest.raises(SettingsRejected, match="ALIPAY_PRIVATE_KEY_FILE: there is no file"):
        check_for_serving(settings(gateway_names="alipay", alipay_private_key_file=gone))


def test_a_card_key_that_cannot_be_read_is_refused_without_being_shown() -> None:
    with pytest.raises(SettingsRejected, match="XIADAN_CARD_KEYS: key 'k1'") as refused:
        check_for_serving(settings(card_keys=SecretStr("k1:" + "not base64 " * 5)))
    assert "not base64 not" not in str(refused.value)


def test_fresh_secrets_are_all_a_shop_needs() -> None:
    made = dict(line.split("=", 1) for line in fresh_secrets().splitlines())
    check_for_serving(Settings(_env_file=None, **made))  # type: ignore[call-arg,arg-type]


def test_what_lies_in_the_state_folder_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        open_state_folder(tmp_path / "state")
        (tmp_path / "state" / "shop.db").touch()
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "state" / "shop.db").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"base_url": "https://shop.example"}, True),
        ({"host": "0.0.0.0"}, True),
        ({}, False),
        ({"base_url": "https://shop.example", "gateway_names": "alipay"}, False),
    ],
)
def test_real_goods_are_sold_for_the_sandboxs_money_at_home_only(
    given: dict[str, str], refused: bool
) -> None:
    with pytest.raises(SettingsRejected) as told:
        check_for_serving(settings(supplier_names="acme", **given))
    assert ("XIADAN_SUPPLIERS" in str(told.value)) is refused
