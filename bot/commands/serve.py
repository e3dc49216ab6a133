"""`xiadan serve` runs the shop; `xiadan demo` runs a whole one with keys and goods of its own."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import typer
from pydantic import SecretStr

from bot.logs import configure_logs
from bot.running import run_shop, run_worker
from bot.settings import DATA_FOLDER, Settings, SettingsRejected, open_state_folder
from bot.settings_check import check_for_serving
from orders.database import Database
from orders.vault import Vault

DEMO_FOLDER = Path("state") / "demo"
DEMO_PORTS = range(8080, 8100)
DEMO_SUPPLIER_DELAY = timedelta(seconds=2)
"""Long enough to see that an order is being delivered before it is."""

SANDBOX_WARNING = (
    "WARNING: the sandbox is among the gateways. No money moves, top-ups reach nobody, and card keys are made up.\n"
    "         Try everything out like this, but sell nothing to real customers."
)
SUPPLIERS_WARNING = "         But goods of {names} are bought for real, with real money."

DESK_PASSWORD_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"


ONE_PROCESS = (
    "The shop lies in an SQLite file, which one process serves: it does the due work itself. Several "
    "processes need PostgreSQL (XIADAN_DATABASE_URL)."
)


def serve(settings: Settings, *, works: bool = True) -> None:
    """Run the shop from the settings until it is told to stop. Raises SettingsRejected."""
    check_for_serving(settings)
    if not works and Database.file_of(settings.database) is not None:
        raise SettingsRejected(ONE_PROCESS)
    configure_logs(settings.log_level, settings.log_format)
    open_state_folder(settings.state_folder)

    def opened() -> None:
        typer.echo(f"{settings.shop_name} is open: {settings.base_url}  desk: {settings.base_url}/desk")
        if settings.plays:
            typer.echo(SANDBOX_WARNING, err=True)
            if settings.suppliers:
                typer.echo(SUPPLIERS_WARNING.format(names=", ".join(settings.suppliers)), err=True)

    run = run_shop(settings, catalog=None, supplier_delay=timedelta(0), opened=opened, works=works)
    asyncio.run(run)


def work(settings: Settings) -> None:
    """Do the due work until told to stop: SIGTERM lets what was begun come to its end."""
    check_for_serving(settings)
    if Database.file_of(settings.database) is not None:
        raise SettingsRejected(ONE_PROCESS)
    configure_logs(settings.log_level, settings.log_format)
    open_state_folder(settings.state_folder)
    asyncio.run(run_worker(settings))


def demo(port: int | None) -> None:
    """Run the demo shop: SQLite, demo catalog, sandbox payment and supplier, web chat and desk."""
    configure_logs("warning", "console")
    port = port or _free_port()
    folder = DEMO_FOLDER
    open_state_folder(folder)
    base_url = f"http://127.0.0.1:{port}"
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        state_folder=folder,
        database_url=f"sqlite+aiosqlite:///{(folder / 'shop.db').resolve()}",
        data_folder=DATA_FOLDER,
        host="127.0.0.1",
        port=port,
        base_url=base_url,
        secret_key=_kept(folder / "secret_key", lambda: secrets.token_urlsafe(32)),
        card_keys=_kept(folder / "card_keys", Vault.fresh_text),
        desk_password=_kept(folder / "desk_password", _password),
        sandbox_secret=_kept(folder / "sandbox_secret", lambda: secrets.token_urlsafe(24)),
        gateway_names="sandbox",
        supplier_names="",
        telegram_bot_token=SecretStr(""),
        wechat_app_id="",
    )

    def opened() -> None:
        typer.echo(
            f"\n  {settings.shop_name} is open (a demo: no money moves)\n\n"
            f"    chat   {base_url}/\n"
            f"    desk   {base_url}/desk   password: {settings.desk_password.get_secret_value()}\n\n"
            f"  Everything lies in {folder}/. Ctrl+C closes the shop.\n"
        )

    run = run_shop(
        settings,
        catalog=DATA_FOLDER / "catalog" / "demo.csv",
        supplier_delay=DEMO_SUPPLIER_DELAY,
        opened=opened,
    )
    asyncio.run(run)


def _kept(file: Path, fresh: Callable[[], str]) -> SecretStr:
    """The secret in the file; made on the first run, readable by its owner alone."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(fresh() + "\n", encoding="utf-8")
    return SecretStr(file.read_text(encoding="utf-8").strip())


def _password() -> str:
    return "".join(secrets.choice(DESK_PASSWORD_CHARACTERS) for _ in range(10))


def _free_port() -> int:
    for port in DEMO_PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SettingsRejected(f"Ports {DEMO_PORTS.start} to {DEMO_PORTS.stop - 1} are taken; give --port.")
