"""Another tier of what lies in hand, or its sibling, by the one word that tells them apart: 换成家庭版, VIP改SVIP.

By itself such a word names nothing. It is the other one only where nothing else of the message is left over, and
where it fits one of them alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from nlu.alternations import either, repeatable
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.places import MARKS, SURE
from nlu.understanding import Expectation, Heard, Intent, LineInHand, Span, SpokenLine, Understanding
from nlu.vocabulary import ProductWords, VariantWords, Vocabulary
from nlu.which_line import Read

SAID_MIN, SAID_MAX = 2, 12
BRAND_MIN = 2
"""So many characters in front of their names siblings have in common."""


class OtherTier:
    """Finds the tier or sibling that is wanted instead. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        becomes = either(lexicon.words("answers.becomes"))
        names = ("answers.before", "answers.becomes", "answers.rather_front")
        front = repeatable(word for name in names for word in lexicon.words(name))
        behind = either((*lexicon.words("answers.behind"), *lexicon.words("answers.rather_behind")))
        self._said = re.compile(rf"(?:{front}|[\s,，])*+(?P<said>.+?)(?:{behind}|[\s?？])*+")
        self._plain = frozenset(lexicon.words("answers.plain_tier"))
        self._instead = re.compile(rf"把?(?P<old>.{{1,{SAID_MAX}}}?)(?:{becomes})(?P<said>.+)")

    def read(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """`understood` as the change to it; None where nothing of the kind is said."""
        said_lines = understood.lines
        hand = asked.lines[0] if len(asked.lines) == 1 and not asked.looking else None
        product = self._products.get(hand.product_id or "") if hand is not None else None
        if hand is None or product is None or understood.intent not in _CHANGES or len(said_lines) > 1:
            return None
        line = said_lines[0] if said_lines else SpokenLine()
        if line.product or line.account or line.region or line.problems or understood.payment:
            return None
        typed = text.replace(plain(line.measure.value.text), "", 1) if line.measure else text
        word = self._word(typed, product)
        if word is None or (word == typed and understood.intent not in _BARE):
            return None
        changed = self._tier(word, line, hand, product) or self._sibling(word, line, product, read)
        if changed is None:
            return None
        intent = Intent.MODIFY if asked.quoted else Intent.PROVIDE
        return replace(
            understood, intent=intent, confidence=SURE, clear=SURE, lines=(changed,), options=(), topic=None
        )

    def _word(self, text: str, product: ProductWords) -> str | None:
        """The word that names it; of `VIP改SVIP` the later one, where the first is of what lies in hand."""
        instead = self._instead.fullmatch(text)
        if instead is not None and _names(instead["old"].strip(MARKS), _said_of(product)):
            text = instead["said"]
        match = self._said.fullmatch(text)
        word = match["said"].strip(MARKS) if match else ""
        return word if SAID_MIN <= len(word) <= SAID_MAX and not word.isdecimal() else None

    def _tier(
        self, word: str, line: SpokenLine, hand: LineInHand, product: ProductWords
    ) -> SpokenLine | None:
        fits = [one for one in product.variants if _names(word, (one.label,))]
        if not fits or len(fits) == len(product.variants) or any(one.sku_id == hand.sku_id for one in fits):
            return None
        current = next((one for one in product.variants if one.sku_id == hand.sku_id), None)
        alike = [one for one in fits if current is not None and _as_large(one, current)]
        fits = alike if len(alike) == 1 and line.measure is None else fits
        if line.measure is not None or len(fits) > 1:
            return replace(line, sku=None, sku_options=tuple(one.sku_id for one in fits))
        return replace(line, sku=Heard(fits[0].sku_id, _WHOLE), sku_options=())

    def _sibling(self, word: str, line: SpokenLine, product: ProductWords, read: Read) -> SpokenLine | None:
        if _names(word, _said_of(product)):
            return None
        alike = {
            id: common
            for id, other in self._products.items()
            if other.category == product.category
            and other is not product
            and (common := _in_common(plain(other.name), plain(product.name))) >= BRAND_MIN
        }
        siblings = [
            id for id in alike if _names(word, (self._products[id].name, *self._products[id].aliases))
        ]
        if word in self._plain and alike and not siblings:
            # What the brand alone means is the product without a tier.
            brand = read(plain(product.name)[: max(alike.values())])
            siblings = [
                one.product.value for one in brand.lines if one.product and one.product.value in alike
            ]
        if len(siblings) != 1:
            return None
        return replace(line, product=Heard(siblings[0], _WHOLE), sku=None, sku_options=())


def _said_of(product: ProductWords) -> tuple[str, ...]:
    return (product.name, *product.aliases, *(variant.label for variant in product.variants))


def _names(word: str, names: Iterable[str]) -> bool:
    """Whether the word is a part of one of the names; a latin one only as a whole: `vip` is not in `svip`."""
    edge = "(?<![a-z])" if word[:1].isascii() else ""
    end = "(?![a-z])" if word[-1:].isascii() else ""
    part = re.compile(f"{edge}{re.escape(word)}{end}")
    return any(part.search(plain(name)) for name in names)


def _as_large(one: VariantWords, other: VariantWords) -> bool:
    return (one.face_value, one.unit) == (other.face_value, other.unit)


def _in_common(one: str, other: str) -> int:
    """How many characters two names begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))


_WHOLE = Span(0, 0)
_CHANGES = frozenset({Intent.MODIFY, Intent.PROVIDE, Intent.ORDER, Intent.OUT_OF_SCOPE})
_BARE = frozenset({Intent.MODIFY, Intent.PROVIDE})
"""What the bare word must have been taken for, with nothing around it that changes anything."""
