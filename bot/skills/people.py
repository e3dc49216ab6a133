"""Who is remembered under a name, whichever word for him was used: 老妈 and 我妈 are one person."""

from __future__ import annotations

from dataclasses import replace

from bot.store.contacts import Contact, contacts_named, forget_contact, save_contact
from bot.turn import Turn
from nlu.contacts import same_person
from nlu.lexicon import Lexicon
from nlu.understanding import Intent, SpokenLine, Understanding
from orders.catalog import AccountKind
from orders.draft import Draft, DraftLine


def known_as(turn: Turn, name: str) -> tuple[Contact, ...]:
    """What is remembered of the person, one account per kind."""
    return contacts_named(turn.tx, turn.customer_id, same_person(turn.telling.lexicon, name))


def called_in_full(lexicon: Lexicon, heard: Understanding) -> Understanding:
    """弟 is kept and spoken of as 弟弟: a single character is no name to say to anybody."""

    in_full = {short: word for word, shorts in lexicon.groups("contacts.in_full").items() for short in shorts}

    def full(name: str | None) -> str | None:
        return in_full.get(name, name) if name is not None else None

    lines = tuple(replace(line, contact=full(line.contact)) for line in heard.lines)
    return replace(heard, contact=full(heard.contact), renews=full(heard.renews), lines=lines)


def contact_in(line: SpokenLine, name: str | None) -> Contact | None:
    """The recipient that a line tells of the person called `name`."""
    called = line.contact or name
    if called is None or line.account is None or line.account_kind is None:
        return None
    return Contact(called, line.account_kind, line.account.value)


def renewed(turn: Turn) -> tuple[str, ...]:
    """`给老妈充50，她换号了，138…`: what is ordered for the new number is remembered with it."""
    name = turn.heard.renews
    if name is None or turn.heard.intent is Intent.SAVE_CONTACT:
        return ()
    given = [contact for line in turn.heard.lines if (contact := contact_in(line, name))]
    if len(given) != 1:
        return ()
    for known in known_as(turn, name):
        if known.kind == given[0].kind:
            forget_contact(turn.tx, turn.customer_id, known.name, known.kind)
    save_contact(turn.tx, turn.customer_id, given[0], turn.now)
    return (turn.say("contact.remembered", name=name),)


def with_contacts(turn: Turn, draft: Draft) -> tuple[Draft, tuple[str, ...]]:
    """Put in the accounts of the contacts who were named, where they are remembered. A line whose
    recipient came from memory forgets the name: another number given for it is not that person's."""
    lines, used = [], []
    for line in draft.lines:
        known = _remembered(turn, line)
        if known is not None and line.contact is not None:
            shown = turn.telling.account(AccountKind(known.kind), known.account)
            used.append(turn.say("contact.used", name=line.contact, account=shown))
            line = turn.reader.filler.sent_to(replace(line, contact=None), known.account)
        lines.append(line)
    return replace(draft, lines=tuple(lines)), tuple(dict.fromkeys(used))


def _remembered(turn: Turn, line: DraftLine) -> Contact | None:
    """The account of the person whom the line is for, of the kind that its goods take; None where none or
    several are known."""
    if line.contact is None or line.account is not None:
        return None
    options = (line.product_id,) if line.product_id else line.product_options
    products = (turn.reader.catalog.product(one) for one in options)
    kinds = {product.account_kind.value for product in products if product is not None}
    fits = [known for known in known_as(turn, line.contact) if {known.kind} == kinds]
    return fits[0] if len(fits) == 1 else None


def remember_new(turn: Turn, draft: Draft) -> tuple[str, ...]:
    """Keep the accounts that were given for names, so that a name is enough next time."""
    learned: list[str] = []
    several = _named_more_than_once(draft)
    for line in draft.lines:
        kind = _kind_of(turn, line)
        if line.contact is None or line.account is None or kind is None or line.contact in several:
            continue
        given = Contact(line.contact, kind.value, line.account)
        if given not in known_as(turn, line.contact):
            save_contact(turn.tx, turn.customer_id, given, turn.now)
            learned.append(line.contact)
    if not learned:
        return ()
    return (turn.say("contact.remembered", name=turn.telling.things(learned)),)


def _named_more_than_once(draft: Draft) -> set[str]:
    """Names that stand for several numbers, 爸妈: which of them would be meant next time?"""
    known: dict[str, set[str]] = {}
    for line in draft.lines:
        if line.contact is not None and line.account is not None:
            known.setdefault(line.contact, set()).add(line.account)
    return {name for name, accounts in known.items() if len(accounts) > 1}


def _kind_of(turn: Turn, line: DraftLine) -> AccountKind | None:
    product = turn.reader.catalog.product(line.product_id) if line.product_id else None
    return product.account_kind if product and product.account_kind is not AccountKind.NONE else None
