"""A recipient as it was said, and as the kind of account that a product needs.

It is exactly right or it is a problem: a masked, short or long number is never repaired.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from nlu.lexicon import Lexicon
from nlu.normalise import INVISIBLE
from nlu.page import Page
from nlu.understanding import Problem, ProblemCode, Slot

PHONE, QQ, UID, FUEL_CARD, EMAIL, GAME_ID, ADDRESS = (
    "phone",
    "qq",
    "uid",
    "fuel_card",
    "email",
    "game_id",
    "address",
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient as one kind of account: `account` canonical, or None with the `problem`.

    Neither account nor problem: it was said to be of another kind, so this one was not said.
    """

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
    """Digits without separators and country code; e-mail lower case; game accounts and addresses
    as typed."""
    kinds: tuple[str, ...]
    """Kinds that it may be without any problem, likeliest first. Empty: a problem as any kind."""
    said: str | None = None
    labelled: bool = False
    """Whether any label stands there, also one that leaves the kind open (账号)."""
    label: tuple[int, int] | None = None
    """Where the label stands in the normalised text; its characters stay free for other readers."""
    masked: bool = False
    spoken: bool = False
    claimed: bool = True
    """False: perhaps no account at all (a bare number of 5 or 6 digits, a word like mengxy88);
    its characters stay free, and the parser takes them if it uses the reading."""
    as_typed: str = ""
    """All digits that were given, with 86 in front if it was there: a UID is never shortened."""
    contact: bool = False
    """A person said by name (老妈): `text` is the name, and which account is meant is not said."""
    as_given: str = ""
    """A number with what belongs to it only as a game account: 88213345(2231)."""

    def read_as(self, kind: str, lexicon: Lexicon) -> Recipient:
        """This recipient as the kind that a product needs, canonical or with its problem."""
        if self.masked:
            code = ProblemCode.PHONE_LENGTH if kind == PHONE else ProblemCode.ACCOUNT_FORMAT
            return Recipient(kind, None, Problem(Slot.ACCOUNT, code, self.text))
        if self.said and self.said != kind and kind not in _MAY_BE_CALLED.get(self.said, ()):
            if self.said == PHONE and kind in (QQ, UID):
                problem = Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, self.text)
                return Recipient(kind, None, problem)
            number = _QQ_MAIL.fullmatch(self.text) if kind == QQ else None
            return Recipient(kind, number[1] if number else None)
        text = (self.as_typed if kind == UID else self.as_given if kind == GAME_ID else "") or self.text
        known = lexicon.accounts.get(kind)
        if known and known.accepts(text):
            return Recipient(kind, text)
        return Recipient(kind, None, self._problem(kind, text))

    def _problem(self, kind: str, text: str) -> Problem | None:
        if kind == PHONE:
            if not text.isdigit() or (len(text) < 7 and self.said != PHONE):
                return None  # perhaps not meant as a phone at all: the phone was not said
            code = ProblemCode.PHONE_PREFIX if len(text) == 11 else ProblemCode.PHONE_LENGTH
            return Problem(Slot.ACCOUNT, code, text)
        if kind in (ADDRESS, GAME_ID):
            return None
        return Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, text)


def typed(page: Page, start: int, end: int) -> str:
    span = page.span(start, end)
    written = page.original[span.start : span.end]
    return "".join(character for character in written if character not in INVISIBLE).strip()


def name_typed(page: Page, start: int, end: int) -> str:
    """A game account as typed, capitals and all; full width and keycaps are no part of it."""
    written = unicodedata.normalize("NFKC", typed(page, start, end))
    return "".join(character for character in written if character not in INVISIBLE)


_QQ_MAIL = re.compile(r"([1-9]\d{4,10})@qq\.com")
"""Its mail is told by a QQ number, and says whose it is."""

# A label names a kind; people also call these kinds by it.
_MAY_BE_CALLED: dict[str, tuple[str, ...]] = {
    PHONE: (GAME_ID,),
    UID: (GAME_ID,),
    GAME_ID: (UID, QQ, EMAIL, PHONE),
    EMAIL: (GAME_ID,),
    # 卡号 is the number of any card.
    FUEL_CARD: (UID, GAME_ID),
    QQ: (),
    ADDRESS: (),
}
