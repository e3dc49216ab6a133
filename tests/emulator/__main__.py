"""`make demo-gateways`: all emulated gateways on this machine, and a shop that is paid by them.

The shop is a process of its own, started with the settings that it would have in life; whatever this
machine is set up with otherwise, a `.env` or a bot's token, is kept from it. Database and keys lie in a
folder that vanishes at the end.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx
import uvicorn

from orders.clock import SystemClock
from orders.vault import Vault
from tests.emulator.app import Emulator
from tests.emulator.rails import RAILS
from tests.emulator.settings import settings_for

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "data" / "catalog" / "demo.csv"
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
"""All that the shop inherits of this terminal's environment."""
LOOK_SECONDS = 0.2
NOTICE_SECONDS_MAX = 10
OPEN_WITHIN_SECONDS = 60


async def run(folder: Path) -> int:
    """Until Ctrl+C, or until the shop ends; gives the shop's exit code."""
    gateways_port, shop_port = _free_ports()
    base_url, shop_url = f"http://127.0.0.1:{gateways_port}", f"http://127.0.0.1:{shop_port}"
    async with httpx.AsyncClient(timeout=NOTICE_SECONDS_MAX, trust_env=False) as client:
        emulator = Emulator(RAILS, SystemClock(), client, asyncio.sleep, base_url)
        settings = {**_shop_settings(folder, shop_port, shop_url), **settings_for(emulator, folder)}
        # The sandbox delivers the goods; that it takes money, too, is one way more on the pay page.
        settings["XIADAN_GATEWAYS"] += ",sandbox"
        config = uvicorn.Config(
            emulator.app, host="127.0.0.1", port=gateways_port, log_level="warning", lifespan="off"
        )
        server = _Server(config)
        serving, notices = asyncio.create_task(server.serve()), asyncio.create_task(_run_due(emulator))
        shop = await _shop(settings, folder)
        with suppress(TimeoutError):
            async with asyncio.timeout(OPEN_WITHIN_SECONDS):
                await _until_open(shop, client, shop_url)
        print(_told(shop_url, base_url, settings), flush=True)
        stopped = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, stopped.set)
        ended, asked = asyncio.create_task(shop.wait()), asyncio.create_task(stopped.wait())
        await asyncio.wait((ended, asked), return_when=asyncio.FIRST_COMPLETED)
        if shop.returncode is None:
            with suppress(ProcessLookupError):
                shop.send_signal(signal.SIGTERM)
        code = await ended
        asked.cancel()
        notices.cancel()
        server.should_exit = True
        await serving
        return 0 if stopped.is_set() else code


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The shop and the gateways end together."""


async def _run_due(emulator: Emulator) -> None:
    while True:
        await emulator.run_due()
        await asyncio.sleep(LOOK_SECONDS)


async def _shop(settings: Mapping[str, str], folder: Path) -> asyncio.subprocess.Process:
    """Loads the demo's goods and opens. It does not hear Ctrl+C by itself: we tell it."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {**settings, "PYTHONPATH": str(ROOT)}
    command = (sys.executable, "-m", "bot")
    loading = await asyncio.create_subprocess_exec(
        *command, "catalog", "import", str(CATALOG), env=environment, cwd=folder, stdout=subprocess.DEVNULL
    )
    if await loading.wait():
        raise SystemExit("the demo's goods could not be loaded")
    return await asyncio.create_subprocess_exec(
        *command, "serve", env=environment, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True
    )


async def _until_open(shop: asyncio.subprocess.Process, client: httpx.AsyncClient, url: str) -> None:
    """Or until it has ended, having said why."""
    while shop.returncode is None:
        with suppress(httpx.HTTPError):
            if (await client.get(f"{url}/readyz")).is_success:
                return
        await asyncio.sleep(LOOK_SECONDS)


def _shop_settings(folder: Path, port: int, url: str) -> Mapping[str, str]:
    return {
        "XIADAN_STATE_FOLDER": str(folder / "state"),
        "XIADAN_PORT": str(port),
        "XIADAN_BASE_URL": url,
        "XIADAN_SECRET_KEY": secrets.token_urlsafe(32),
        "XIADAN_CARD_KEYS": Vault.fresh_text(),
        "XIADAN_DESK_PASSWORD": secrets.token_urlsafe(9),
        "XIADAN_SANDBOX_SECRET": secrets.token_urlsafe(24),
        "XIADAN_LOG_LEVEL": "warning",
        "XIADAN_LOG_FORMAT": "console",
    }


def _told(shop_url: str, base_url: str, settings: Mapping[str, str]) -> str:
    return (
        "\n  A shop and its gateways are open (no money moves)\n\n"
        f"    chat    {shop_url}/\n"
        f"    desk    {shop_url}/desk   password: {settings['XIADAN_DESK_PASSWORD']}\n"
        f"    knobs   {base_url}/knobs   what goes wrong at the gateways\n\n"
        f"  Order something, choose a way to pay; a code leads to {base_url}/payer/..., where one pays.\n"
        "  Everything is forgotten at the end. Ctrl+C closes.\n"
    )


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


if __name__ == "__main__":
    if sys.argv[1:]:
        # It takes none: whoever asks for --help is told, and opens no shop.
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="xiadan-gateways-") as made:
        sys.exit(asyncio.run(run(Path(made))))
