"""How one catalog's units may be written: 点 for 点券, g for GB, dianquan, 刀 for 美元."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlu.alternations import NEVER, whole
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.sounds import pinyin
from nlu.words import Words


@dataclass(frozen=True, slots=True)
class Units:
    """The spellings of one catalog's units, compiled. Build once per catalog."""

    spellings: Mapping[str, tuple[str, ...]]
    """Normalised spelling -> the catalog's units that it may mean; none for a unit of virtual
    goods that this catalog does not have."""
    pattern: re.Pattern[str]
    yuan: re.Pattern[str]
    yuan_before: re.Pattern[str]
    currencies: Words[str]
    """Spellings of foreign money; they mean the catalog's word for it, else its common name."""
    signs: Words[str]
    any_money: frozenset[str] = frozenset()
    """Words for the money of wherever the goods are of: five hundred 蚊 are yuan or dollars of Hong Kong."""
    by_day: bool = False
    """Whether labels count days as 日, which elsewhere makes a date: 3日券."""

    @classmethod
    def of(cls, lexicon: Lexicon, units: Mapping[str, Iterable[str]], counters: Iterable[str] = ()) -> Units:
        """`units`: each unit of the catalog with further spellings that only the catalog knows
        (the aliases of a product that is its own unit: Q币 -> QB, 扣币). `counters`: what else the
        labels of its variants count (核 of 2核4G), where no unit is called so."""
        found: dict[str, dict[str, None]] = {}
        for unit, extra in units.items():
            if plain(unit) == "元":
                continue  # money is read as money
            for spelling in _spellings(lexicon, unit, extra):
                found.setdefault(spelling, {})[unit] = None
        for word in lexicon.words("amounts.foreign_units"):
            found.setdefault(word, {})
        counted = re.compile(_either(lexicon.words("amounts.yuan")))
        counters = tuple(counters)
        for word in counters:
            if found.get(word) or counted.match(word):
                continue
            for spelling in _group_of(lexicon, word):
                found[spelling] = found.get(spelling) or {word: None}
        guard = _either(lexicon.words("amounts.yuan_not_before"))
        yuan_before = _either(lexicon.words("amounts.yuan_before"))
        return cls(
            {spelling: tuple(meant) for spelling, meant in found.items()},
            re.compile(_either(found)),
            re.compile(rf" ?个?(?!{guard})(?:{_either(lexicon.words('amounts.yuan'))})(?!(?<=[a-z币]) ?\d)"),
            re.compile(rf"(?:{yuan_before}) ?$"),
            _names(lexicon, "amounts.currencies", units),
            _names(lexicon, "amounts.currency_signs", units),
            frozenset(lexicon.words("amounts.any_money")),
            _DAY in counters,
        )


def _spellings(lexicon: Lexicon, unit: str, extra: Iterable[str]) -> set[str]:
    name = plain(unit)
    spellings = {name, *map(plain, extra)}
    for group in lexicon.groups("amounts.units").values():
        if name in group:
            spellings.update(group)
    for ending, said in lexicon.groups("amounts.unit_endings").items():
        if name.endswith(ending) and not _is_money(lexicon, name):
            spellings.update(said)
    if len(name) > 2 and _chinese(name) and not _is_money(lexicon, name):
        spellings.add(name[-2:])  # 结晶 for 创世结晶
    spellings.update(pinyin(word) or "" for word in tuple(spellings) if len(word) > 1 and _chinese(word))
    return {spelling for spelling in spellings if spelling}


def _group_of(lexicon: Lexicon, word: str) -> set[str]:
    """A unit of labels as it is typed: g for the GB of 每天2GB."""
    groups = [group for group in lexicon.groups("amounts.units").values() if word in group]
    return {word, *(spelling for group in groups for spelling in group)}


def _is_money(lexicon: Lexicon, name: str) -> bool:
    return name == "元" or any(name in group for group in lexicon.groups("amounts.currencies").values())


def _names(lexicon: Lexicon, name: str, units: Mapping[str, Iterable[str]]) -> Words[str]:
    by_plain = {plain(unit): unit for unit in units}
    known = lexicon.groups("amounts.currencies")
    found: dict[str, str] = {}
    for meaning, spellings in lexicon.groups(name).items():
        own = next((by_plain[word] for word in known[meaning] if word in by_plain), meaning)
        found |= dict.fromkeys(spellings, own)
    return Words(found)


_DAY = "日"


def _either(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; latin words only where they end."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(whole(word) + _GUARDS.get(word, "") for word in longest_first) or NEVER


_GUARDS = {"x": r"(?!\d)", "点": "(?!卡)"}
"""What must not follow a unit: of 3000点卡 the 卡 takes the 点."""


def _chinese(text: str) -> bool:
    return all("一" <= character <= "龥" for character in text)
