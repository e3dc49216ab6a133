"""Which lines in hand a message changes, drops or adds to, where only a look at them can tell."""

from __future__ import annotations

import re
from dataclasses import replace

from nlu.alternations import either
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.numerals import DIGITS
from nlu.places import MARKS, SURE, Places
from nlu.several import SeveralLines
from nlu.understanding import (
    Expectation,
    Heard,
    Intent,
    Problem,
    ProblemCode,
    Slot,
    Span,
    SpokenLine,
    Understanding,
)
from nlu.vocabulary import ProductWords, Vocabulary
from nlu.which_line import Read, WhichLine

FACET = re.compile(r"\(([^()]+)\)$")
STEM_LENGTH = 3
_IN_DIGITS = str.maketrans({character: str(digit) for character, digit in DIGITS.items()})
"""Servers are numbered in characters, and typed in digits: 跨三, 跨3."""
_MAY_NAME = frozenset({Intent.PROVIDE, Intent.ORDER, Intent.MODIFY, Intent.OUT_OF_SCOPE})
"""What a bare name that nobody knows may have been taken for."""


class LinesMeant:
    """Finds the lines in hand that a message is about. Immutable."""

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, which: WhichLine, several: SeveralLines
    ) -> None:
        self._products = vocabulary.products
        self._places = Places(lexicon)
        self._which = which
        self._several = several
        behind = either(lexicon.words("answers.behind"))
        drop_before = either(lexicon.words("answers.drop_before"))
        drop_behind = either(lexicon.words("answers.drop_behind"))
        self._renamed = re.compile(
            rf"(?:.*(?:{either(lexicon.words('answers.wrong'))})[,，。\s]*)?"
            rf"(?:{either(lexicon.words('answers.it_is'))})\s*([a-z][\w@.#+-]{{2,31}})(?:{behind})*"
        )
        self._denied = re.compile(
            rf"^(?:{either(lexicon.words('answers.wrong'))})[,，。\s]*(?:{either(lexicon.words('answers.it_is'))})?"
        )
        self._becomes = re.compile(rf"把?(.{{1,12}}?)(?:{either(lexicon.words('answers.becomes'))})(.+)")
        self._no_servers = tuple(word for word in lexicon.words("names.no_servers") if len(word) > 1)
        self._server = re.compile(r"[a-z0-9\u4e00-\u9fff]{1,5}[服区]")
        self._asks_for = re.compile(either(lexicon.words("answers.asks_for")))
        self._adds = re.compile(either(lexicon.words("answers.adds")))
        self.changes = re.compile(either(lexicon.words("answers.changes")))
        self._drops = (
            re.compile(rf"(?:{drop_before})(.+?)(?:了|吧|{drop_behind})*+"),
            re.compile(rf"把?(.+?)[也就]?(?:{drop_behind})(?:了|吧)*"),
        )

    def added(self, text: str, understood: Understanding, asked: Expectation) -> Understanding:
        """`152…也充30，一起付` comes on top of the line in hand."""
        said, hand = understood.lines[0], asked.lines[0]
        line = said.despite_conflict()
        in_hand = {one.account for one in asked.lines}
        named = line.account is None and (line.contact or understood.contact) is not None
        number = line.account is not None and line.account.value not in in_hand
        another = None not in in_hand and (number or named)
        if any(one.product_id != hand.product_id for one in asked.lines) or line.position is not None:
            return understood
        adds = self._adds.search(text) is not None or understood.adds
        if not another or understood.apart or not adds:
            return understood
        if understood.intent is Intent.REORDER:
            return understood
        whole = Span(0, len(understood.text))
        if line is said and line.product is None and hand.product_id is not None:
            # Where the number is of another carrier, it says whose credit is meant.
            line = replace(line, product=Heard(hand.product_id, whole))
        same_size = {one.sku_id for one in asked.lines} == {hand.sku_id}
        if line.measure is None and line.sku is None and hand.sku_id is not None and same_size:
            # 再加一个158…: one of the same.
            line = replace(line, sku=Heard(hand.sku_id, whole), sku_options=())
        return replace(understood, intent=Intent.MODIFY, lines=(line,), adds=True)

    def of_sibling(self, text: str, understood: Understanding, asked: Expectation) -> Understanding:
        """`美区的50` while the card of another region is in hand means that region's."""
        line, sibling = understood.lines[0], self._sibling(text, asked)
        if sibling is None or line.product is not None:
            return understood
        heard = Heard(sibling.product_id, Span(0, len(understood.text)))
        return replace(understood, lines=(replace(line, product=heard, sku=None, sku_options=()),))

    def asked_of_sibling(
        self, text: str, understood: Understanding, asked: Expectation
    ) -> Understanding | None:
        """`美区有吗` only asks about that region's."""
        sibling = self._sibling(text, asked) if self._asks_for.search(text) else None
        if sibling is None or set(understood.options) - {sibling.product_id}:
            return None
        said = understood.lines
        others = [line for line in said if line.product and line.product.value != sibling.product_id]
        if others or any(line.account or line.measure for line in said):
            return None
        return replace(
            understood, intent=Intent.SEARCH, confidence=SURE, clear=SURE, lines=(), topic=None,
            problems=(), options=(sibling.product_id,),
        )  # fmt: skip

    def _sibling(self, text: str, asked: Expectation) -> ProductWords | None:
        """The product that is called like the one in hand, but for the region that was said."""
        product = self._product(asked.lines[0].product_id)
        if product is None or _facet(product) in text:
            return None
        stem = plain(product.name)[:STEM_LENGTH]
        others = [
            other
            for other in self._products.values()
            if other.category == product.category
            and plain(other.name).startswith(stem)
            and other is not product
            and _facet(other) in text
        ]
        return others[0] if len(others) == 1 else None

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
        pointed = self._which.pointed_at(text, asked)
        if pointed is None:
            if len(understood.lines) != 1:
                return understood
            return self._exchanged(text, understood, asked, read) or self._counted_anew(understood, asked)
        position, behind = pointed
        if position is None:
            return understood
        rest = understood if len(understood.lines) == 1 else read(behind)
        if len(rest.lines) != 1:
            return understood
        line = replace(rest.lines[0], position=position)
        return replace(understood, intent=Intent.MODIFY, lines=(line,), problems=rest.problems)

    def _exchanged(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """`100的改成200`, `把152…换成138…`: in front of the word stands which line is meant, behind it what it
        becomes."""
        line = understood.lines[0]
        found = self._becomes.fullmatch(text) if line.position is None else None
        place = self._which.named(found[1].strip(MARKS), asked, read) if found else None
        if place is not None and line.account is not None and not _sent_elsewhere(line, asked, place):
            return None
        if place is None or line.problems:
            return None
        line = replace(line, position=place)
        return replace(understood, intent=Intent.MODIFY, lines=(line,))

    def _counted_anew(self, understood: Understanding, asked: Expectation) -> Understanding:
        """`50的改三张`: so many of the line that has that size."""
        line = understood.lines[0]
        at = self._which.of_size(line, asked) if line.quantity is not None and line.position is None else None
        if at is None:
            return understood
        line = replace(line, position=at, measure=None, sku=None, sku_options=(), problems=())
        return replace(understood, intent=Intent.MODIFY, lines=(line,))

    def dropped(self, text: str, asked: Expectation, read: Read) -> SpokenLine | None:
        """`天猫卡不要了`: the line that goes."""
        for pattern in self._drops:
            if match := pattern.fullmatch(text):
                place = self._which.named(match[1].strip(MARKS), asked, read)
                if place is not None:
                    return SpokenLine(position=place, dropped=True)
        return None

    def drops_nobody(self, clause: str, asked: Expectation) -> bool:
        """`尾号0618的不要了`, where no line in hand has such a number."""
        meant = (match[1] for pattern in self._drops if (match := pattern.fullmatch(clause)))
        return any(self._which.of_no_line(text.strip(MARKS), asked) for text in meant)

    def wrong_dropped(self, clause: str, asked: Expectation) -> set[int]:
        """`错的都不要了`: all lines whose recipients were refused, as long as any others stay."""
        meant = (match[1] for pattern in self._drops if (match := pattern.fullmatch(clause)))
        wrong = {at for text in meant for at in self._several.wrong_ones(text.strip(MARKS), asked.lines)}
        return wrong if len(wrong) < len(asked.lines) else set()

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
        bare = self._denied.sub("", self._places.without_fillers(text))
        said = self._places.without_fillers(self.changes.sub("", bare).strip(MARKS))
        if said in map(plain, product.regions) or (understood.payment and asked.asking is not Slot.REGION):
            return None
        part = said.translate(_IN_DIGITS)
        names = ((region, plain(region).translate(_IN_DIGITS)) for region in product.regions)
        fits = [region for region, name in names if len(part) > 1 and part in name]
        if not fits:
            return self._of_no_server(said, understood, asked) if product.regions else None
        if len(fits) > 1 and hand.region is not None:
            alike = {region: len(set(region) & set(hand.region)) for region in fits}
            fits = [region for region in fits if alike[region] == max(alike.values())]
        line = SpokenLine(region=Heard(fits[0], whole)) if len(fits) == 1 else SpokenLine()
        line = replace(line, region_options=tuple(fits) if len(fits) > 1 else ())
        intent = Intent.MODIFY if asked.quoted else Intent.PROVIDE
        return replace(
            understood, intent=intent, confidence=SURE, lines=(line,), problems=(), payment=None, topic=None
        )

    def _of_no_server(self, said: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """`官服`, where a server is asked for and the goods have none that is called so."""
        if asked.asking is not Slot.REGION or understood.lines or understood.intent not in _MAY_NAME:
            return None
        if self._server.fullmatch(said) is None or said.endswith(self._no_servers):
            return None
        unknown = Problem(Slot.REGION, ProblemCode.REGION_UNKNOWN, said)
        return replace(
            understood, intent=Intent.PROVIDE, lines=(SpokenLine(problems=(unknown,)),), topic=None
        )

    def _product(self, product_id: str | None) -> ProductWords | None:
        return self._products.get(product_id) if product_id is not None else None


def _sent_elsewhere(said: SpokenLine, asked: Expectation, place: int) -> bool:
    """Whether the line in that place gets another recipient, and one that no line in hand has."""
    accounts = [line.account for line in asked.lines]
    alike = [account for account in accounts if account == accounts[place]]
    return len(alike) == 1 and said.account is not None and said.account.value not in accounts


def _facet(product: ProductWords) -> str:
    """What tells siblings apart: the words in brackets behind the name; a character nobody types where there are none."""
    match = FACET.search(plain(product.name))
    return match[1] if match else "\0"
