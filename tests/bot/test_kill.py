"""kill -9 between payment and delivery: after the restart the order is delivered once, and told once.

A real process, its real pages and its real file; only the supplier is imaginary, and it remembers.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
QUIET_SECONDS = 3


@dataclass
class Shop:
    """`xiadan demo` in a folder of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        ours = ("XIADAN_", "TELEGRAM_", "WECHAT_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "demo", "--port", str(self.port)],
                cwd=self.folder,
                env={**environment, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        wait_until(self._is_ready, f"the shop did not open; see {self.folder / 'log'}")

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def taken_on(self) -> list[str]:
        """The supplier's own books: what it was asked to deliver, one line a request."""
        books = self.folder / "state" / "demo" / "sandbox_supplier.jsonl"
        return books.read_text(encoding="utf-8").splitlines() if books.exists() else []

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", trust_env=False, timeout=5).status_code == 200
        except httpx.TransportError:
            return False


@dataclass
class Customer:
    """One browser, reduced to its requests."""

    client: httpx.Client
    form_token: str = ""

    def enter(self) -> None:
        page = self.client.get("/")
        self.form_token = found(r'data-token="([^"]+)"', page.text)

    def say(self, text: str) -> list[dict[str, Any]]:
        said = {"type": "say", "id": "message-0001", "text": text}
        answer = self.client.post("/chat/say", json=said, headers={"x-form-token": self.form_token})
        answer.raise_for_status()
        return list(answer.json()["entries"])

    def pay(self, pay_url: str) -> None:
        path = re.sub(r"^https?://[^/]+", "", pay_url)
        token = found(r'name="form_token" value="([^"]+)"', self.client.get(path).text)
        answer = self.client.post(f"{path}/wechat", data={"form_token": token})
        assert answer.status_code == 303, answer.text
        assert "unsure" not in answer.headers["location"]

    def heard(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get("/chat/since").json()
        return answer


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, f"no {pattern} in the page"
    return match[1]


def wait_until(done: Any, complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            pytest.fail(complaint)
        time.sleep(0.1)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = Shop(tmp_path, port)
    running.open()
    yield running
    running.kill()


@pytest.mark.parametrize(
    "wait_for_supplier", [False, True], ids=["before the supplier", "after the supplier"]
)
def test_an_order_that_was_paid_before_the_kill_is_delivered_once(
    shop: Shop, wait_for_supplier: bool
) -> None:
    headers = {"origin": shop.address}
    with httpx.Client(base_url=shop.address, headers=headers, trust_env=False, timeout=30) as client:
        customer = Customer(client)
        customer.enter()
        quoted = customer.say("帮我充100元话费到13800138000")
        customer.pay(quoted[-1]["pay_url"])
        if wait_for_supplier:
            wait_until(shop.taken_on, "the supplier was never asked")
        shop.kill()

        shop.open()
        wait_until(
            lambda: "delivered" in customer.heard()["orders"].values(),
            "the order was not delivered after the restart",
        )
        # Whatever would come twice comes now.
        time.sleep(QUIET_SECONDS)
        heard = customer.heard()
        news = [entry["text"] for entry in heard["entries"] if entry["who"] == "news"]
        assert list(heard["orders"].values()) == ["delivered"]
        assert [("收到付款" in text, "已到账" in text) for text in news] == [(True, False), (False, True)]
        assert len(shop.taken_on()) == 1
