"""Orders that are spoken of and not given: put off until something happens, forbidden, asked about.

等我发工资了，充100…, 不准充100…, 怎么充100…: whole orders by their goods and numbers, and none of them is
to be carried out. Where a message begins decides, for what stands behind a whole order is a remark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.alternations import any_in
from nlu.lexicon import Lexicon
from nlu.understanding import Intent

_CLAUSE = r"[^,，。;；!！?？\n]"


@dataclass(frozen=True, slots=True)
class Withheld:
    """Compiled patterns over a message whose goods and numbers are masked by private characters."""

    awaited: re.Pattern[str]
    barred: re.Pattern[str]
    asked_how: re.Pattern[str]
    on_price: re.Pattern[str]

    @classmethod
    def read(cls, lexicon: Lexicon) -> Withheld:
        any_of = any_in(lexicon, "signs")
        slot, verbs = "[\ue001-\ue006]", f"(?:{any_of('deal_verbs')}|{any_of('wishing_verbs')})"
        return cls(
            awaited=re.compile(
                rf"^(?:[^\ue001-\ue006]*[,，。;；!！?？\s])?{any_of('awaiting')}(?!{any_of('not_awaiting')})"
                rf"(?:(?:(?!{slot}){_CLAUSE}){{1,12}}?{any_of('awaited')}.*{slot}"
                # 等steam打折了我来买: what is waited for may be a thing of the goods themselves.
                rf"|{_CLAUSE}{{1,14}}?(?:了|后)[我俺咱]{_CLAUSE}{{0,2}}{any_of('deal_verbs')})",
                re.DOTALL,
            ),
            barred=re.compile(
                rf"(?:^|[,，。;；!！?？\s]|我|你们?)(?:{any_of('barring')})(?:{any_of('barring_between')}|\ue007)*"
                rf"(?:{slot}|{verbs}(?!{any_of('mishaps')}|{_CLAUSE}{{0,2}}(?:错|重|漏|成)){_CLAUSE}*{slot})"
            ),
            asked_how=re.compile(rf"^\s*{any_of('asked_how')}(?!都|样都).*{slot}", re.DOTALL),
            on_price=re.compile(any_of("on_price")),
        )

    def intent(self, masked: str, contrasted: bool) -> tuple[Intent, float] | None:
        """What the customer wants instead of an order, if the order is not to be carried out."""
        if waits := self.awaited.search(masked):
            on_price = self.on_price.search(re.split("[\ue001-\ue006]", waits[0])[0])
            return Intent.SEARCH if on_price else Intent.OUT_OF_SCOPE, 0.6
        if contrasted:
            return None
        if self.barred.search(masked):
            return Intent.CANCEL, 0.7
        if self.asked_how.search(masked):
            return Intent.FAQ, 0.65
        return None
