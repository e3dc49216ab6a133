"""What was delivered does not work: `卡密无效`, `用不了，退款`.

Whoever says so wants to be heard, and not to be told once more that his order has arrived.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import any_in, repeatable
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.understanding import Intent, Understanding

_MAY_BE_GOODS_BACK = frozenset({Intent.ORDER, Intent.PROVIDE, Intent.OUT_OF_SCOPE})
_MAY_COMPLAIN = frozenset({Intent.STATUS, Intent.REFUND, Intent.RECEIPT, Intent.DENY})

SURE = 0.9


class Complaints:
    """Finds complaints about goods that were delivered. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "complaints")
        # Whose key is 没用过 has not used it yet, and complains of nothing.
        self._broken = re.compile(rf"{any_of('broken')}(?!过)")
        self._money_back = re.compile(any_of("money_back"))
        leads, no_back = repeatable(lexicon.words("complaints.back_leads")), any_of("no_back")
        self._back = re.compile(rf"(?:{leads})*(?!{no_back}){any_of('back')}")
        self._again = re.compile(any_of("and_again"))
        self._back_behind = re.compile(
            rf"(?:.*[,，。;；\s])?(?:(?!{any_of('no_money_back')}).)*?退款{any_of('back_ends')}*"
        )

    def heard(self, understood: Understanding) -> Understanding:
        """With the complaint, and with the wish for money where both are said."""
        asks = understood.intent is Intent.FAQ
        if not asks and (understood.intent not in _MAY_COMPLAIN or understood.lines):
            return understood
        text = plain(understood.text)
        if self._broken.search(text) is None:
            return understood
        if asks:
            # Asked before buying it is a question; whoever has bought may mean what he has.
            return replace(understood, broken=True)
        if self._money_back.search(text) is not None:
            return replace(understood, intent=Intent.REFUND, confidence=SURE, clear=SURE, broken=True)
        return replace(understood, intent=Intent.STATUS, confidence=SURE, clear=SURE, broken=True)

    def goods_back(self, understood: Understanding) -> Understanding:
        """`退京东卡`, `京东卡50那张退款`: read as an order of what is named, and wants the money for it."""
        if understood.intent not in _MAY_BE_GOODS_BACK:
            return understood
        text = plain(understood.text).strip()
        back = self._back.match(text)
        if back is None and self._back_behind.fullmatch(text) is None:
            return understood
        if back is not None and self._again.search(text, back.end()) is not None:
            # 退了话费再充一单: two wishes, of which neither is guessed.
            return understood
        return replace(
            understood,
            intent=Intent.REFUND,
            confidence=SURE,
            clear=SURE,
            lines=(),
            options=_named(understood),
            problems=(),
            adds=False,
            apart=False,
        )


def _named(understood: Understanding) -> tuple[str, ...]:
    """The goods that it names, with their sizes as far as they are known."""
    found: dict[str, None] = {}
    for line in understood.lines:
        size = line.sku.value if line.sku is not None else next(iter(line.sku_options), None)
        if line.measure is not None and size is not None and len(line.sku_options) < 2:
            found[size] = None
        elif line.product is not None:
            found[line.product.value] = None
        else:
            found |= dict.fromkeys(line.product_options)
    return tuple(found)
