"""What a product may be called on account of others: brands inside of brands, siblings, words for the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence, Set

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.entries import Entries, Entry
from nlu.few_words import FEW, FewWords, Finder
from nlu.mention import ANOTHER, SHORT_OF_A_WORD, MentionKind
from nlu.naming import Namer
from nlu.normalise import plain
from nlu.roles import COST, QUALIFYING, STRONG, Role, Token
from nlu.scripts import all_chinese
from nlu.squeezing import squeezed_name
from nlu.vocabulary import ProductWords

SHARING_PRODUCTS_MAX = 20_000
"""In larger catalogs names are not looked for inside of longer ones: that would take too long."""
PLAIN_MAX = 0.16
"""A name of this cost leaves out nothing but words of the trade, and may spell its brand in another way."""
SPELLED_COST = 0.05
"""What it costs to write a unit in another way."""
SHARED_MIN = 3
"""Fewer characters inside of a longer name are no name of their own."""


def add_other_words(
    entries: Entries, products: Iterable[ProductWords], groups: Iterable[Sequence[str]]
) -> None:  # fmt: skip
    """暖气费 where 集中供暖费 is sold, and nothing that is called 暖气费 itself."""
    named = {one.product_id: "\n".join(map(plain, (one.name, *one.aliases))) for one in products}
    names = "\n".join(named.values())
    for words in groups:
        if not any(word in names for word in words):
            continue
        sellers = [one for one, name in named.items() if any(word in name for word in words)]
        for word in words:
            if not any(word in named[one] for one in sellers):
                for one in sellers:
                    entries.add_name(word, one, 0.3, thin=False, said=frozenset())


def share_with_longer_names(entries: Entries, brands: Mapping[str, Set[str]]) -> None:
    """环球影城 is what 新加坡环球影城 is called, and may be that of 大阪 all the same. `brands`: of each
    product."""
    if len(brands) > SHARING_PRODUCTS_MAX:
        return
    longer = {brand for of in brands.values() for brand in of if len(brand) > SHARED_MIN}
    short = [word for word in {b for of in brands.values() for b in of} if len(word) >= SHARED_MIN]
    short = [word for word in short if all_chinese(word) and word in entries]
    finder: Finder = (
        FewWords(short) if len(short) <= FEW else AhoCorasick(short, matchkind=MatchKind.Standard)
    )
    inside = {
        brand: {short[index] for index, _, _ in finder.find_matches_as_indexes(brand, overlapping=True)}
        - {brand}
        for brand in longer
    }
    for product_id, own in brands.items():
        for word in {word for brand in own for word in inside.get(brand, ())}:
            options = entries[word].options
            others = [cost for one, cost in options.items() if one != product_id]
            if word not in own:
                # Also where a part of its name was found to name it for less.
                known = options.get(product_id, 0.0)
                options[product_id] = max(known, COST[Role.COUNTRY], min(others, default=0.0))


def share_units(entries: Entries, spellings: Mapping[str, Iterable[str]]) -> None:
    """However a unit is written, it names what the unit names: 个Q币. `spellings`: of each unit the others."""
    for unit in [one for one in spellings if one in entries]:
        named, others = entries[unit], spellings[unit]
        if named.kind is not MentionKind.NAME:
            continue
        for other in (entries[one] for one in others if one in entries):
            for one, cost in named.options.items() if other.kind is MentionKind.NAME else ():
                other.options[one] = min(cost + SPELLED_COST, other.options.get(one, cost + SPELLED_COST))


def add_identities(
    entries: Entries, product_ids: Iterable[str], general: Sequence[Container[str]]
) -> None:  # fmt: skip
    """A product's id may be a word that people type (mgtv), where it is not the name of others too.
    `general`: lists of words of the trade, which name nothing."""
    for identity in product_ids:
        word = identity.lower()
        named_so = word.isascii() and word.isalpha() and len(word) >= 4
        if named_so and not any(word in words for words in general):
            entry = entries.get(word)
            if entry is None or entry.options.keys() <= {identity}:
                entries.add_name(word, identity, 0.1, thin=False, said=frozenset())


def put_written_names_first(entries: Entries, products: Collection[ProductWords]) -> None:
    """黄钻 is what one product is called, and no other way to write 豪华黄钻 then; where only that is sold, it is. What is
    played on servers of its own is told from it by these."""
    written: dict[str, set[str]] = {}
    on_servers = {product.product_id for product in products if product.regions}
    for product in products:
        for name in map(squeezed_name, (product.name, *product.aliases)):
            written.setdefault(name, set()).add(product.product_id)
    for name, owners in written.items():
        entry = entries.get(name)
        if entry is None or entry.kind is not MentionKind.NAME or len(owners) > 1:
            continue
        spelled = {one for one, cost in entry.options.items() if 0 < cost <= SPELLED_COST}
        for one in spelled - on_servers:
            del entry.options[one]


def share_ends(entries: Entries, products: Iterable[ProductWords]) -> None:
    """大会员, what is left of B站超级大会员 without its first words, is the end of B站大会员 as well, and no more of the
    one than of the other."""
    ending: dict[str, set[str]] = {}
    for product in products:
        for name in map(squeezed_name, (product.name, *product.aliases)):
            for at in range(1, len(name) - SHARED_MIN + 1):
                ending.setdefault(name[at:], set()).add(product.product_id)
    for text, entry in entries.items():
        if entry.kind is not MentionKind.NAME or not entry.options:
            continue
        least = min(entry.options.values())
        for other in ending.get(text, ()) if least >= SHORT_OF_A_WORD else ():
            entry.options.setdefault(other, least)


def put_plain_names_first(
    entries: Entries,
    products: Iterable[ProductWords],
    named: Mapping[str, Sequence[tuple[Token, ...]]],
    qualifiers: Mapping[str, Set[tuple[Role, str]]],
    namer: Namer,
) -> None:
    """话费 is the plain top-up, though the slow one is also called 特惠话费; 优酷 is not what 优酷酷喵电视 begins
    with; and what goes by 原神 is not 原神国际服. `named`: the tokens of each product's name and aliases; `qualifiers`: what these carry."""
    if len(named) < 2:
        return
    cores = {one: _cores(tokens, namer) for one, tokens in named.items()}
    written = {one.product_id: {squeezed_name(name) for name in (one.name, *one.aliases)} for one in products}
    slow = {one for one, carried in qualifiers.items() if any(role is Role.TIER for role, _ in carried)}
    equal = {one for one, carried in qualifiers.items() if any(role in QUALIFYING for role, _ in carried)}

    def foreign(one: str, other: str) -> bool:
        return any(role is Role.COUNTRY for role, _ in qualifiers[one] - qualifiers[other])

    for text, entry in entries.items():
        if entry.kind is not MentionKind.NAME or len(entry.options) < 2:
            continue
        core = entry.family or text
        plain = {
            one
            for one, cost in entry.options.items()
            if cost <= PLAIN_MAX and core in cores[one] and one not in slow
        }
        called_so = [one for one in plain if text in written[one]]
        abroad = {
            other
            for other in entry.options
            if text not in written[other] and any(foreign(other, one) for one in called_so)
        }
        plain -= abroad
        # steam卡, where it is written of one country's only, may be another's; 黄钻 is no 豪华黄钻.
        own = any(text in written[one] for one in plain - equal)
        for other, cost in entry.options.items() if plain else ():
            longer = core not in cores[other] and any(one.startswith(core) for one in cores[other])
            known = other in plain or text in written[other]
            if not known and (other in slow | abroad or longer or own):
                entry.options[other] = max(cost, ANOTHER if own else SHORT_OF_A_WORD)


