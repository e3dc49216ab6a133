"""Which of the offered choices a message takes: by its label, its number, its place or its size."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.places import MARKS, SURE, Places, place_among
from nlu.remarks import Remarks
from nlu.understanding import Expectation, Intent, OfferedChoice, Slot, SpokenLine, Understanding
from nlu.vocabulary import Vocabulary

WAY_OUT = "cancel"
"""What the choice means that leads out (contract: talk)."""

PRICE_MARK = "·"
"""Stands in a label between the name of a thing and what is told of it."""

SAID_MIN = 3
"""So much of a label is it, and not a yes by itself."""

NO_ANSWER = frozenset(
    {
        Intent.CANCEL, Intent.HUMAN, Intent.FAQ, Intent.PRICE, Intent.SEARCH, Intent.STATUS, Intent.HISTORY,
        Intent.HELP, Intent.REFUND, Intent.RECEIPT, Intent.REORDER, Intent.SAVE_CONTACT, Intent.DENY,
        Intent.THANKS, Intent.GREET, Intent.CONFIRM,
    }
)  # fmt: skip
"""Who says one of these did not type a name or an address."""


class Choices:
    """Finds the choice that was taken. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        # Asked of choices only, and large: made when the first choice is taken.
        self._skus = cache(
            lambda: frozenset(one.sku_id for product in self._products.values() for one in product.variants)
        )
        self._places = Places(lexicon)
        self._remarks = Remarks(lexicon)
        around = "|".join(
            either(lexicon.words(f"answers.{name}")) for name in ("before", "wait", "not_that", "behind")
        )
        between = rf"(?:{around}|[\s,，。.!！…])*"
        counters = either(lexicon.words("answers.counters"))
        self._place_before = re.compile(
            rf"{between}第([0-9一二两三四五六七八九十]{{1,3}})(?:{counters}){between}"
        )
        self._back = frozenset(lexicon.words("answers.back"))

    def chosen(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """`understood` with the choice that was taken; None where none was."""
        way_out = _only(choice for choice in asked.choices if choice.means == WAY_OUT)
        if text in self._back and way_out is not None:
            return _taken(understood, way_out)
        things = [choice for choice in asked.choices if choice.means in self._skus()]
        if len(things) == 1 and asked.asking is None and self._remarks.takes(text):
            return _taken(understood, things[0])
        exact = _only(choice for choice in asked.choices if text in _names_of(choice))
        if exact is not None:
            return _taken(understood, exact)
        bare = self._places.without_fillers(text)
        position = self._places.of(bare, len(asked.choices))
        sized = self._sizes_named(bare, asked)
        if position is not None:
            at_position = asked.choices[position]
            if at_position is way_out and bare.startswith("第"):
                # Nobody calls the way out `the first`: something else was meant.
                return replace(understood, intent=Intent.PROVIDE, lines=(), problems=())
            if sized and at_position.means not in sized and not bare.startswith("第"):
                return self._either_of(understood, at_position, sized)
            return _taken(understood, at_position)
        named = _only(choice for choice in asked.choices if bare in _names_of(choice))
        if named is not None:
            return _taken(understood, named)
        if any(line.product or line.sku or line.account or line.region for line in understood.lines):
            return None
        if (
            asked.asking in (Slot.REGION, Slot.PRODUCT, Slot.VARIANT, None)
            and (len(bare) > 1 or (asked.asking is Slot.REGION and bare.isalpha()))
            and not bare.isdecimal()
        ):
            part = _only(choice for choice in asked.choices if bare in _names_of(choice)[0])
            # 嗯，重新下: a yes to what it says.
            says_yes = understood.intent is Intent.CONFIRM and len(bare) >= SAID_MIN
            if part is not None and (says_yes or understood.intent not in NO_ANSWER):
                return _taken(understood, part)
        return None

    def of_before(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """`等会儿，我要第四个`: a place in the list that stood there before the quote."""
        found = self._place_before.fullmatch(text) if asked.shown and len(asked.lines) == 1 else None
        position = place_among(found[1], len(asked.shown)) if found else None
        if position is None or asked.shown[position].means == WAY_OUT:
            return None
        return replace(_taken(understood, asked.shown[position]), intent=Intent.MODIFY)

    def _sizes_named(self, text: str, asked: Expectation) -> tuple[str, ...]:
        """Choices of a size that is this very number: `5` may be the fifth, or 5 Q币."""
        if asked.asking is not Slot.VARIANT or not text.isdecimal():
            return ()
        offered = {choice.means for choice in asked.choices}
        return tuple(
            variant.sku_id
            for line in asked.lines
            if (product := self._products.get(line.product_id or "")) is not None
            for variant in product.variants
            if variant.sku_id in offered and variant.face_value == int(text)
        )

    def _either_of(
        self, understood: Understanding, choice: OfferedChoice, sized: tuple[str, ...]
    ) -> Understanding:
        """A number that names one choice and numbers another: that is for the customer to say."""
        line = SpokenLine(sku_options=(*sized, choice.means))
        return replace(understood, intent=Intent.PROVIDE, lines=(line,), problems=())


def _taken(understood: Understanding, choice: OfferedChoice) -> Understanding:
    return replace(
        understood, intent=Intent.PROVIDE, confidence=SURE, chosen=choice.means, lines=(), problems=()
    )


def _names_of(choice: OfferedChoice) -> tuple[str, ...]:
    """What can be typed for a choice: its label, and its label without the price behind it."""
    label = plain(choice.label).strip(MARKS)
    name = label.split(PRICE_MARK, maxsplit=1)[0].strip(MARKS)
    return tuple(dict.fromkeys((label, name, name.split("(", maxsplit=1)[0].strip(MARKS))))


def _only(choices: Iterable[OfferedChoice]) -> OfferedChoice | None:
    found = list(choices)
    return found[0] if len(found) == 1 else None
