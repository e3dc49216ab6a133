"""Takes the pictures of the README from the real pages of a running shop.

    xiadan demo                                              # in one terminal
    python -m tests.browser.pictures http://127.0.0.1:8080   # in another

The desk's picture needs its password as a second argument.
"""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, DESKTOP, NAMES, PHONE, ROOT

FOLDER = ROOT / "docs"
FRAMES = """
<style>
  body { margin: 0; padding: 36px; width: max-content; display: flex; gap: 32px; background: #e4e2db; }
  img { display: block; width: 300px; border-radius: 22px; box-shadow: 0 8px 28px rgba(28, 35, 32, .14); }
</style>
"""


def chat_picture(browser: Browser, address: str) -> bytes:
    """One order on a phone: the sentence and its quote, the till, and the goods delivered."""
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True, device_scale_factor=2
    )
    page = context.new_page()
    page.goto(address)
    page.click(".sample")
    page.keyboard.press("Enter")
    page.get_by_text("去支付").wait_for()
    page.locator("#words").blur()
    shots = [settled(page)]
    page.get_by_text("去支付").click()
    page.get_by_text("微信支付").wait_for()
    shots.append(settled(page))
    page.get_by_text("微信支付").click()
    page.get_by_text("返回聊天").click()
    page.locator('.status[data-state="delivered"]').wait_for()
    shots.append(settled(page))
    context.close()
    return side_by_side(browser, shots)


def desk_picture(browser: Browser, address: str, password: str) -> bytes:
    """A customer asks for a person, and gets one."""
    customer = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    customer.goto(address)
    for text in ("100Q币 充到 12345678", "转人工", "QQ号填错了，能改一下吗"):
        customer.fill("#words", text)
        customer.keyboard.press("Enter")
        customer.wait_for_timeout(1500)
    staff = browser.new_context(viewport=DESKTOP, locale="zh-CN", device_scale_factor=1.5).new_page()
    staff.goto(address + "/desk")
    staff.fill("[name=name]", "小李")
    staff.fill("[name=password]", password)
    staff.get_by_role("button", name="登录").click()
    staff.locator(".people button").first.click()
    staff.locator("#take").click()
    staff.get_by_text("由你接待").wait_for()
    staff.fill("#words", "您好，我是小李。这笔还没付款，直接发新的QQ号就行。")
    staff.keyboard.press("Enter")
    staff.locator('#entries [data-who="staff"]').wait_for()
    return settled(staff)


def settled(page: Page) -> bytes:
    page.wait_for_timeout(600)
    return page.screenshot()


def side_by_side(browser: Browser, shots: list[bytes]) -> bytes:
    page = browser.new_page(device_scale_factor=1.5)
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}">' for shot in shots)
    page.set_content(FRAMES + images)
    page.wait_for_timeout(300)
    return page.locator("body").screenshot()


def main(address: str, password: str | None = None) -> None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        save(FOLDER / "chat.png", chat_picture(browser, address.rstrip("/")))
        if password:
            save(FOLDER / "desk.png", desk_picture(browser, address.rstrip("/"), password))
        browser.close()


def save(path: Path, picture: bytes) -> None:
    path.write_bytes(picture)
    print(f"{path}: {len(picture) // 1024} KiB")


if __name__ == "__main__":
    main(*sys.argv[1:3])
