"""`xiadan alarms`: what calls for a person, in the terminal; the desk shows the same with what to do."""

from __future__ import annotations

import typer

from bot.commands.database import read_from, write_to
from bot.commands.terminal import aligned, printable
from bot.settings import Settings
from bot.workbench import shop_for_catalog
from orders.clock import CHINA, SystemClock


def show(settings: Settings, database_url: str) -> int:
    """Print every alarm that rings; 1 where one does."""
    ringing = read_from(database_url, shop_for_catalog(settings).alarms)
    if not ringing:
        typer.echo("No alarm rings.")
        return 0
    rows = [("no", "since", "kind", "about", "detail")]
    for alarm in ringing:
        since = alarm.raised_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        rows.append(
            (str(alarm.alarm_no), since, alarm.kind, printable(alarm.subject), printable(alarm.detail))
        )
    for line in aligned(rows, left=5):
        typer.echo(line)
    return 1


def close(settings: Settings, database_url: str, number: int, agent: str) -> int:
    """Somebody has seen to it; 1 where it was silent already."""
    shop, now = shop_for_catalog(settings), SystemClock().now()
    if write_to(database_url, lambda tx: shop.close_alarm(tx, number, agent, now)):
        typer.echo(f"Alarm {number} is silent.")
        return 0
    typer.echo(f"Alarm {number} does not ring.", err=True)
    return 1
