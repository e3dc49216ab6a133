"""How often the right goods can stand first at all: what slips leave of a name, another name may be as near to.

Among two hundred thousand names of three characters one slip often makes what is just as well a slip of
another. Here the guess is made by somebody who knows everything: how slips are made and how often, where
the name begins and ends, and what is sold in the size. `python -m tests.bench.ceiling 10000` prints what
a reader could reach at most on the catalogs of `tests/bench/bench_nlu.py`, with one slip.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.sounds import syllable
from tests.bench.made_catalog import (
    SYLLABLES,
    catalog_of,
    families_of,
    misspelled_in_family,
    slipped,
    sounding_alike,
)

NAMES_TRIED = 400
_KINDS = 4


def main(sku_count: int) -> None:
    """Print the share of slips that can be told, for dense names and for families."""
    for title, products, slip, slips in (
        ("made up", catalog_of(sku_count), slipped, _slips_of),
        ("families", families_of(sku_count), misspelled_in_family, _slips_in_family),
    ):
        chance, told = random.Random(3), Fraction(0)
        labels = {product.name: {variant.label for variant in product.variants} for product in products}
        names = list(labels)
        for _ in range(NAMES_TRIED):
            name = typed = chance.choice(names)
            while typed in labels:
                typed = slip(chance, name)
            size = chance.choice(sorted(labels[name]))
            near = [
                one
                for one, _, _ in process.extract(
                    typed, names, scorer=OSA.distance, score_cutoff=1, limit=None
                )
            ]
            likely = {one: slips(one).get(typed, Fraction(0)) for one in near if size in labels[one]}
            first = [one for one, share in likely.items() if share == max(likely.values())]
            told += Fraction(name in first, len(first))
        print(f"{title}, {sku_count:,} SKUs: {float(told / NAMES_TRIED):.4f}")


def _slips_of(name: str) -> Mapping[str, Fraction]:
    """What `made_catalog.slipped` makes of a name, and how often."""
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    each = Fraction(1, 3 * _KINDS)
    for at in range(3):
        found[name[:at] + name[at + 1 :]] += each
        found[name[:at] + name[at] + name[at:]] += each
        found[name[:at] + name[at + 1] + name[at] + name[at + 2 :]] += each
        for character in SYLLABLES:
            found[name[:at] + character + name[at + 1 :]] += each / len(SYLLABLES)
    return found


def _slips_in_family(name: str) -> Mapping[str, Fraction]:
    """What `made_catalog.misspelled_in_family` makes of a name, and how often."""
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    for at, character in enumerate(name):
        each = Fraction(1, len(name))
        alike = sounding_alike().get(syllable(character) or "", ())
        others = [one for one in alike if one != character] if len(alike) > 1 else []
        for one in others:
            found[name[:at] + one + name[at + 1 :]] += each / 2 / len(others)
        each = (each / 2 if others else each) / _KINDS
        replaced = each
        if len(name) > 3:
            found[name[:at] + name[at + 1 :]] += each
        else:
            replaced += each
        if at + 1 < len(name):
            found[name[:at] + name[at + 1] + name[at] + name[at + 2 :]] += each
        else:
            replaced += each
        for one in SYLLABLES:
            found[name[:at] + one + name[at:]] += each / len(SYLLABLES)
            found[name[:at] + one + name[at + 1 :]] += replaced / len(SYLLABLES)
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]))