def _cores(named: Iterable[tuple[Token, ...]], namer: Namer) -> set[str]:
    """What names say beside the words of the trade, however their brand is spelled: 优酷视频 is 优酷."""
    cores = {"".join(token.text for token in tokens if token.role in STRONG) for tokens in named}
    return cores.union(*map(namer.brand_spellings, cores))


def share_families(entries: Entries, namer: Namer, is_partial: Callable[[str, Entry], bool]) -> None:
    """`steam充值卡` is the form of one product only, but its siblings may be meant all the same.
    `is_partial`: whether a spelling is but a part of a brand."""
    for text, entry in list(entries.items()):
        for brand_text, brand_entry in _leading_names(entries, text):
            role = namer.role_of(text[len(brand_text) :])
            if role is None or role[0] not in (Role.GENERIC, Role.SUBJECT):
                continue
            if role[1] in namer.own_things:
                break
            if brand_entry is entry or is_partial(brand_text, brand_entry):
                continue
            for product_id, cost in brand_entry.options.items():
                if product_id not in entry.options:
                    entry.options[product_id] = cost + 0.5
            break


def _leading_names(entries: Entries, text: str) -> Iterator[tuple[str, Entry]]:
    for length in range(len(text) - 1, 1, -1):
        entry = entries.get(text[:length])
        if entry is not None and entry.kind is MentionKind.NAME:
            yield text[:length], entry
