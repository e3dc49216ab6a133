"""Which of several lines in hand is named: 第二个, 后面那个, 100的, 京东那个, 尾号3344的.

Every answer is one line or none: a line that only perhaps is meant is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from nlu.alternations import either
from nlu.contacts import people_pattern, same_person
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.places import MARKS, Places, place_among
from nlu.several import SeveralLines
from nlu.understanding import Expectation, LineInHand, SpokenLine, Understanding
from nlu.vocabulary import Vocabulary

Read = Callable[[str], Understanding]
"""Reads a text as if nothing had been asked."""

_DIGITS_MIN = 3
"""So many digits of a number name it; fewer may be a size or a count."""


class WhichLine:
    """Finds the line in hand that words name. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, several: SeveralLines) -> None:
        self._products = vocabulary.products
        self._places = Places(lexicon)
        self._several = several
        self._first = lexicon.words("answers.first_of_two")
        self._second = lexicon.words("answers.second_of_two")
        self._one_of_two = re.compile(either((*self._first, *self._second)))
        self._last = re.compile(either(self._places.last))
        number = f"(?:{either(lexicon.words('signs.number_words'))})?"
        end, front = (
            either(lexicon.words("answers.end_of_number")),
            either(lexicon.words("answers.front_of_number")),
        )
        self._digits, self._number = (
            re.compile(
                rf"(?P<end>{end})?[是]?(?P<digits>[0-9]{{{_DIGITS_MIN},{longest}}})(?P<front>{front})?(?:的|那个|这个|那|这)*{number}"
            )
            for longest in (8, 19)
        )
        self._called = re.compile(rf"(.+?){number}")
        self._lexicon = lexicon
        groups = lexicon.groups("contacts.in_full")
        self._in_full = {short: word for word, shorts in groups.items() for short in shorts}
        self._whose = re.compile(
            rf"给?[我俺]?(?P<name>{people_pattern(lexicon)})(?:的|那个|那笔|那份|那条|这个|那|这)*{number}"
        )

    def named(self, text: str, asked: Expectation, read: Read) -> int | None:
        """The place of the one line that `text` names, by its place, size, goods or recipient."""
        if (wrong := self._several.wrong_one(text, asked.lines)) is not None:
            return wrong
        called = self._called.fullmatch(text)
        pointed = self.pointed_at(called[1] if called else text, asked)
        if pointed is not None:
            place, behind = pointed
            return place if not behind.strip(MARKS) else None
        if (of_number := self._of_digits(text, asked)) is not None:
            return of_number
        if (of_person := self._of_person(text, asked)) is not None:
            return of_person
        lines = read(text).lines
        if not lines and (part := self._part_of_name(text, asked)) is not None:
            return part
        if len(lines) != 1:
            return None
        if (sized := self.of_size(lines[0], asked)) is not None:
            return sized
        fits = [
            at for at, line in enumerate(asked.lines) if _is_about(line.product_id, line.account, lines[0])
        ]
        return fits[0] if len(fits) == 1 else None

    def pointed_at(self, text: str, asked: Expectation) -> tuple[int | None, str] | None:
        """The place that `text` begins with and what follows; None where it begins with none, the place is
        None where there is no such line."""
        count = len(asked.lines)
        if (match := self._places.ordinal.match(text)) is not None:
            return place_among(match[1], count), text[match.end() :]
        if count == 2 and (match := self._one_of_two.match(text)) is not None:
            return int(match[0] in self._second), text[match.end() :]
        match = self._last.match(text)
        return (count - 1, text[match.end() :]) if match is not None else None

    def of_size(self, said: SpokenLine, asked: Expectation) -> int | None:
        """Which of several lines is named by its size alone: `50的改三张`, `100的不要了`."""
        if said.measure is None or said.product is not None or said.account is not None:
            return None
        value = said.measure.value.value
        fits = [
            at for at, line in enumerate(asked.lines) if value is not None and value == self._size_of(line)
        ]
        return fits[0] if len(fits) == 1 and len(asked.lines) > 1 else None

    def _of_digits(self, text: str, asked: Expectation) -> int | None:
        """The line whose recipient begins (138那个) or ends (尾号3344) with these digits; where nobody
        else's does."""
        said = self._digits.fullmatch(text)
        if said is None:
            return None
        accounts = [(at, line.account) for at, line in enumerate(asked.lines) if line.account]
        fits = [
            at
            for at, account in accounts
            if (account.startswith(said["digits"]) and not said["end"])
            or (account.endswith(said["digits"]) and not said["front"])
        ]
        return fits[0] if len(fits) == 1 else None

    def of_no_line(self, text: str, asked: Expectation) -> bool:
        """Whether it names a recipient by digits that no line in hand has."""
        said = self._number.fullmatch(text)
        accounts = [line.account or line.account_begun or "" for line in asked.lines]
        sizes = {str(size) for line in asked.lines if (size := self._size_of(line)) is not None}
        return (
            said is not None
            and said["digits"] not in sizes
            and not any(said["digits"] in account for account in accounts)
        )

    def _of_person(self, text: str, asked: Expectation) -> int | None:
        """The line for the one who is named: 我爸那个."""
        whose = self._whose.fullmatch(text)
        if whose is None:
            return None
        names = set(map(self._full, same_person(self._lexicon, self._full(whose["name"]))))
        fits = [
            at for at, line in enumerate(asked.lines) if line.contact and self._full(line.contact) in names
        ]
        return fits[0] if len(fits) == 1 else None

    def _full(self, name: str) -> str:
        return self._in_full.get(name, name)

    def _size_of(self, line: LineInHand) -> Decimal | None:
        if line.measure is not None:
            return line.measure.value
        product = self._products.get(line.product_id) if line.product_id is not None else None
        variants = product.variants if product is not None else ()
        return next((Decimal(one.face_value) for one in variants if one.sku_id == line.sku_id), None)

    def _part_of_name(self, text: str, asked: Expectation) -> int | None:
        """Which line's goods hold the word in their name: 芒果 is a fruit, unless 芒果TV lies in hand."""
        word = self._places.without_fillers(text)
        products = [self._products.get(line.product_id or "") for line in asked.lines]
        fits = [
            at
            for at, product in enumerate(products)
            if product is not None
            and len(word) > 1
            and any(word in plain(name) for name in (product.name, *product.aliases))
        ]
        return fits[0] if len(fits) == 1 else None


def _is_about(product_id: str | None, account: str | None, said: SpokenLine) -> bool:
    if said.product is not None:
        return said.product.value == product_id and (said.account is None or said.account.value == account)
    if said.product_options:
        return product_id in said.product_options
    return said.account is not None and said.account.value == account
