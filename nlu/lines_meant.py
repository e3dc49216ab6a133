"""Which lines in hand a message changes, drops or adds to, where only a look at them can tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.places import MARKS, SURE, Places, place_among
from nlu.several import SeveralLines
from nlu.understanding import Expectation, Heard, Intent, LineInHand, Slot, Span, SpokenLine, Understanding
from nlu.vocabulary import ProductWords, Vocabulary

FACET = re.compile(r"\(([^()]+)\)$")
STEM_LENGTH = 3
_CLAUSES = re.compile(r"[\s,，。.;；!！、]+")

Read = Callable[[str], Understanding]
"""Reads a text as if nothing had been asked."""


class LinesMeant:
    """Finds the lines in hand that a message is about. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        self._places = Places(lexicon)
        self._several = SeveralLines(lexicon)
        behind = either(lexicon.words("answers.behind"))
        drop_before = either(lexicon.words("answers.drop_before"))
        drop_behind = either(lexicon.words("answers.drop_behind"))
        self._renamed = re.compile(
            rf"(?:.*(?:{either(lexicon.words('answers.wrong'))})[,，。\s]*)?"
            rf"(?:{either(lexicon.words('answers.it_is'))})\s*([a-z][\w@.#+-]{{2,31}})(?:{behind})*"
        )
        self._first_of_two = lexicon.words("answers.first_of_two")
        self._second_of_two = lexicon.words("answers.second_of_two")
        self._becomes = re.compile(rf"把?(.{{1,12}}?)(?:{either(lexicon.words('answers.becomes'))})(.+)")
        self._one_of_two = re.compile(either((*self._first_of_two, *self._second_of_two)))
        self._adds = re.compile(either(lexicon.words("answers.adds")))
        self.changes = re.compile(either(lexicon.words("answers.changes")))
        self._drops = (
            re.compile(rf"(?:{drop_before})(.+?)(?:了|吧|{drop_behind})*"),
            re.compile(rf"把?(.+?)(?:{drop_behind})(?:了|吧)*"),
        )

    def added(self, text: str, understood: Understanding, asked: Expectation) -> Understanding:
        """`152…也充30，一起付` comes on top of the line in hand."""
        line, hand = understood.lines[0], asked.lines[0]
        in_hand = {one.account for one in asked.lines}
        another = line.account is not None and None not in in_hand and line.account.value not in in_hand
        if any(one.product_id != hand.product_id for one in asked.lines) or line.position is not None:
            return understood
        if not another or understood.apart or not self._adds.search(text):
            return understood
        if understood.intent is Intent.REORDER:
            return understood
        whole = Span(0, len(understood.text))
        if line.product is None and hand.product_id is not None:
            line = replace(line, product=Heard(hand.product_id, whole))
        same_size = {one.sku_id for one in asked.lines} == {hand.sku_id}
        if line.measure is None and line.sku is None and hand.sku_id is not None and same_size:
            # 再加一个158…: one of the same.
            line = replace(line, sku=Heard(hand.sku_id, whole), sku_options=())
        return replace(understood, intent=Intent.MODIFY, lines=(line,), adds=True)

    def of_sibling(self, text: str, understood: Understanding, asked: Expectation) -> Understanding:
        """`美区的50` while the card of another region is in hand means that region's."""
        line, product = understood.lines[0], self._product(asked.lines[0].product_id)
        if product is None or line.product is not None or _facet(product) in text:
            return understood
        stem = plain(product.name)[:STEM_LENGTH]
        others = [
            other
            for other in self._products.values()
            if other.category == product.category
            and plain(other.name).startswith(stem)
            and other is not product
            and _facet(other) in text
        ]
        if len(others) != 1:
            return understood
        heard = Heard(others[0].product_id, Span(0, len(understood.text)))
        return replace(understood, lines=(replace(line, product=heard, sku=None, sku_options=()),))

    def counted(self, understood: Understanding, asked: Expectation) -> Understanding:
        """`200个` of goods that are counted by themselves (Q币, 点券) is a size, where it is sold."""
        line, product = understood.lines[0], self._product(asked.lines[0].product_id)
        if line.quantity is None or line.measure or line.sku or line.product or product is None:
            return understood
        if line.quantity.value == 1 or asked.asking is Slot.QUANTITY:
            return understood
        sizes = [
            variant.sku_id
            for variant in product.variants
            if variant.face_value == line.quantity.value and variant.unit.lower() in product.name.lower()
        ]
        if len(sizes) != 1:
            return understood
        sku = Heard(sizes[0], line.quantity.span, line.quantity.sureness)
        return replace(understood, lines=(replace(line, quantity=None, sku=sku),))

    def placed(self, text: str, understood: Understanding, asked: Expectation, read: Read) -> Understanding:
        """`第二个改成50` is about the second line in hand."""
        match = self._places.ordinal.match(text)
        position = place_among(match[1], len(asked.lines)) if match else None
        if match is None and len(asked.lines) == 2 and (match := self._one_of_two.match(text)) is not None:
            position = int(match[0] in self._second_of_two)
        if match is None and len(understood.lines) == 1:
            return self._exchanged(text, understood, asked, read) or self._counted_anew(understood, asked)
        if match is None or position is None:
            return understood
        rest = understood if len(understood.lines) == 1 else read(text[match.end() :])
        if len(rest.lines) != 1:
            return understood
        line = replace(rest.lines[0], position=position)
        return replace(understood, intent=Intent.MODIFY, lines=(line,), problems=rest.problems)

    def _exchanged(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """`100的改成200`: in front of the word stands which line is meant, behind it what it becomes."""
        line = understood.lines[0]
        found = self._becomes.fullmatch(text) if line.position is None and line.account is None else None
        meant = self._line_meant(found[1].strip(MARKS), asked, read) if found else None
        if meant is None or line.problems:
            return None
        line = replace(line, position=meant.position)
        return replace(understood, intent=Intent.MODIFY, lines=(line,))

    def _counted_anew(self, understood: Understanding, asked: Expectation) -> Understanding:
        """`50的改三张`: so many of the line that has that size."""
        line = understood.lines[0]
        at = self.of_size(line, asked) if line.quantity is not None and line.position is None else None
        if at is None:
            return understood
        line = replace(line, position=at, measure=None, sku=None, sku_options=(), problems=())
        return replace(understood, intent=Intent.MODIFY, lines=(line,))

    def dropped(self, text: str, asked: Expectation, read: Read) -> SpokenLine | None:
        for pattern in self._drops:
            if match := pattern.fullmatch(text):
                line = self._line_meant(match[1].strip(MARKS), asked, read)
                if line is not None:
                    return line
        return None

    def all_but(self, text: str, asked: Expectation, read: Read) -> tuple[SpokenLine, ...]:
        """`只要第一个`: the others are dropped."""
        kept = self._several.kept(text)
        line = self._line_meant(kept.strip(MARKS), asked, read) if kept else None
        if line is None:
            return ()
        others = (at for at in range(len(asked.lines)) if at != line.position)
        return tuple(SpokenLine(position=at, dropped=True) for at in others)

    def left(self, text: str, asked: Expectation, read: Read) -> tuple[SpokenLine, ...]:
        """`后面那个不要了，只要138…的`: what is dropped and what stays, said a clause each; nothing where a
        clause says anything else, or one says the opposite of the other."""
        clauses = [clause.strip(MARKS) for clause in _CLAUSES.split(text) if clause.strip(MARKS)]
        kept: set[int] = set()
        gone: set[int] = set()
        for clause in clauses:
            stays = self._several.kept(clause)
            line = self._line_meant(stays.strip(MARKS), asked, read) if stays else None
            if line is not None and line.position is not None:
                kept.add(line.position)
                continue
            line = self.dropped(clause, asked, read)
            if line is None or line.position is None:
                return ()
            gone.add(line.position)
        if kept & gone or not (kept or gone):
            return ()
        others = set(range(len(asked.lines))) - kept if kept else gone
        return tuple(SpokenLine(position=at, dropped=True) for at in sorted(others))

    def of_region_or_name(
        self, text: str, understood: Understanding, asked: Expectation
    ) -> Understanding | None:
        """`改成微信区` where 苹果QQ区 was said is 苹果微信区; `跨三` where 跨三A and 跨三B are served
        is neither; `账号错了，是xiaoming456` is a name, and no number is read out of it."""
        hand = asked.lines[0]
        product = self._product(hand.product_id)
        if product is None or any(line.product for line in understood.lines):
            return None
        whole = Span(0, len(understood.text))
        renamed = self._renamed.fullmatch(text) if product.account_kind == "game_id" else None
        if renamed is not None:
            typed = understood.text[understood.text.lower().find(renamed[1]) :][: len(renamed[1])]
            line = SpokenLine(account=Heard(typed, whole), account_kind="game_id")
            return replace(understood, intent=Intent.MODIFY, confidence=SURE, lines=(line,), problems=())
        said = self.changes.sub("", self._places.without_fillers(text)).strip(MARKS)
        fits = [region for region in product.regions if len(said) > 1 and said in plain(region)]
        if not fits or said in map(plain, product.regions):
            return None
        if len(fits) > 1 and hand.region is not None:
            alike = {region: len(set(region) & set(hand.region)) for region in fits}
            fits = [region for region in fits if alike[region] == max(alike.values())]
        if len(fits) > 1:
            return replace(understood, intent=Intent.PROVIDE, lines=(), problems=())
        line = SpokenLine(region=Heard(fits[0], whole))
        intent = Intent.MODIFY if asked.quoted else Intent.PROVIDE
        return replace(understood, intent=intent, confidence=SURE, lines=(line,), problems=())

    def _line_meant(self, text: str, asked: Expectation, read: Read) -> SpokenLine | None:
        if len(asked.lines) == 2 and text in (*self._first_of_two, *self._second_of_two):
            return SpokenLine(position=int(text in self._second_of_two), dropped=True)
        if text in self._places.last:
            return SpokenLine(position=len(asked.lines) - 1, dropped=True)
        ordinal = self._places.ordinal.fullmatch(text)
        if ordinal is not None:
            position = place_among(ordinal[1], len(asked.lines))
            return None if position is None else SpokenLine(position=position, dropped=True)
        lines = read(text).lines
        if not lines and (part := self._part_of_name(text, asked)) is not None:
            return SpokenLine(position=part, dropped=True)
        if len(lines) != 1:
            return None
        if (sized := self.of_size(lines[0], asked)) is not None:
            return SpokenLine(position=sized, dropped=True)
        fits = [
            at for at, line in enumerate(asked.lines) if _is_about(line.product_id, line.account, lines[0])
        ]
        return SpokenLine(position=fits[0], dropped=True) if len(fits) == 1 else None

    def of_size(self, said: SpokenLine, asked: Expectation) -> int | None:
        """Which of several lines is named by its size alone: `50的改三张`, `100的不要了`."""
        if said.measure is None or said.product is not None or said.account is not None:
            return None
        value = said.measure.value.value
        fits = [
            at for at, line in enumerate(asked.lines) if value is not None and value == self._size_of(line)
        ]
        return fits[0] if len(fits) == 1 and len(asked.lines) > 1 else None

    def _size_of(self, line: LineInHand) -> Decimal | None:
        if line.measure is not None:
            return line.measure.value
        product = self._product(line.product_id)
        variants = product.variants if product is not None else ()
        return next((Decimal(one.face_value) for one in variants if one.sku_id == line.sku_id), None)

    def _part_of_name(self, text: str, asked: Expectation) -> int | None:
        """Which line's goods hold the word in their name: 芒果 is a fruit, unless 芒果TV lies in hand."""
        word = self._places.without_fillers(text)
        fits = [
            at
            for at, line in enumerate(asked.lines)
            if (product := self._product(line.product_id)) is not None
            and len(word) > 1
            and any(word in plain(name) for name in (product.name, *product.aliases))
        ]
        return fits[0] if len(fits) == 1 else None

    def _product(self, product_id: str | None) -> ProductWords | None:
        return self._products.get(product_id) if product_id is not None else None


def _facet(product: ProductWords) -> str:
    """What tells siblings apart: the words in brackets behind the name; a character nobody types where there are none."""
    match = FACET.search(plain(product.name))
    return match[1] if match else "\0"


def _is_about(product_id: str | None, account: str | None, said: SpokenLine) -> bool:
    if said.product is not None:
        return said.product.value == product_id and (said.account is None or said.account.value == account)
    if said.product_options:
        return product_id in said.product_options
    return said.account is not None and said.account.value == account
