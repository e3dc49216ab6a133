"""Everything whose meaning no lesson may change: example phrases, names of goods, words of the trade.

Example phrases have slots; they are filled with goods of the shop that is taught, so that a phrase is
tried as a customer of this very shop would say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.learning.words import LessonKind, ShopWords, subject_of
from nlu.examples import MASKS
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.sounds import heard, initials, pinyin
from orders.catalog import AccountKind, Catalog, Product

NAMES_MAX = 4000
"""So many names of a large catalog are tried; those that look or sound like the new words come first."""

SLOT = re.compile(r"\{(\w+)\}")

EXAMPLE_ACCOUNTS: Mapping[AccountKind, str] = {
    AccountKind.NONE: "13800138000",
    AccountKind.PHONE: "13800138000",
    AccountKind.QQ: "12345678",
    AccountKind.UID: "123456789",
    AccountKind.GAME_ID: "player2026",
    AccountKind.EMAIL: "someone@example.com",
    AccountKind.FUEL_CARD: "1000113400012345678",
    AccountKind.ADDRESS: "13800138000",
}
EXAMPLE_ORDER = "20260105123456"


@dataclass(frozen=True, slots=True)
class KnownText:
    """Something that is understood today, and where it is written."""

    text: str
    origin: str
    subject: str | None = None
    """The meaning that its file gives it, where it does: the subject of a phrase."""


class Filled:
    """Fills the slots of phrases with goods of one catalog."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon) -> None:
        ranked = sorted((one for one in catalog.products if one.skus), key=lambda one: -one.sales)
        self._product = next(iter(ranked), None)
        self._with_region = next((one for one in ranked if one.regions), self._product)
        self._contact = next((word for word in lexicon.words("contacts.people") if len(word) == 2), "")

    def phrase(self, phrase: str) -> str:
        """`phrase` as somebody would say it of goods that are sold here."""
        product = self._with_region if "{region}" in phrase else self._product
        if product is None:
            return SLOT.sub("", phrase)
        values = self._values(product)
        return SLOT.sub(lambda slot: values.get(slot[1], ""), phrase)

    def _values(self, product: Product) -> Mapping[str, str]:
        best = max(product.skus, key=lambda sku: sku.sales)
        return {
            "product": product.aliases[0] if product.aliases else product.name,
            "size": best.variant,
            "account": EXAMPLE_ACCOUNTS[product.account_kind],
            "quantity": "两个",
            "region": product.regions[0] if product.regions else "",
            "order": EXAMPLE_ORDER,
            "contact": self._contact,
        }


def known_texts(
    catalog: Catalog, lexicon: Lexicon, words: ShopWords, news: str, *, trade: bool
) -> Iterator[KnownText]:
    """What is tried against a lesson whose words are `news`. `trade`: also the words of the lexicon that
    look or sound like it, which only a name could take over."""
    filled = Filled(catalog, lexicon)
    for entry in lexicon.intents:
        subject = subject_of(entry.intent, entry.topic)
        for phrase in entry.phrases:
            yield KnownText(filled.phrase(phrase), f"example of {subject}", subject)
    for lesson in words.lessons(LessonKind.PHRASE):
        yield KnownText(filled.phrase(lesson.words), f"taught example of {lesson.subject}", lesson.subject)
    like = Likeness(news)
    names = list(_names(catalog, words))
    if len(names) > NAMES_MAX:
        names.sort(key=lambda name: not like(name.text))
    yield from names[:NAMES_MAX]
    if trade:
        seen = dict.fromkeys(word for word in lexicon.vocabulary() if like(word))
        yield from (KnownText(word, "word of the trade") for word in seen)


def _names(catalog: Catalog, words: ShopWords) -> Iterator[KnownText]:
    taught = words.aliases
    for product in catalog.products:
        own = f"name of {product.product_id}"
        for name in (product.name, *product.aliases):
            yield KnownText(name, own)
            if product.skus:
                yield KnownText(f"{name}{product.skus[0].variant}", own)
        for alias in taught.get(product.product_id, ()):
            for sku in product.skus[:2]:
                yield KnownText(f"{alias}{sku.variant}", f"taught name of {product.product_id}")
            yield KnownText(alias, f"taught name of {product.product_id}")
        for sku in product.skus:
            yield KnownText(sku.variant, f"size of {product.product_id}")
        for region in product.regions:
            yield KnownText(region, f"region of {product.product_id}")
    for category in catalog.categories:
        yield KnownText(category, "category")


class Likeness:
    """Whether a text could be touched by a name: it shares a character, a syllable or its initials."""

    def __init__(self, words: str) -> None:
        text = plain(words)
        self._characters = frozenset(text) - {" "}
        self._sounds = frozenset(heard(text))
        latin = {pinyin(text) or "", initials(text) if text else ""}
        self._latin = tuple(one for one in latin if len(one) > 1)

    def __call__(self, text: str) -> bool:
        text = plain(text)
        return (
            not self._characters.isdisjoint(text)
            or not self._sounds.isdisjoint(heard(text))
            or any(one in text for one in self._latin)
        )


def slots_of(phrase: str) -> tuple[str, ...]:
    """The names in braces that are no slot of an example phrase."""
    return tuple(name for name in SLOT.findall(phrase) if name not in MASKS)
