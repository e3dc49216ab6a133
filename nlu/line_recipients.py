"""Whom a line of an order is for: the recipient that suits its goods, and what is wrong with the one that was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlu.accounts import ADDRESS, PHONE, UID, Account
from nlu.assortment import Assortment
from nlu.domains import registers
from nlu.lexicon import Lexicon
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.recipients import typed
from nlu.records import Event, Record, whole_address
from nlu.shape import Shape
from nlu.understanding import Heard, ProblemCode, Slot
from nlu.unfinished import Unfinished
from nlu.vocabulary import Vocabulary


class LineRecipients:
    """Reads recipients for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, table: NameTable, goods: Assortment) -> None:
        self._products, self._lexicon, self._table, self._goods = vocabulary.products, lexicon, table, goods

    def read(self, so_far: Unfinished) -> None:
        """The recipient or the contact of a line, or what is wrong with it."""
        record = so_far.record
        if not record.accounts:
            return
        kind = self._kind(so_far.possible)
        if kind == "none":
            if any(_is_address(event) for event in record.accounts) and so_far.line.sku:
                so_far.ask_for_size()
        elif Slot.ACCOUNT in record.open or _is_strange(record, kind, so_far.shape):
            return
        elif Slot.ACCOUNT in record.conflicts:
            said = " ".join(event.account.text for event in record.accounts if event.account)
            so_far.wrong(Slot.ACCOUNT, ProblemCode.ACCOUNT_CONFLICT, said)
        else:
            event = _fitting(record.accounts, kind)
            assert event.account is not None
            if event.account.contact:
                so_far.line = replace(so_far.line, contact=event.account.text)
            else:
                self._read_account(so_far, event, event.account, kind)

    def _read_account(self, so_far: Unfinished, event: Event, account: Account, kind: str | None) -> None:
        product_id = so_far.decision.product_id
        if self._is_foreign_phone(account, kind, product_id):
            account = replace(account, said=None)
        wanted_kind = kind or account.said or (account.kinds[0] if account.kinds else "phone")
        recipient = account.read_as(wanted_kind, self._lexicon)
        if so_far.decision.carrier_conflict:
            so_far.wrong(Slot.ACCOUNT, ProblemCode.ACCOUNT_CONFLICT, account.text)
            return
        if recipient.account is None:
            so_far.problems += [recipient.problem] if recipient.problem is not None else []
            return
        if product_id is not None and not self._brand_takes(product_id, kind, recipient.account):
            so_far.wrong(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, account.text)
            return
        span, given = so_far.place(event), recipient.account
        if recipient.kind == ADDRESS:
            whole = whole_address(so_far.page.text, event, so_far.record)
            span, given = so_far.page.span(*whole), typed(so_far.page, *whole)
        so_far.found(Slot.ACCOUNT, span, given)
        so_far.line = replace(so_far.line, account=Heard(given, span), account_kind=recipient.kind)

    def _is_foreign_phone(self, account: Account, kind: str | None, product_id: str | None) -> bool:
        """电话85298127345: a telephone of another country, where goods charge such."""
        called_phone = kind == UID and account.said == PHONE and PHONE not in account.kinds
        return called_phone and product_id is not None and self._goods.charges_phones(product_id)

    def _kind(self, options: Sequence[str]) -> str | None:
        """The kind of recipient that all of the goods need, if it is one."""
        kinds = {self._products[product_id].account_kind for product_id in options if product_id}
        return kinds.pop() if len(kinds) == 1 else None

    def _brand_takes(self, product_id: str, kind: str | None, account: str) -> bool:
        """Whether the brand of the goods has recipients of this form: a card of 中石油 has 16 digits."""
        product = self._products[product_id]
        if not registers((product.name, *product.aliases), account, self._lexicon):
            return False
        known = self._lexicon.accounts.get(kind or "")
        if known is None or not known.by_brand:
            return True
        name = plain(product.name)
        spellings = self._table.namer.brand_spellings
        patterns = [
            pattern
            for brand, pattern in known.by_brand.items()
            if any(spelling in name for spelling in spellings(brand))
        ]
        return len(patterns) != 1 or patterns[0].fullmatch(account) is not None


def _is_strange(record: Record, kind: str | None, shape: Shape) -> bool:
    """Whether a recipient is perhaps none of these goods': an address beside a top-up; 瘦机138…, which
    was called a phone by all appearances, for a QQ number; a mobile number that was said for other
    goods, before the correction."""
    if kind not in (None, ADDRESS) and any(_is_address(event) for event in record.accounts):
        return True
    event = _fitting(record.accounts, kind)
    account = event.account
    mobile = account is not None and account.kinds[:1] == (PHONE,) and account.said is None
    if not mobile or kind in (None, PHONE):
        return False
    of_others = record.renamed and event.start < record.corrected_from
    return of_others or not shape.left.over.isdisjoint(range(event.start - 3, event.start))


def _is_address(event: Event) -> bool:
    return event.account is not None and event.account.kinds == (ADDRESS,)


def _fitting(accounts: Sequence[Event], kind: str | None) -> Event:
    """The recipient that was called what the goods need, else one that may be it, else the last."""
    for event in accounts:
        assert event.account is not None
        if kind is not None and event.account.said == kind:
            return event
    for event in accounts:
        assert event.account is not None
        if kind is not None and kind in event.account.kinds and event.account.said is None:
            return event
    return accounts[-1]
