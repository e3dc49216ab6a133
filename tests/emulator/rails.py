"""Every rail that the emulator speaks. Add yours here."""

from __future__ import annotations

from tests.emulator.rail import Rail
from tests.emulator.unionpay import UnionPayRail
from tests.emulator.wechat_pay import WeChatPayRail

RAILS: tuple[type[Rail], ...] = (WeChatPayRail, UnionPayRail)
