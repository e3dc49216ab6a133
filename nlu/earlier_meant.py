"""What a message says of which earlier order it is about: 昨天那单, 我妈那个, 尾号0618的, 没付的那笔.

Goods and sizes are read by others. Here stands what only an order has that was made: its day, whose it is, the
end of its number, what became of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from nlu.alternations import any_of, either
from nlu.contacts import people_pattern
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.numerals import number


class Day(StrEnum):
    """When it was ordered, as the groups `references.days` are called."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    DAY_BEFORE = "day_before"
    LATELY = "lately"
    LAST_WEEK = "last_week"
    LAST_MONTH = "last_month"


class Became(StrEnum):
    """What became of it, as the lists `references` are called."""

    UNPAID = "unpaid"
    NOT_THERE = "not_there"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Digits:
    """Some digits of a recipient."""

    digits: str
    front: bool
    """They may be its beginning."""
    end: bool
    """They may be its end."""

    def of(self, account: str) -> bool:
        return (self.front and account.startswith(self.digits)) or (
            self.end and account.endswith(self.digits)
        )


@dataclass(frozen=True, slots=True)
class EarlierSaid:
    """What was said of it; None and empty where nothing was."""

    day: Day | None = None
    person: str | None = None
    pointed: bool = False
    """It is the person's order that is meant (我妈那单); else he is only spoken of (我妈说没到)."""
    digits: tuple[Digits, ...] = ()
    became: Became | None = None
    several: int | None = None
    """So many orders at once; 0 is all of them."""


class EarlierMeant:
    """Reads it. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        done = rf"(?:{any_of(lexicon, 'references.done')}[^,，。!?！？\s]{{0,10}}?)?的"
        order = rf"(?:这[单笔]|那(?!边|么|样|会|些天|天|时)|{done})"
        people = people_pattern(lexicon)
        who = rf"(?:我|俺|咱|就|才|刚|{any_of(lexicon, 'references.at_the_shop')}|[给帮替](?:我|俺)?(?:{people})?)*"
        times = any_of(lexicon, "references.times_of_day")
        self._days = tuple(
            (Day(name), re.compile(rf"(?:{either(words)})(?:{times})?{who}{order}"))
            for name, words in lexicon.groups("references.days").items()
        )
        numbers = rf"的?{any_of(lexicon, 'signs.number_words')}"
        self._whose = re.compile(rf"(?P<person>{people})(?:{numbers})?{order}")
        self._spoken_of = re.compile(people)
        which = any_of(lexicon, "references.which_one")
        self._became = tuple(
            (
                became,
                re.compile(
                    rf"(?:{words})[款钱]?(?:的|那|这)|{which}[^,，。\s]{{0,4}}?(?<![没未])(?:{words})"
                ),
            )
            for became in Became
            for words in (either(lexicon.words(f"references.{became.value}")),)
        )
        before, counters = (any_of(lexicon, f"references.several_{name}") for name in ("before", "counters"))
        all_of_them, arrived = (
            any_of(lexicon, f"references.{name}") for name in ("all_of_them", "arrived_all")
        )
        few = any_of(lexicon, "references.several_few")
        many = rf"(?:[2-9]|[二两三四五六七八九]|{few})"
        self._several = re.compile(
            rf"{before}(?P<count1>{many}){counters}|(?P<count2>{many}){counters}{all_of_them}|(?<!\w){before}?{all_of_them}{arrived}"
        )
        end, front = (any_of(lexicon, f"answers.{name}_of_number") for name in ("end", "front"))
        self._digits = re.compile(
            rf"(?<!\d)(?P<end>{end}(?:\d位|[一二三四]位)?[是为]?\s*)?(?P<digits>\d{{3,19}})(?!\d)(?P<front>{front})?"
        )

    def read(self, text: str) -> EarlierSaid:
        text = plain(text)
        day = next((day for day, pattern in self._days if pattern.search(text)), None)
        whose = self._whose.search(text)
        spoken_of = self._spoken_of.search(text)
        became = next((became for became, pattern in self._became if pattern.search(text)), None)
        digits = (self._part(found) for found in self._digits.finditer(text))
        return EarlierSaid(
            day=day,
            person=whose["person"] if whose else spoken_of[0] if spoken_of else None,
            pointed=whose is not None,
            digits=tuple(part for part in digits if part is not None),
            became=became,
            several=self._several_in(text),
        )

    def _several_in(self, text: str) -> int | None:
        found = self._several.search(text)
        if found is None:
            return None
        counts = (number(count) for count in (found["count1"], found["count2"]) if count)
        return next(
            (int(count.value) for count in counts if count is not None and count.value is not None), 0
        )

    def _part(self, found: re.Match[str]) -> Digits | None:
        """The digits as a part of a recipient; None where they are rather a size: 100的."""
        digits, end, front = found["digits"], found["end"] is not None, found["front"] is not None
        if len(digits) < 4 and not (end or front or _MOBILE.match(digits)):
            return None
        return Digits(digits, front=not end, end=end or (not front and len(digits) > 3))


_MOBILE = re.compile(r"1[3-9]\d")
