"""`xiadan doctor`, `migrate`, `backup`, `restore`: what whoever keeps a shop running needs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import typer
from rich.console import Console
from rich.text import Text

from bot.doctor import Finding, Health, Patient, examine
from bot.engine import jobs_of
from bot.settings import Settings, SettingsRejected, open_state_folder
from bot.settings_check import check_for_serving
from orders import backup as backups
from orders.backup import Copy
from orders.clock import SystemClock
from orders.database import Database
from orders.errors import BackupRejected, SupplierRejected
from orders.policy import Policy
from orders.vault import Vault

STYLES = {Health.WELL: "green", Health.DOUBTFUL: "yellow", Health.ILL: "bold red"}


def doctor(settings: Settings) -> int:
    """Examine the deployment; 1 where something is ill."""
    from bot.suppliers import supplier_addresses

    try:
        check_for_serving(settings)
        findings = [Finding("settings", Health.WELL, "every one that is needed is there")]
    except SettingsRejected as rejected:
        findings = [Finding("settings", Health.ILL, str(rejected), "mend .env; .env.example explains each")]
    try:
        suppliers = supplier_addresses(settings)
    except SupplierRejected as rejected:
        suppliers = {}
        findings.append(Finding("suppliers", Health.ILL, str(rejected), "the shop does not start like this"))
    policy = Policy.read(settings.data_folder / "policy.toml")
    patient = Patient(
        database_url=settings.database,
        data=settings.data_folder,
        state_folder=settings.state_folder,
        policy=policy,
        vault=_vault(settings),
        jobs=jobs_of(settings, policy),
        addresses=addresses(settings) | suppliers,
    )

    async def look() -> tuple[Finding, ...]:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await examine(patient, SystemClock(), client)

    findings += asyncio.run(look())
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(Text(f"{finding.health.value:<9}", STYLES[finding.health]), end="")
        console.print(Text(f"{finding.what}: {finding.detail}"))
        if finding.remedy:
            console.print(Text(f"{'':<9}-> {finding.remedy}"))
    return int(any(finding.health is Health.ILL for finding in findings))


def addresses(settings: Settings) -> dict[str, str]:
    """Where each outside party that is connected is reached."""
    known = {
        "alipay": settings.alipay_url,
        "wechat_pay": settings.wechat_pay_url,
        "unionpay": settings.unionpay_url,
    }
    found = {name: url for name, url in known.items() if name in settings.gateways}
    if settings.telegram_bot_token.get_secret_value():
        found["telegram"] = settings.telegram_api_url
    if settings.wechat_app_id:
        found["wechat"] = settings.wechat_api_url
    return found


def _vault(settings: Settings) -> Vault:
    try:
        return Vault.from_text(settings.card_keys.get_secret_value())
    except ValueError:
        # What is wrong with it stands among the settings; here it opens nothing.
        return Vault.from_text(Vault.fresh_text())


def migrate(settings: Settings, database_url: str) -> None:
    """Bring the tables up to this version."""
    if database_url == settings.database:
        open_state_folder(settings.state_folder)

    async def run() -> None:
        database = Database.open(database_url)
        try:
            await database.migrate()
        finally:
            await database.close()

    asyncio.run(run())
    typer.echo("The database is of this version.")


def back_up(settings: Settings, database_url: str, file: Path) -> None:
    """Copy the shop's file. Raises BackupRejected."""
    policy = Policy.read(settings.data_folder / "policy.toml")
    _tell(backups.back_up(_file_of(database_url), file, policy, SystemClock().now()))


def restore(settings: Settings, database_url: str, file: Path) -> None:
    """Put a copy in the place of the shop's file. Raises BackupRejected."""
    policy = Policy.read(settings.data_folder / "policy.toml")
    target = _file_of(database_url)
    open_state_folder(target.parent)
    _tell(backups.restore(file, target, policy, SystemClock().now()))


def _file_of(database_url: str) -> Path:
    file = Database.file_of(database_url)
    if file is None:
        raise BackupRejected("the shop is on PostgreSQL: use pg_dump and pg_restore (docs/operations.md)")
    return file


def _tell(copy: Copy) -> None:
    newest = f", the newest {copy.newest_order_no}" if copy.newest_order_no else ""
    typer.echo(f"{copy.file}: {copy.size_bytes / 1024**2:.1f} MiB, {copy.orders} orders{newest}")
    if copy.violations:
        typer.echo(f"WARNING: its books are not sound; the first: {copy.violations[0]}", err=True)
