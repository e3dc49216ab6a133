"""Which earlier or open order is meant, and how often: `再来两次`, `上上次那单`, `取消第一个`, `都不要了`."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.numerals import number
from nlu.places import SURE, Places, place_among
from nlu.understanding import Expectation, Intent, SpokenLine, Understanding
from nlu.which_line import Read

ONCE_MORE = frozenset({Intent.REORDER, Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.OUT_OF_SCOPE})
"""What `再来两次` may have been taken for."""

CLAUSES_MAX = 4
_PAUSES = re.compile(r"[\s,，。.;；!！?？~～…]+")


class EarlierOrders:
    """Finds the order that is meant. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._places = Places(lexicon)
        drop_before = either(lexicon.words("answers.drop_before"))
        drop_behind = either(lexicon.words("answers.drop_behind"))
        self._every = re.compile(either(lexicon.words("answers.every")))
        self._calls_off = re.compile(rf"(?:{drop_before})|(?:{drop_behind})")
        once = either(lexicon.words("answers.once"))
        self._times = re.compile(
            rf"(?:{either(lexicon.words('answers.once_more'))})([0-9一二两三四五六七八九十]{{1,3}})(?:{once})"
        )
        self._back_in_time = re.compile(r"(上{2,5})(?:一|1)?(?:次|单|回|笔|个订单)")
        after_all, wanted, ends = (
            either(lexicon.words(f"answers.{name}")) for name in ("after_all", "wanted_again", "wanted_ends")
        )
        when, how, one, alone = (
            either(lexicon.words(f"answers.{name}"))
            for name in ("given_up_when", "given_up_how", "given_up_one", "given_up")
        )
        given_up = rf"(?:(?:{when})(?:{how})?(?:{one})+|(?:{how})(?:{one})+|{alone})"
        leads = rf"(?:{either(lexicon.words('answers.revives_front'))}|[\s,，。!！])*"
        ends = rf"(?:{ends}|[\s,，。!！~])*"
        self._revives = re.compile(
            rf"{leads}{given_up}(?:{after_all})(?:{wanted}){ends}"
            rf"|{leads}(?:{after_all})(?:{wanted}){given_up}{ends}"
            rf"|{leads}(?:{either(lexicon.words('answers.after_all_alone'))})(?:{wanted}){ends}"
            rf"|{leads}(?:{either(lexicon.words('answers.not_off'))}){ends}"
        )
        self._first_times = re.compile(r"第([0-9一二两三四五六七八九十]{1,3})(?:次|单|回|笔|个)")

    def once_more(self, text: str, understood: Understanding) -> Understanding:
        """`再来两次` is the whole order so many times; `上上次那单` is the last but one."""
        more = self._times.search(text)
        bare = not any(line.product or line.measure for line in understood.lines)
        if more is not None and bare and understood.intent in ONCE_MORE:
            lines = tuple(replace(line, quantity=None, quantity_change=None) for line in understood.lines)
            times = getattr(number(more[1]), "value", None)
            understood = replace(
                understood,
                intent=Intent.REORDER,
                confidence=SURE,
                lines=tuple(line for line in lines if line != SpokenLine()),
                times=int(times) if times is not None else None,
                adds=False,
            )
        if understood.intent is not Intent.REORDER:
            return understood
        if (back := self._back_in_time.search(text)) is not None:
            return replace(understood, order_at=-len(back[1]))
        if (first := self._first_times.search(text)) is not None:
            place = getattr(number(first[1]), "value", None)
            return replace(understood, order_at=int(place) - 1 if place else None)
        return understood

    def revived(self, text: str, understood: Understanding, read: Read) -> Understanding | None:
        """`刚才那个还是要的`: what was called off is wanted after all, with what is said of it besides."""
        clauses = [clause for clause in _PAUSES.split(text) if clause]
        if len(clauses) > CLAUSES_MAX:
            return None
        for many in range(len(clauses), 0, -1):
            if self._revives.fullmatch(" ".join(clauses[:many])) is None:
                continue
            rest = read(" ".join(clauses[many:])) if clauses[many:] else None
            if rest is not None and (rest.intent not in ONCE_MORE or not rest.lines or rest.problems):
                return None
            return replace(
                understood,
                intent=Intent.REORDER,
                confidence=SURE if rest is None else rest.confidence,
                lines=() if rest is None else rest.lines,
                problems=(),
                options=(),
                order_ref=None,
                revives=True,
                adds=rest is not None and rest.adds,
            )
        return None

    def called_off(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """`取消第一个`, `都不要了`: several orders are open, and this says which."""
        calls_off = understood.intent is Intent.CANCEL or self._calls_off.search(text) is not None
        if not calls_off or any(line.product or line.account for line in understood.lines):
            return None
        ordinal = self._places.ordinal.search(text)
        place = place_among(ordinal[1], asked.open_orders) if ordinal else None
        if place is None and any(word in text for word in self._places.last):
            place = asked.open_orders - 1
        every = self._every.search(text) is not None
        if place is None and not every:
            return None
        return replace(
            understood,
            intent=Intent.CANCEL,
            confidence=SURE,
            lines=(),
            problems=(),
            order_at=place,
            every_order=every and place is None,
        )
