"""Hears what is said of coupons and of the wallet, before a message is read as an order.

A coupon's code is taken out of the message, so that its digits can never become an amount; the rest
is read as ever. Talk of the wallet counts only when the whole message is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import yaml

from bot.wording import LOADER, WordingError
from nlu.normalise import plain
from nlu.numerals import number_at
from orders.coupon import CODE, normal_code
from orders.money import Fen

LENGTH_MAX = 30
"""A longer message is about more than money that is kept."""

_TOKEN = re.compile(r"(?<![A-Za-z0-9@._/-])[A-Za-z0-9][A-Za-z0-9-]{2,30}[A-Za-z0-9](?![A-Za-z0-9@._/-])")
_FULL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
_AMOUNT = r"(?P<amount>[0-9]{1,7}(?:\.[0-9]{1,2})?)"
_SPELLED = re.compile("[一二两三四五六七八九十百千万]{2,}")
_PAUSES = re.compile(r"[\s,，。!！?？、;；:：~～]|\.(?![0-9])")


@dataclass(frozen=True, slots=True)
class CouponSaid:
    """A coupon shall be used, or none (`code` None). `rest` is what else was said."""

    code: str | None
    rest: str = ""


@dataclass(frozen=True, slots=True)
class CouponsAsked:
    """Whether there are coupons."""


@dataclass(frozen=True, slots=True)
class BalanceAsked:
    """How much is in the wallet."""


@dataclass(frozen=True, slots=True)
class DepositAsked:
    """Money is to be put into the wallet; None where it was not said how much."""

    amount_fen: Fen | None


@dataclass(frozen=True, slots=True)
class BalanceBackAsked:
    """The money in the wallet is wanted back."""


MoneyTalk = CouponSaid | CouponsAsked | BalanceAsked | DepositAsked | BalanceBackAsked

KnownCodes = Callable[[Collection[str]], frozenset[str]]
"""Which of these are codes of coupons; asked only where something looks like one."""

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"coupon": ("names", "lead", "drop", "ask"), "wallet": ("names", "ask", "out", "into", "top_up")}
)


@dataclass(frozen=True)
class MoneyWords:
    """The words, by `coupon.names` and so on; without any nothing is heard."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> MoneyWords:
        """Read and check the file. Raises WordingError naming the key and the remedy."""
        try:
            said = yaml.load(path.read_text(encoding="utf-8"), LOADER)
        except yaml.YAMLError as error:
            raise WordingError(str(path), f"is not YAML: {error}", "Mend the line it names") from error
        root = said if isinstance(said, dict) else {}
        words = {"filler": _listed(path, "filler", root.get("filler"))}
        for group, names in GROUPS.items():
            table = root.get(group)
            for name in names:
                key = f"{group}.{name}"
                words[key] = _listed(path, key, table.get(name) if isinstance(table, dict) else None)
        return cls(words)

    def heard_in(self, text: str, known: KnownCodes) -> MoneyTalk | None:
        """What is said of coupons or the wallet; None where nothing is."""
        if not self.words:
            return None
        return self._coupon(text, known) or self._asked(text)

    def _coupon(self, text: str, known: KnownCodes) -> CouponSaid | None:
        typed = text.translate(_FULL_WIDTH)
        codes = [one for token in _TOKEN.findall(typed) if CODE.fullmatch(one := normal_code(token))]
        if not codes:
            return None
        there = known(codes)
        named = self._named.search(typed)
        called = normal_code(named["code"]) if named else None
        code = next((one for one in codes if one in there), None)
        if code is None and called in codes:
            # Called a coupon, and none of ours: better said than read as a number of goods.
            code = called
        if code is None:
            return None
        return CouponSaid(code, self._without(text, typed, code))

    def _without(self, text: str, typed: str, code: str) -> str:
        """The text without the code, and without the words that only introduce it."""
        lead, names = self._any("coupon.lead"), self._any("coupon.names")
        said = re.compile(
            rf"(?:(?:{lead})\s*)*(?:(?:{names})\s*)?[是为:：=\s]*"
            rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])\s*(?:(?:这个|这张|的)?(?:{names}))?",
            re.IGNORECASE,
        )
        match = said.search(typed)
        assert match is not None, f"{code} was found in the text before"
        rest = f"{text[: match.start()]} {text[match.end() :]}".strip(" ,，。;；、")
        return "" if self._made_of(rest, "coupon.lead", "coupon.names", "filler") else rest

    def _asked(self, text: str) -> MoneyTalk | None:
        if len(text) > LENGTH_MAX:
            return None
        if self._has(text, "coupon.names"):
            if self._has(text, "coupon.drop") and self._made_of(
                text, "coupon.names", "coupon.drop", "filler"
            ):
                return CouponSaid(None)
            if self._made_of(text, "coupon.names", "coupon.ask", "filler"):
                return CouponsAsked()
        if self._has(text, "wallet.names"):
            return self._of_wallet(text)
        return None

    def _of_wallet(self, text: str) -> MoneyTalk | None:
        if self._has(text, "wallet.top_up"):
            made = self._made_of(text, "wallet.names", "wallet.top_up", "filler", amount=True)
            if made is not None:
                amount = made["amount"]
                return DepositAsked(Fen(int(Decimal(amount) * 100)) if amount else None)
        back = self._has(text, "wallet.out") and not self._into_wallet.search(plain(text))
        if back and self._made_of(text, "wallet.names", "wallet.out", "filler"):
            return BalanceBackAsked()
        asks = self._has(text, "wallet.ask") and self._made_of(text, "wallet.names", "wallet.ask", "filler")
        return BalanceAsked() if asks or self._made_of(text, "wallet.names") else None

    def _has(self, text: str, group: str) -> bool:
        said = plain(text)
        return any(word in said for word in self.words[group])

    def _made_of(self, text: str, *groups: str, amount: bool = False) -> re.Match[str] | None:
        """Whether the text is made of the words of these groups alone, and of one amount at most."""
        said = _PAUSES.sub("", plain(text))
        word = "|".join(self._any(group) for group in groups)
        if not amount:
            return re.fullmatch(rf"(?:{word})*+", said)
        return re.fullmatch(rf"(?:{word})*+{_AMOUNT}?(?:{word})*+", _SPELLED.sub(_in_digits, said))

    def _any(self, group: str) -> str:
        longest_first = sorted(self.words[group], key=len, reverse=True)
        return "|".join(re.escape(word) for word in longest_first)

    @cached_property
    def _into_wallet(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self._any('wallet.into')})(?:{self._any('wallet.names')})")

    @cached_property
    def _named(self) -> re.Pattern[str]:
        # A name that stands for itself: the 代金券 of 滴滴代金券 is goods, and what follows is no code of ours.
        alone = rf"(?:^|[\s,，。;；、:：]|{self._any('coupon.lead')})"
        names = self._any("coupon.names")
        return re.compile(rf"{alone}(?:{names})\s*[是为:：=\s]*(?P<code>[A-Za-z0-9-]{{4,32}})")


NO_WORDS = MoneyWords()


def _in_digits(spelled: re.Match[str]) -> str:
    """`一百` as `100`; left as it is where it is no one number."""
    mark = number_at(spelled[0], 0)
    if mark is None or mark.end != len(spelled[0]) or mark.value.value is None:
        return spelled[0]
    return f"{mark.value.value:f}"


def _listed(path: Path, key: str, said: object) -> tuple[str, ...]:
    if isinstance(said, list) and said and all(isinstance(word, str) and word for word in said):
        return tuple(said)
    raise WordingError(str(path), f"has no words for {key}", "Write a list of words, such as [余额, 钱包]")
