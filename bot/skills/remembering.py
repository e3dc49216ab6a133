"""Recipients remembered under a name: kept, renewed and forgotten.

What is remembered is used without a question, so an old number must go the moment a new one is told.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import Purpose, Question
from bot.messages import Reply
from bot.skills import ordering
from bot.skills.people import contact_in, known_as
from bot.store.contacts import Contact, forget_contact, save_contact
from bot.turn import CANCEL, Turn, paragraphs
from nlu.understanding import Intent
from orders.catalog import AccountKind
from orders.draft import Draft, Slot


def save(turn: Turn) -> Reply:
    """Remember a recipient under a name, or forget him."""
    heard = turn.heard
    if heard.forgets and heard.contact is not None:
        return _forgotten(turn, heard.contact)
    name = heard.contact or turn.conversation.contact
    given = [contact for line in heard.lines if (contact := contact_in(line, name))]
    if name is not None and not given and _means_the_number_in_hand(turn):
        given = [Contact(name, kind, account) for kind, account in _numbers_in_hand(turn)][:1]
    if name is None and not given:
        return turn.aside(turn.say("contact.which_name"))
    if not given:
        assert name is not None, "asked only when a name was said"
        turn.update(replace(turn.conversation, contact=name))
        text = turn.say("contact.which_account", name=name)
        question = Question(Purpose.CONTACT, text, choices=(turn.choice("choice.cancel", CANCEL),))
        if turn.conversation.question is not None and turn.conversation.question.is_open:
            return turn.aside(text)
        return turn.ask(question)
    return _saved(turn, given)


def _means_the_number_in_hand(turn: Turn) -> bool:
    """`以后就存成老妈` gives a number that was said a name; `记住老妈的号码` is going to tell one."""
    words = turn.telling.lexicon.words("signs.save_as")
    told = any(word in turn.message.text for word in words if len(word) > 1)
    return told and len(_numbers_in_hand(turn)) == 1


def _numbers_in_hand(turn: Turn) -> set[tuple[str, str]]:
    """Kinds and numbers of what is being ordered, else of what was ordered last."""
    catalog = turn.reader.catalog
    drafted = {
        (product.account_kind.value, line.account)
        for line in turn.conversation.draft.lines
        if line.account and line.product_id and (product := catalog.product(line.product_id)) is not None
    }
    if drafted or turn.conversation.draft.lines:
        return drafted
    latest = turn.shop.orders_of(turn.tx, turn.customer_id, 1)
    return {
        (line.account_kind.value, line.account)
        for order in latest
        if turn.now - order.created_at < ordering.RECENTLY
        for line in order.lines
        if line.account
    }


def _saved(turn: Turn, given: list[Contact]) -> Reply:
    outdated: dict[str, str] = {}
    told: list[str] = []
    for contact in given:
        for known in known_as(turn, contact.name):
            if known.kind != contact.kind or known.account == contact.account:
                continue
            outdated[known.account] = contact.account
            # The same person under another word for him: 老妈 was saved, 我妈换号了 was said.
            forget_contact(turn.tx, turn.customer_id, known.name, known.kind)
            contact = replace(contact, name=known.name)
        save_contact(turn.tx, turn.customer_id, contact, turn.now)
        shown = turn.telling.account(contact.kind, contact.account)
        key = "contact.saved_phone" if contact.kind == AccountKind.PHONE else "contact.saved"
        told.append(turn.say(key, name=contact.name, account=shown))
    turn.update(replace(turn.conversation, contact=None))
    question = turn.conversation.question
    if question is not None and question.purpose is Purpose.CONTACT:
        turn.update(replace(turn.conversation, question=None))
    text = paragraphs(*told)
    draft = _with_the_number_asked_for(turn, _with_new_numbers(turn.conversation.draft, outdated), given)
    if draft != turn.conversation.draft:
        # What lies in hand was for the old number, which nobody wants any more; or it waited for this one.
        return ordering.put_forward(turn, draft, text)
    return turn.aside(text)


def _with_new_numbers(draft: Draft, outdated: dict[str, str]) -> Draft:
    return replace(
        draft,
        lines=tuple(
            replace(line, account=outdated[line.account]) if line.account in outdated else line
            for line in draft.lines
        ),
    )


def _with_the_number_asked_for(turn: Turn, draft: Draft, given: list[Contact]) -> Draft:
    """138…给我妈的, to the question for the number, is the answer as well."""
    question = turn.conversation.question
    waiting = [line for line in draft.lines if line.account is None]
    if question is None or question.slot != Slot.ACCOUNT or len(waiting) != 1 or len(given) != 1:
        return draft
    product = turn.reader.catalog.product(waiting[0].product_id) if waiting[0].product_id else None
    if product is None or product.account_kind != given[0].kind:
        return draft
    filled = replace(waiting[0], account=given[0].account, contact=given[0].name, problems=())
    return replace(draft, lines=tuple(filled if line is waiting[0] else line for line in draft.lines))


def _forgotten(turn: Turn, name: str) -> Reply:
    known = known_as(turn, name)
    kinds = {line.account_kind for line in turn.heard.lines if line.account_kind}
    gone = [contact for contact in known if not kinds or contact.kind in kinds]
    for contact in gone:
        forget_contact(turn.tx, turn.customer_id, contact.name, contact.kind)
    return turn.aside(turn.say("contact.forgotten" if gone else "contact.not_known", name=name))


def answers_contact(turn: Turn) -> bool:
    """A bare account after `帮我记住老妈的号码`."""
    question = turn.conversation.question
    return (
        question is not None
        and question.purpose is Purpose.CONTACT
        and turn.heard.intent in (Intent.PROVIDE, Intent.SAVE_CONTACT, Intent.ORDER, Intent.MODIFY)
        and len(turn.heard.lines) == 1
        and turn.heard.lines[0].account is not None
        and turn.heard.lines[0].sku is None
    )
