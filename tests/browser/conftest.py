"""A real shop in a process of its own, and a real Chromium before it.

The browser is driven by fixtures of our own and closed after each module: playwright's loop, left
running, would stand in the way of every asynchronous test after it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, sync_playwright

from tests.conftest import NO_CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
OPEN_WITHIN_SECONDS = 60
PATIENCE_MS = 20_000

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--proxy-server=direct://",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else playwright's own; without either the tests are skipped, loudly."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        except Error as error:
            pytest.skip(f"{NO_CHROMIUM}: {str(error).strip().splitlines()[0]}")
        yield browser
        browser.close()


@dataclass
class RunningShop:
    """`xiadan demo` with a folder of its own; may be closed, or killed, and opened again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "demo", "--port", str(self.port)],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + OPEN_WITHIN_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the shop did not open; see {self._log}:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.1)

    def close(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(timeout=30)

    @property
    def desk_password(self) -> str:
        return (self.folder / "state" / "demo" / "desk_password").read_text(encoding="utf-8").strip()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", trust_env=False, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _environment(self) -> dict[str, str]:
        ours = ("XIADAN_", "TELEGRAM_", "WECHAT_")
        foreign = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**foreign, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = RunningShop(tmp_path_factory.mktemp("shop"), port)
    running.open()
    yield running
    running.close()


@dataclass
class Visitor:
    """One person's browser: a phone or a desktop, with cookies of its own."""

    context: BrowserContext
    page: Page
    shop: RunningShop
    complaints: list[str] = field(default_factory=list)
    """What the page wrote to the console as an error."""

    def goes(self, path: str) -> None:
        self.page.goto(self.shop.address + path)

    def says(self, text: str) -> None:
        self.page.fill("#words", text)
        self.page.keyboard.press("Enter")

    def sees(self, text: str, within: str = "body") -> None:
        """Wait until the text is visible."""
        self.page.locator(within).get_by_text(text).last.wait_for(state="visible")

    def taps(self, text: str) -> None:
        self.page.get_by_role("button", name=text).or_(self.page.get_by_role("link", name=text)).last.click()

    def bubbles(self, who: str) -> list[str]:
        return self.page.locator(f'#entries [data-who="{who}"] .bubble').all_inner_texts()


Invite = Callable[..., Visitor]


@pytest.fixture
def visitor(chromium: Browser, shop: RunningShop) -> Iterator[Invite]:
    """Invites visitors; afterwards none of their pages may have complained."""
    invited: list[Visitor] = []

    def invite(size: dict[str, int] = PHONE, **more: object) -> Visitor:
        is_phone = size["width"] < 700
        context = chromium.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale="zh-CN",
            has_touch=is_phone,
            is_mobile=is_phone,
            **more,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        person = Visitor(context, page, shop)

        def complain(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                person.complaints.append(message.text)

        page.on("console", complain)
        page.on("pageerror", lambda error: person.complaints.append(str(error)))
        invited.append(person)
        return person

    yield invite
    for person in invited:
        person.context.close()
    assert [person.complaints for person in invited if person.complaints] == []
