"""What a shop must be set up with to be paid by the emulator: the lines of a `.env`, and the files they name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.emulator import alipay, unionpay, wechat_pay_keys
from tests.emulator.app import Emulator
from tests.emulator.keys import private_pem, public_pem
from tests.emulator.unionpay_ca import PFX_PASSWORD, authority


def settings_for(emulator: Emulator, folder: Path) -> Mapping[str, str]:
    """Writes the merchant's keys and certificates into the folder."""
    base = emulator.base_url
    return {
        "XIADAN_GATEWAYS": ",".join(emulator.rails),
        **_alipay(base, folder),
        **_wechat_pay(base, folder),
        **_unionpay(base, folder),
    }


def _alipay(base: str, folder: Path) -> Mapping[str, str]:
    signer = alipay.Signer()
    return {
        "ALIPAY_APP_ID": alipay.APP_ID,
        "ALIPAY_SELLER_ID": alipay.SELLER_ID,
        "ALIPAY_PRIVATE_KEY_FILE": _kept(folder / "alipay_application.pem", private_pem(signer.applications)),
        "ALIPAY_PUBLIC_KEY_FILE": _kept(folder / "alipay_public.pem", public_pem(signer.alipays)),
        "ALIPAY_URL": f"{base}/alipay/gateway.do",
    }


def _wechat_pay(base: str, folder: Path) -> Mapping[str, str]:
    keys = wechat_pay_keys.keyring()
    return {
        "WECHAT_PAY_MERCHANT_ID": wechat_pay_keys.MERCHANT_ID,
        "WECHAT_PAY_APP_ID": wechat_pay_keys.APP_ID,
        "WECHAT_PAY_CERTIFICATE_SERIAL": wechat_pay_keys.MERCHANT_SERIAL,
        "WECHAT_PAY_API_V3_KEY": wechat_pay_keys.API_V3_KEY,
        "WECHAT_PAY_PRIVATE_KEY_FILE": _kept(folder / "apiclient_key.pem", keys.merchant_pem),
        "WECHAT_PAY_PUBLIC_KEY_ID": wechat_pay_keys.PUBLIC_KEY_ID,
        "WECHAT_PAY_PUBLIC_KEY_FILE": _kept(folder / "pub_key.pem", keys.platform_pem),
        "WECHAT_PAY_URL": base,
    }


def _unionpay(base: str, folder: Path) -> Mapping[str, str]:
    issued = authority()
    return {
        "UNIONPAY_MERCHANT_ID": unionpay.MERCHANT_ID,
        "UNIONPAY_CERTIFICATE_FILE": _kept(folder / "acp_sign.pfx", issued.merchant.pfx),
        "UNIONPAY_CERTIFICATE_PASSWORD": PFX_PASSWORD,
        "UNIONPAY_ROOT_FILE": _kept(folder / "acp_root.cer", issued.root.pem_bytes),
        "UNIONPAY_MIDDLE_FILE": _kept(folder / "acp_middle.cer", issued.middle.pem_bytes),
        "UNIONPAY_URL": base,
        "UNIONPAY_FILE_URL": f"{base}/filedownload",
    }


def _kept(file: Path, content: str | bytes) -> str:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)
