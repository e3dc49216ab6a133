"""Who is remembered under a name, whichever word for him was used: 老妈 and 我妈 are one person."""

from __future__ import annotations

from bot.store.contacts import Contact, contacts_named, forget_contact, save_contact
from bot.turn import Turn
from nlu.contacts import same_person
from nlu.understanding import Intent, SpokenLine


def known_as(turn: Turn, name: str) -> tuple[Contact, ...]:
    """What is remembered of the person, one account per kind."""
    return contacts_named(turn.tx, turn.customer_id, same_person(turn.telling.lexicon, name))


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
