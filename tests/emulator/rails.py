"""Every personality of the emulator, for whoever wants them all; a new one is named here."""

from __future__ import annotations

from tests.emulator.rail import Rail

RAILS: tuple[type[Rail], ...] = ()
