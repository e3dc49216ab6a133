"""The names of products by themselves: each name in all its forms, and labels that are names of their own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import pairwise, takewhile

from nlu.entries import Entries
from nlu.lexicon import Lexicon, word_set
from nlu.naming import Namer
from nlu.normalise import plain
from nlu.roles import COST, QUALIFYING, STRONG, Form, Role, Token
from nlu.scripts import all_chinese, is_latin
from nlu.spellings import Spellings
from nlu.squeezing import squeezed_name
from nlu.vocabulary import ProductWords

FORMS_PER_PRODUCT_MAX = 400
_KINDS = frozenset({Role.GENERIC, Role.SUBJECT, Role.CONTENT})
"""What the words do that say what goods are."""
ACRONYM_MIN = 3
"""Fewer letters are no name, not even where a fitting size stands by."""
WORD_COST = 0.3
"""What it costs to leave one word of a name out of its acronym."""
TWIN_MAX = 4
"""A longer brand in Chinese is found by its parts."""


class ProductNames:
    """Spells the names of products, and files them."""

    def __init__(
        self, namer: Namer, spellings: Spellings, lexicon: Lexicon, notes: Mapping[str, Set[str]],
        entries: Entries,
    ) -> None:  # fmt: skip
        """`notes`: name -> the words in its brackets that tell it from its siblings."""
        self._namer, self._spellings, self._notes, self._entries = namer, spellings, notes, entries
        self._common = word_set(lexicon, "names.common_words")
        self._no_acronyms = self._common | word_set(lexicon, "names.latin_talk")
        self._numerals = word_set(lexicon, "signs.facet_characters", "signs.numeral_characters")
        self._money = _money(lexicon)
        self.families: dict[str, dict[str, float]] = defaultdict(dict)
        """What a form says beside its tiers and countries -> the products that this may mean, with its cost."""
        self.soft: set[str] = set()
        """Names made of general words only (金会员): no names where they end a longer word."""

    def tokens_of(self, product: ProductWords) -> list[tuple[Token, ...]]:
        """The tokens of its name and of each alias."""
        units = tuple(variant.unit for variant in product.variants)
        telling = self._notes.get(product.name, frozenset())
        return [
            self._namer.tokens(product.name, units, telling),
            *(self._namer.tokens(alias, units) for alias in product.aliases),
        ]

    def add(self, product: ProductWords, named: Sequence[tuple[Token, ...]]) -> None:
        """Files a product. `named`: the tokens of its name and of each alias."""
        for name, tokens in zip((product.name, *product.aliases), named, strict=True):
            self._add_forms(product.product_id, tokens)
            self._add_whole(product.product_id, name, tokens)
            self._add_acronyms(product.product_id, tokens)
            for longer in self._with_kind(tokens, named[0]):
                self._add_forms(product.product_id, longer)
        for label in self.own_labels(product):
            # A variant with a name of its own (空月祝福) names its product too.
            self._entries.add_name(label, product.product_id, 0.5, thin=len(label) < 4, said=frozenset())

    def _with_kind(self, alias: tuple[Token, ...], name: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
        """美区苹果卡 of goods that are called 苹果美区 for short: an alias with the country and no word of what the
        goods are may have that of their name."""
        roles = {token.role for token in alias}
        if Role.COUNTRY not in roles or Role.BRAND not in roles or not roles.isdisjoint(_KINDS):
            return
        for token in name:
            shorts = self._namer.short_generics.get(token.text, ()) if token.role is Role.GENERIC else ()
            for short in shorts:
                yield (*alias, Token(short, Role.GENERIC, token.meaning))

    def own_labels(self, product: ProductWords) -> Iterator[str]:
        """Labels of its variants that are words of their own."""
        for variant in product.variants:
            label = plain(variant.label).replace(" ", "")
            if (
                len(label) >= 3
                and all_chinese(label)
                and self._namer.role_of(label) is None
                and not self._counted(label)
            ):
                yield label

    def _counted(self, label: str) -> bool:
        """Whether a label is made of a number or a period, which names no product."""
        return len(label) < 4 and any(character in self._numerals for character in label)

    def _add_whole(self, product_id: str, name: str, tokens: tuple[Token, ...]) -> None:
        """A name as it is written, and without its notes."""
        whole = squeezed_name(name)
        bare = "".join(token.text for token in tokens)
        if not any(token.role in STRONG for token in tokens):
            self.soft.add(bare)
        # One character (瓦) stands for many things: a name only where a fitting size stands by.
        thin = len(whole) == 1 and all_chinese(whole)
        for text in (whole, bare):
            self._entries.add_name(text, product_id, 0.0, thin=thin, said=_said(tokens))
        outside = squeezed_name(_IN_BRACKETS.sub(" ", plain(name)))
        if outside not in (whole, bare) and any(t.role in STRONG and t.text in outside for t in tokens):
            # As it is written: 全国移动/联通/电信三网话费 names no three goods.
            unsaid = [token for token in tokens if token.role in QUALIFYING and token.text not in outside]
            cost = sum([COST[token.role] for token in unsaid])
            said = _said(token for token in tokens if token not in unsaid)
            self._entries.add_name(outside, product_id, cost, thin=False, said=said)

    def _add_acronyms(self, product_id: str, tokens: tuple[Token, ...]) -> None:
        """nso of Nintendo Switch Online会员; and ffo of Final Fantasy Online Premium, of which one word is not said.
        What is the name of a known brand is left to that."""
        words = list(takewhile(_is_word, tokens))
        for length in range(ACRONYM_MIN, len(words) + 1):
            letters = "".join(word.text[0] for word in words[:length])
            left_out = WORD_COST * (len(words) - length)
            brand = left_out and len(self._namer.brand_spellings(letters)) > 1
            if brand or letters in self._no_acronyms or letters in self._namer.words:
                continue
            self._entries.add_name(letters, product_id, left_out, thin=False, said=_said(words[:length]))

    def _add_forms(self, product_id: str, tokens: tuple[Token, ...]) -> None:
        twins = _in_two_scripts(tokens) | _acronym(tokens)
        for made, form in enumerate(self._spellings.of(tokens)):
            if made >= FORMS_PER_PRODUCT_MAX:
                break
            self._add_form(product_id, form, whole=form.cost == 0 and form.tokens == tokens, twins=twins)

    def _add_form(self, product_id: str, form: Form, whole: bool, twins: frozenset[str]) -> None:
        strong = [token.text for token in form.tokens if token.role in STRONG]
        if not whole and not (strong and all(self._spellings.wants(token.text) for token in form.tokens)):
            return
        money = any(token.text in self._money for token in form.tokens)
        if money and all(token.role in QUALIFYING or token.text in self._money for token in form.tokens):
            # The 美元 of Steam充值码 美区美元 is that of 苹果美区5美元 too.
            return
        text = form.text
        family = "".join(strong)
        cost = form.cost + sum([COST[token.role] for token in form.tokens if token.role not in STRONG])
        options = self.families[family]
        options[product_id] = min(cost, options.get(product_id, cost))
        if len(text) < 2 or (text in self._namer.never_alone and not whole):
            return
        if text in self._namer.words and not whole and self._namer.words[text][0] is not Role.CONTENT:
            return
        thin = len(form.tokens) == 1 and not whole and not self._speaks_for_itself(form.tokens[0])
        if thin and form.cost >= COST[Role.BRAND] and text not in twins:
            return
        self._entries.add_name(text, product_id, form.cost, thin, _said(form.tokens), family)

    def _speaks_for_itself(self, token: Token) -> bool:
        """Whether the word can hardly mean anything but this good."""
        if token.role is Role.UNIT:
            return token.text not in self._common
        if token.text in self._spellings.lettered:
            return False
        if token.role is Role.CONTENT or len(self._namer.brand_spellings(token.meaning)) > 1:
            return len(token.text) >= 2 and token.text not in self._common
        if token.text.isascii():
            return len(token.text) >= 4 and token.text not in self._common
        return token.text == token.meaning and len(token.text) >= 3


@lru_cache(maxsize=4)
def _money(lexicon: Lexicon) -> frozenset[str]:
    """The words for money, made once: a large catalog files names for every message."""
    return frozenset(plain(word) for words in lexicon.groups("amounts.currencies").values() for word in words)


_IN_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")


def _said(tokens: Iterable[Token]) -> frozenset[str]:
    return frozenset([token.meaning for token in tokens if token.role in QUALIFYING])


def _is_word(token: Token) -> bool:
    """Whether it is a word of an English name."""
    return token.text.isascii() and token.text.isalpha() and token.role in (Role.BRAND, Role.TIER)


def _acronym(tokens: tuple[Token, ...]) -> frozenset[str]:
    """IDM of IDM下载器激活码: letters in front of what the goods are name them."""
    first = tokens[0] if len(tokens) > 1 else None
    named = first is not None and first.role is Role.BRAND and all(map(is_latin, first.text))
    return frozenset({first.text} if first is not None and named and len(first.text) >= ACRONYM_MIN else ())


def _in_two_scripts(tokens: tuple[Token, ...]) -> frozenset[str]:
    """A brand that a name gives in Chinese and again in Latin (诺顿 Norton): either half names it."""
    found: set[str] = set()
    for one, other in pairwise(tokens):
        both = one.role is Role.BRAND and other.role is Role.BRAND
        if (
            both
            and all_chinese(one.text) != all_chinese(other.text)
            and is_latin(one.text[0]) != is_latin(other.text[0])
        ):
            found |= {
                token.text
                for token in (one, other)
                if len(token.text) <= TWIN_MAX and all_chinese(token.text)
            }
    return frozenset(found)
