"""Whom it is for: phones typed and spoken, QQ and UID, e-mail, game accounts, fuel cards, addresses.

A recipient is exactly right or it is a problem: a masked, short or long number is never repaired.
"""

from __future__ import annotations

from dataclasses import dataclass

from nlu.lexicon import Lexicon
from nlu.page import Mark, Page
from nlu.understanding import Problem


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient as one kind of account: `account` canonical, or None with the `problem`."""

    kind: str
    account: str | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Characters that name a recipient, before it is known what the product needs.

    `said` is the kind that a label named (手机号, QQ, uid), or None. A number called a phone is
    no QQ number, whatever the product.
    """

    text: str
    """Digits without separators; e-mail lower case; game accounts and addresses as typed."""
    kinds: tuple[str, ...]
    """Kinds that it may be without any problem, likeliest first. Empty: a problem as any kind."""
    said: str | None = None
    label: tuple[int, int] | None = None
    """Where the label stands in the normalised text; its characters stay free for other readers."""
    masked: bool = False
    spoken: bool = False
    claimed: bool = True
    """False: perhaps no account at all (a bare number of 5 or 6 digits, a word like mengxy88);
    its characters stay free, and the parser takes them if it uses the reading."""

    def read_as(self, kind: str, lexicon: Lexicon) -> Recipient:
        """This recipient as the kind that a product needs, canonical or with its problem."""
        return Recipient(kind, None)


def read(page: Page, lexicon: Lexicon) -> tuple[Mark[Account], ...]:
    """All recipients in what is still free, left to right; claims those with `claimed`.

    The mark covers the account itself, without its label. Call after `references`.
    """
    return ()


def carrier(phone: str, lexicon: Lexicon) -> str | None:
    """移动, 联通, 电信, 广电 by the prefix of a mainland mobile number; None where unknown (virtual)."""
    return None
