"""Which recipients goods can go to: no card goes to a phone, and a game's coins go to no address."""

from __future__ import annotations

import re

from nlu.accounts import PHONE, Account
from nlu.records import Record
from nlu.vocabulary import Vocabulary


class Takers:
    """Knows it for one catalog."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._products = vocabulary.products

    def takes_nobody(self, record: Record) -> bool:
        """Whether the goods of a record go to no recipient: cards whose key is all there is."""
        options = record.name.options if record.name is not None else {}
        return bool(options) and all(self._products[one].account_kind == "none" for one in options)

    def suits(self, mine: Record, other: Record) -> bool:
        """给138…充50，再来两张100的京东卡: no card goes to a phone, so the 50 is none of the card's."""
        recipients = [event.account for event in mine.accounts if event.account]
        goods = other.name
        if not recipients or not mine.amounts or goods is None or not goods.options:
            return True
        wanted = {self._products[one].account_kind for one in goods.options if one in self._products}
        alike = {event.account.kinds[:1] for event in other.accounts if event.account and mine is not other}
        return any(
            account.contact
            or not account.kinds
            or account.kinds[0] in wanted
            or (account.kinds[0] != "phone" and not wanted.isdisjoint(account.kinds))
            or account.kinds[:1] in alike
            or (_A_PHONE in alike and nearly_a_phone(account))
            for account in recipients
        )


def nearly_a_phone(account: Account) -> bool:
    """1529904217: a number that lacks a digit, or has one more, among telephone numbers is one of them."""
    return account.said is None and _NEARLY.fullmatch(account.text) is not None


_A_PHONE = (PHONE,)
_NEARLY = re.compile(r"1[3-9]\d{8}(?:\d\d)?")
