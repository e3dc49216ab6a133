"""A shop as several real processes on a PostgreSQL server of its own, and those who call it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from orders.vault import Vault

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
PATIENCE_SECONDS = 60
DESK_PASSWORD = "open sesame, all of you"
LEASE_SECONDS = 3
"""After so long another worker takes up what a dead one held."""


def wait_until(done: Callable[[], Any], complaint: str) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (result := done()):
        if time.monotonic() > deadline:
            pytest.fail(complaint)
        time.sleep(0.05)
    return result


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match is not None, f"no {pattern} in the page"
    return match[1]


@dataclass
class Process:
    """One `xiadan`, and where it writes what it thinks."""

    popen: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, number: signal.Signals) -> None:
        self.popen.send_signal(number)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        return self.popen.wait(timeout=PATIENCE_SECONDS)

    def asked(self, path: str) -> int:
        """The status of an answer; 0 where there is none."""
        try:
            return httpx.get(f"{self.address}{path}", trust_env=False, timeout=10).status_code
        except httpx.TransportError:
            return 0


@dataclass
class Deployment:
    """One shop: a database, one `.env`, and any number of processes."""

    folder: Path
    url: str
    engine: str
    processes: list[Process] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        ours = ("XIADAN_", "TELEGRAM_", "WECHAT_")
        others = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return others | {
            "PYTHONPATH": str(ROOT),
            "XIADAN_DATABASE_URL": self.url,
            "XIADAN_JOB_ENGINE": self.engine,
            "XIADAN_STATE_FOLDER": str(self.folder / "state"),
            "XIADAN_DATA_FOLDER": str(self.folder / "data"),
            "XIADAN_GATEWAYS": "sandbox",
            "XIADAN_SECRET_KEY": "a secret of this test that nobody else will ever know",
            "XIADAN_SANDBOX_SECRET": "only the bank and the shop",
            "XIADAN_DESK_PASSWORD": DESK_PASSWORD,
            "XIADAN_CARD_KEYS": (self.folder / "card_keys").read_text("utf-8"),
        }

    def prepare(self) -> None:
        shutil.copytree(DATA, self.folder / "data")
        policy = self.folder / "data" / "policy.toml"
        text = policy.read_text("utf-8")
        quick, _ = re.subn(r"lease_seconds = \d+", f"lease_seconds = {LEASE_SECONDS}", text)
        assert quick != text
        policy.write_text(quick, "utf-8")
        (self.folder / "card_keys").write_text(Vault.fresh_text(), "utf-8")

    def start(self, *command: str, port: int = 0) -> Process:
        log = self.folder / f"{command[0]}{len(self.processes)}.log"
        with log.open("wb") as out:
            popen = subprocess.Popen(
                [sys.executable, "-m", "bot", *command],
                cwd=self.folder,
                env=self.environment | ({"XIADAN_PORT": str(port)} if port else {}),
                stdout=out,
                stderr=out,
            )
        process = Process(popen, log, port)
        self.processes.append(process)
        return process

    def serve(self) -> Process:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        return self.start("serve", "--no-worker", port=port)

    def work(self) -> Process:
        return self.start("worker")

    def command(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(make_url(self.url).set(drivername="postgresql").render_as_string(False))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def freeze(self, *processes: Process) -> None:
        """Let them stand still, but not while they hold anything: others would wait for it."""
        holding = (
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND state <> 'idle' AND pid <> pg_backend_pid()"
        )

        def frozen() -> bool:
            for process in processes:
                process.send(signal.SIGSTOP)
            if self.rows(holding) == [(0,)]:
                return True
            for process in processes:
                process.send(signal.SIGCONT)
            return False

        wait_until(frozen, "the processes are never idle")

    def taken_on(self) -> list[str]:
        """The supplier's own books, one line a request."""
        books = self.folder / "state" / "sandbox_supplier.jsonl"
        return books.read_text("utf-8").splitlines() if books.exists() else []

    def close(self) -> None:
        for process in self.processes:
            if process.popen.poll() is None:
                process.send(signal.SIGKILL)
            process.popen.wait(timeout=PATIENCE_SECONDS)


@dataclass
class Browser:
    """One browser, reduced to its requests; a proxy in front of the shop sends each where it likes."""

    client: httpx.Client
    form_token: str = ""

    def enter(self, process: Process) -> None:
        page = self.client.get(f"{process.address}/")
        self.form_token = found(r'data-token="([^"]+)"', page.text)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)

    def post(self, process: Process, path: str, **how: Any) -> httpx.Response:
        headers = {"origin": process.address, **how.pop("headers", {})}
        return self.client.post(f"{process.address}{path}", headers=headers, **how)

    def say(self, process: Process, text: str, message_id: str) -> list[dict[str, Any]]:
        """What the chat says since, the whole of it."""
        said = {"type": "say", "id": message_id, "text": text}
        answer = self.post(process, "/chat/say", json=said, headers={"x-form-token": self.form_token})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["entries"])

    def chat(self, process: Process) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get(f"{process.address}/chat/since").json()
        return answer

    def pay(self, process: Process, pay_url: str) -> None:
        path = re.sub(r"^https?://[^/]+", "", pay_url)
        page = self.client.get(f"{process.address}{path}").text
        token = found(r'name="form_token" value="([^"]+)"', page)
        answer = self.post(process, f"{path}/wechat", data={"form_token": token})
        assert answer.status_code == 303, answer.text
        assert "unsure" not in answer.headers["location"]

    def log_in(self, process: Process, name: str) -> None:
        page = self.client.get(f"{process.address}/desk/login").text
        token = found(r'name="form_token" value="([^"]+)"', page)
        form = {"form_token": token, "name": name, "password": DESK_PASSWORD}
        answer = self.post(process, "/desk/login", data=form)
        assert answer.status_code == 303, answer.text

    def act(self, process: Process, action: str, **facts: str) -> httpx.Response:
        page = self.client.get(f"{process.address}/desk")
        assert page.status_code == 200, f"not logged in at {process.address}"
        headers = {"x-form-token": found(r'data-token="([^"]+)"', page.text)}
        return self.post(process, f"/desk/{action}", json=facts, headers=headers)


@contextmanager
def browser() -> Iterator[Browser]:
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield Browser(client)
