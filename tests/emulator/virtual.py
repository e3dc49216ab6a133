"""An emulator on a virtual clock: time passes when a test says so, and everything due happens then."""

from __future__ import annotations

from datetime import timedelta

from orders.clock import VirtualClock
from tests.emulator.app import Emulator
from tests.emulator.rail import Sleep


def sleeping(clock: VirtualClock) -> Sleep:
    """Sleep that takes no time but the clock's."""

    async def sleep(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    return sleep


async def let_pass(emulator: Emulator, clock: VirtualClock, time: timedelta) -> None:
    """Let time pass; what falls due meanwhile happens at its time."""
    until = clock.now() + time
    while (due := emulator.next_due) is not None and due <= until:
        clock.advance_to(due)
        await emulator.run_due()
    clock.advance_to(until)
    await emulator.run_due()
