"""Which way of paying was named. 微信 in 安卓微信区 is none: read after regions and names."""

from __future__ import annotations

from nlu.lexicon import Lexicon
from nlu.page import Mark, Page
from nlu.understanding import PaymentMethod


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[PaymentMethod], ...]:
    """The ways of paying named in what is still free. Claims nothing."""
    return ()
