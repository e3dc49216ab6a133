"""Every personality of the emulator, for whoever wants them all; a new one is named here."""

from __future__ import annotations

from tests.emulator.alipay import AlipayRail
from tests.emulator.rail import Rail
from tests.emulator.unionpay import UnionPayRail
from tests.emulator.wechat_pay import WeChatPayRail

RAILS: tuple[type[Rail], ...] = (AlipayRail, WeChatPayRail, UnionPayRail)
