"""Edits of utterances that the reader gets right, each with what may still be ordered afterwards.

An edit keeps the meaning (another spelling, a filler, another order of the clauses): then the frame
must be the same or open. Or it changes it in a known way (a digit, a negation, half the message cut
off): then the frame must be open, or say exactly what the edited text says. Everything is drawn from
one seed, so that a finding can be found again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import islice
from typing import Any

from bot.filling import vocabulary_of
from bot.frame import Framer
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.parser import Parser
from nlu.signs import Signs
from orders.catalog import Catalog
from orders.catalog_file import read_catalog
from tests.nlu.test_corpus import CATALOGS, DATA, cases, complete, right

Line = tuple[str | None, int, str | None, str | None]
"""SKU, quantity, recipient, region."""

SURE_AT = 0.5
ROUNDS_MAX = 3
"""So often an edit is tried on the same utterance."""
REFUSING = frozenset({"cancel", "deny", "modify"})
AGREEING = frozenset({"confirm", "order"})


def lines_of(frame: dict[str, Any]) -> tuple[Line, ...]:
    return tuple((line["sku"], line["quantity"], line["account"], line["region"]) for line in frame["lines"])


@cache
def lexicon() -> Lexicon:
    return Lexicon.read(DATA)


@cache
def signs() -> Signs:
    return Signs.read(lexicon())


@dataclass(frozen=True)
class Shop:
    """One catalog with its reader."""

    name: str
    catalog: Catalog
    parser: Parser
    framer: Framer

    @classmethod
    def open(cls, name: str) -> Shop:
        catalog = read_catalog(CATALOGS[name])
        parser = Parser(vocabulary_of(catalog), lexicon())
        return cls(name, catalog, parser, Framer(catalog, parser, SURE_AT))

    def account_kind(self, sku: str | None) -> str:
        product = self.catalog.product_of(sku) if sku else None
        return product.account_kind.value if product else "none"


@dataclass(frozen=True)
class Base:
    """An utterance of the corpus that is read rightly."""

    shop: Shop
    text: str
    intents: frozenset[str]
    frame: dict[str, Any] = field(hash=False)

    @cached_property
    def complete(self) -> bool:
        return complete(self.frame)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return lines_of(self.frame)

    @cached_property
    def refuses(self) -> bool:
        """Whether it is a no, an end or a change, and can by no means be a yes or an order."""
        return bool(self.intents & REFUSING) and not self.intents & AGREEING

    @cached_property
    def plain_order(self) -> bool:
        """Whether it is a whole order with no word that turns around or links what was said."""
        said = plain(self.text)
        turned = signs().slipped.search(said) is not None  # 看岔了 corrects only what stands in front of it
        return self.complete and not turned and not any(word in said for word in turning_words())

    @cached_property
    def whole_order(self) -> bool:
        """Whether it is a whole order that nothing takes back, doubts or asks already."""
        said = plain(self.text)
        kinds = ("correction", "correction_or_drop", "instead", "or", "forbid", "condition", "price", "deny")
        # 不用交两百，看岔了，一百就够 orders the hundred.
        return (
            self.complete
            and not signs().slipped.search(said)
            and not any(
                len(word) > 1 and word in said for kind in kinds for word in lexicon().words(f"stance.{kind}")
            )
        )

    def places(self, *slots: str) -> tuple[tuple[int, int, str], ...]:
        """Where slots stand in the text: `(start, end, value)`."""
        return tuple(
            dict.fromkeys(
                (span["start"], span["end"], span["value"])
                for span in self.frame["spans"]
                if span["slot"] in slots
            )
        )

    @cached_property
    def kept(self) -> frozenset[int]:
        """Characters that no respelling may touch: recipients in words, numbers of orders."""
        held = set[int]()
        for line in self.lines:
            account = line[2] or ""
            if account and not account.isdigit():
                at = self.text.lower().find(account.lower())
                held.update(range(at, at + len(account)) if at >= 0 else ())
        for start, end, _ in self.places("account", "order_ref", "contact"):
            held.update(range(start, end))
        return frozenset(held)


@cache
def turning_words() -> tuple[str, ...]:
    """Words after which clauses may no longer be cut, swapped or wrapped without a new meaning."""
    kinds = ("correction", "correction_or_drop", "instead", "or", "forbid", "condition", "reported",
             "elsewhere", "past", "each", "respectively", "price", "modify", "question", "add", "deny")  # fmt: skip
    harmless = {"收回", "直接", "抱歉", "不好意思", "可以", "n", "no", "or"}
    words = {word for kind in kinds for word in lexicon().words(f"stance.{kind}")} - harmless
    words |= set(lexicon().words("signs.not_the_size"))
    return tuple(sorted(words | set('前后这那另再其剩上下先第最“”"「」‘’')))


@dataclass(frozen=True)
class Mutation:
    """One edited utterance."""

    kind: str
    base: Base
    text: str
    wanted: tuple[Line, ...]
    """What the edited text says; empty where nothing is ordered by it."""
    allows: Callable[[tuple[Line, ...]], bool] | None = None
    """Which lines of a complete order are right besides `wanted`."""

    def accepts(self, lines: tuple[Line, ...]) -> bool:
        same = sorted(map(repr, lines)) == sorted(map(repr, self.wanted))
        return bool(lines) and (same or (self.allows is not None and self.allows(lines)))


Edit = Callable[[Base, random.Random], Mutation | None]
EDITS: dict[str, Edit] = {}


def edit(function: Edit) -> Edit:
    """Registers an edit under its name; it returns None where it does not apply to a base."""
    EDITS[function.__name__] = function
    return function


def keeping(kind: str, base: Base, text: str) -> Mutation:
    """An edit that leaves the meaning as it was."""
    return Mutation(kind, base, text, base.lines if base.complete else ())


def bases(every: int = 1) -> list[Base]:
    """The utterances of the corpus whose whole frame is right; or of every third, fourth... only."""
    found = []
    for name in CATALOGS:
        shop = Shop.open(name)
        for case in islice(cases(name), 0, None, every):
            frame: Any = shop.framer.frame(case["text"])
            if all(right(case["gold"], frame).values()) and not _untold(case["gold"], frame):
                said = case["gold"].get("intent", frame["intent"])
                intents = frozenset([said] if isinstance(said, str) else said)
                found.append(Base(shop, case["text"], intents, frame))
    return found


def _untold(gold: dict[str, Any], frame: dict[str, Any]) -> bool:
    """Whether an order is left open of which the corpus does not say whether it is whole: then an edit that is
    read as a whole one is not wrong for that."""
    return (
        frame["intent"] in AGREEING
        and not complete(frame)
        and not gold.keys() & {"lines", "complete", "missing"}
    )


def mutations(seed: int, count: int, among: Sequence[Base]) -> Iterator[Mutation]:
    """`count` different edits, each kind in its turn: one that applies to few utterances looks through more of them
    until it finds one, so that no kind is left out by chance."""
    chance = random.Random(seed)
    seen: set[tuple[str, str]] = {(base.shop.name, base.text) for base in among}
    kinds = {kind: _drawn(among, random.Random(f"{seed} {kind}")) for kind in EDITS}
    made = 0
    while made < count and kinds:
        for kind, drawn in list(kinds.items()):
            found = _next(kind, drawn, seen, chance)
            if found is None:
                del kinds[kind]
                continue
            seen.add((found.base.shop.name, found.text))
            made += 1
            yield found
            if made == count:
                return


def _drawn(among: Sequence[Base], chance: random.Random) -> Iterator[Base]:
    """The bases in an order of chance, a few times over: another draw of the same edit changes something else."""
    for _ in range(ROUNDS_MAX):
        yield from chance.sample(among, len(among))


def _next(
    kind: str, drawn: Iterator[Base], seen: Set[tuple[str, str]], chance: random.Random
) -> Mutation | None:
    """The next edit of one kind that was not made before; None where there is none."""
    for base in drawn:
        found = EDITS[kind](base, chance)
        if found is not None and (base.shop.name, found.text) not in seen:
            return found
    return None
