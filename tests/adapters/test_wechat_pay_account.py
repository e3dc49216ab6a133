"""A wrong account is found when the shop starts, with a word on what to do, and shows no secret."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from adapters.payments.wechat_pay import WeChatPayGateway
from orders.clock import VirtualClock
from orders.ports import Gateway, Merchant, Scene
from tests.emulator.keys import fresh_key, public_pem
from tests.emulator.wechat_pay_door import SignsBy
from tests.emulator.wechat_pay_keys import (
    API_V3_KEY,
    APP_ID,
    MERCHANT_ID,
    PUBLIC_KEY_ID,
    keyring,
)
from tests.emulator.wechat_pay_stage import NOTIFY_URL, account, gateway
from tests.orders.world import START


def test_the_gateway_says_who_it_is_and_how_it_is_paid() -> None:
    made: Gateway = gateway(account(), httpx.AsyncClient(), VirtualClock(START))
    assert (made.name, made.merchant) == ("wechat_pay", Merchant(MERCHANT_ID, APP_ID))
    assert made.scenes == {Scene.QR, Scene.JSAPI, Scene.WAP}
    assert made.acknowledgement == '{"code":"SUCCESS","message":"OK"}'


def test_the_account_shows_no_secret() -> None:
    shown = repr(account()) + repr(account().signer) + repr(account().platform_keys)
    assert MERCHANT_ID in shown
    for secret in (API_V3_KEY, "PRIVATE KEY", keyring().merchant_pem.splitlines()[1]):
        assert secret not in shown


def test_during_a_switch_both_kinds_of_keys_are_known() -> None:
    both = account(SignsBy.CERTIFICATE, public_key_id=PUBLIC_KEY_ID, public_key_pem=keyring().platform_pem)
    assert len(both.platform_keys) == 2


def test_several_certificates_may_stand_in_one_file() -> None:
    one_after_the_other = keyring().certificate_pem(0) + "\n" + keyring().certificate_pem(1)
    assert len(account(SignsBy.CERTIFICATE, platform_certificates_pem=one_after_the_other).platform_keys) == 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"merchant_id": ""}, "merchant_id is empty; set the merchant number"),
    ({"merchant_id": "your-mchid"}, "merchant_id is 'your-mchid'"),
    ({"merchant_id": "0000000000"}, "merchant_id"),
    ({"merchant_id": "16098765432109"}, "merchant_id"),
    ({"app_id": ""}, "app_id is empty"),
    ({"app_id": "wx8888888888888888"}, "app_id"),
    ({"app_id": "2021000000000000"}, "app_id"),
    ({"certificate_serial": ""}, "certificate_serial is empty"),
    ({"certificate_serial": "not hexadecimal"}, "certificate_serial"),
    ({"certificate_serial": "0" * 40}, "certificate_serial"),
    ({"api_v3_key": ""}, "api_v3_key must be the 32 characters"),
    ({"api_v3_key": API_V3_KEY[:31]}, "it has 31 bytes"),
    ({"api_v3_key": API_V3_KEY[:31] + "密"}, "it has 34 bytes"),
    ({"api_v3_key": "x" * 32}, "api_v3_key"),
    ({"private_key_pem": ""}, "private_key_pem is no private key in PEM form.*apiclient_key.pem"),
    ({"private_key_pem": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"}, "private_key_pem"),
    ({"public_key_id": ""}, "public_key_id is empty"),
    ({"public_key_id": "PUB_KEY_ID_xxx"}, "public_key_id"),
    ({"public_key_pem": ""}, "public_key_pem is no public key in PEM form.*pub_key.pem"),
    ({"public_key_id": "", "public_key_pem": ""}, "nothing to check its signatures by"),
    ({"platform_certificates_pem": "garbage"}, "platform_certificates_pem"),
    ({"api_url": "http://api.mch.weixin.qq.com"}, "api_url"),
    ({"api_url": "https://api.mch.weixin.qq.com/v3"}, "api_url"),
    ({"api_url": "https://user:pass@api.mch.weixin.qq.com"}, "api_url"),
    ({"api_url": ""}, "api_url"),
    ({"notice_age_max_seconds": 0}, "notice_age_max_seconds"),
    ({"notice_age_max_seconds": 86400}, "notice_age_max_seconds"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG, ids=[str(list(wrong)) for wrong, _ in WRONG])
def test_an_account_that_cannot_be_right_is_refused_with_a_remedy(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as refusal:
        account(**wrong)
    assert str(refusal.value).startswith("WeChat Pay: ")
    assert refusal.value.__cause__ is None
    for secret in (API_V3_KEY[:31], "MIIE"):
        assert secret not in str(refusal.value)


def test_short_keys_are_refused() -> None:
    weak = fresh_key("somebody", 1024)
    with pytest.raises(ValueError, match="2048 bits"):
        account(public_key_pem=public_pem(weak))


def test_our_own_key_is_not_taken_for_the_platforms() -> None:
    with pytest.raises(ValueError, match="is our own"):
        account(public_key_pem=public_pem(keyring().merchant))


@pytest.mark.parametrize(
    "url", ["", "shop.test/notices", "https://shop.test/notices?token=1", "https://" + "a" * 255]
)
def test_a_notice_address_that_wechat_does_not_take_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no notice address"):
        WeChatPayGateway(account(), httpx.AsyncClient(), VirtualClock(START), url, NOTIFY_URL)
    with pytest.raises(ValueError, match="no notice address"):
        WeChatPayGateway(account(), httpx.AsyncClient(), VirtualClock(START), NOTIFY_URL, url)
