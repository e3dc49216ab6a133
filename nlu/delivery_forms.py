"""How goods come: as a key that anybody may redeem (卡密, 激活码), or straight into an account (直充).

Shops sell the same membership in both forms. Whoever says neither means the one whose name says neither; where
both are marked they are equals and stay open, and so does what is only sold in the other form than was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import lru_cache

from nlu.delivery_words import ComesAs
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.roles import STRONG, Role
from nlu.squeezing import squeezed
from nlu.vocabulary import Vocabulary

KIN_MAX = 40
"""Of goods with more siblings none is looked for that comes in the other form."""
NAMES_KEPT = 4096
NOBODY = "none"
"""The kind of recipient of what goes to whoever holds it."""


class DeliveryForms:
    """Tells the goods of one catalog by the form in which they come. Immutable."""

    def __init__(self, vocabulary: Vocabulary, table: NameTable) -> None:
        self._vocabulary, self._table = vocabulary, table
        self._in_forms = table.comes_in_forms
        self._marked = lru_cache(maxsize=NAMES_KEPT)(self._read_mark)
        self._essence = lru_cache(maxsize=NAMES_KEPT)(self._read_essence)

    def meant(self, options: Mapping[str, float], said: Set[ComesAs]) -> dict[str, float]:
        """Of goods that come in both forms those that were meant, the others as they are."""
        if len(options) > KIN_MAX or len(said) > 1:
            return dict(options)
        meant: dict[str, float] = {}
        for one, cost in options.items():
            twins = self._twins(one)
            if said:
                (form,) = said
                kept = [twin for twin in twins if self._comes_as(twin, form)]
            else:
                kept = [twin for twin in twins if self._marked(twin) is None and twin in options]
            for twin in kept if len(twins) > 1 and kept else [one]:
                meant[twin] = min(cost, meant.get(twin, cost))
        return meant

    def contradicts(self, product_id: str, said: Set[ComesAs]) -> bool:
        """Whether goods are marked to come in another form than was said."""
        mark = self._marked(product_id)
        return len(said) == 1 and mark is not None and mark not in said

    def _twins(self, product_id: str) -> tuple[str, ...]:
        """The product and those that are the same but for the form in which they come."""
        kin = self._table.kin(product_id) if self._in_forms else ()
        if not kin or len(kin) > KIN_MAX:
            return (product_id,)
        essence = self._essence(product_id)
        twins = [one for one in kin if one == product_id or self._essence(one) == essence]
        forms = {self._marked(one) for one in twins}
        return tuple(twins) if len(forms) > 1 else (product_id,)

    def _comes_as(self, product_id: str, form: ComesAs) -> bool:
        mark = self._marked(product_id)
        if mark is None:
            to_nobody = self._vocabulary.products[product_id].account_kind == NOBODY
            mark = ComesAs.KEY if to_nobody else ComesAs.DIRECT
        return mark is form

    def _read_mark(self, product_id: str) -> ComesAs | None:
        """The one form that its name says."""
        forms = self._table.namer.delivery_words.forms_in(
            squeezed(plain(self._vocabulary.products[product_id].name))[0]
        )
        return next(iter(forms)) if len(forms) == 1 else None

    def _read_essence(self, product_id: str) -> frozenset[tuple[Role, str]]:
        """What its name says, but for what goes without saying."""
        product = self._vocabulary.products[product_id]
        tokens = self._table.namer.tokens(product.name, tuple({one.unit for one in product.variants}))
        telling = frozenset((token.role, token.meaning) for token in tokens if token.role in _TELLING)
        makers = {(Role.BRAND, maker) for maker in self._table.namer.never_alone}
        return telling - makers or telling


_TELLING = STRONG | {Role.TIER, Role.COUNTRY, Role.CARRIER}
