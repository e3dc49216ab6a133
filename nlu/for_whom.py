"""Who is named in front of what he gets: 我爸充30, 妈妈也来20, and 小美充50 where a 小美 is remembered.

The reader hears a recipient behind 给. A message that begins with one is read as if 给 stood in front, and
a name of the customer's own, which may sound like goods, as if it were any friend's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nlu.alternations import either
from nlu.contacts import people_pattern
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.places import SURE
from nlu.understanding import Expectation, Heard, Intent, Span, Understanding


@dataclass(frozen=True, slots=True)
class Named:
    """`text` with 给 in front of the person; `name` is his where another word stands there for it."""

    text: str
    name: str | None = None
    too: bool = False
    """He gets the same as somebody else: 妈妈也充20."""


class ForWhom:
    """Finds recipients in front. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._called_upon = frozenset(lexicon.words("contacts.called_upon"))
        self._anybody = lexicon.words("contacts.anybody")[0]
        self._people = people_pattern(lexicon)
        self._leads = either(lexicon.words("contacts.front_leads"))
        self._gives = either(lexicon.words("signs.for_whom"))
        self._own = either(lexicon.words("signs.own_front"))
        self._too = either(lexicon.words("contacts.gets_too"))
        self._same = re.compile(either(lexicon.words("contacts.as_well")))
        self._gets = either(lexicon.words("contacts.gets"))

    def read(self, text: str, remembered: tuple[str, ...] = ()) -> Named | None:
        """None where nobody is named so. `remembered`: the names in the customer's own list."""
        line = plain(text)
        if len(line) != len(text) or _NUMBER.search(line):
            return None
        names = either(name for name in remembered if name)
        who = f"(?P<own>{self._own})?(?P<kin>{self._people})"
        who += rf"|(?:{self._gives})?(?P<name>{names})"
        found = re.match(
            rf"(?:(?:{self._leads}|[\s,，])*)(?P<who>{who})(?:的|那边)?"
            rf"(?P<too>(?:{self._too}|[\s,，])*)(?=(?:{self._gets}|\d))",
            line,
        )
        if found is None or (found["kin"] in self._called_upon and not found["own"]):
            return None
        name = None if found["kin"] else found["name"]
        rest = text[found.end("too") :]
        verb = "充" if rest[:1].isdigit() else ""
        person = self._anybody if name else found["who"]
        told = f"{text[: found.start('who')]}给{person}{verb}{rest}"
        return Named(told, name, self._same.search(found["too"]) is not None)


def for_him(named: Named, understood: Understanding, asked: Expectation) -> Understanding:
    """What was understood, for the person who was named; on top of what is in hand for somebody else."""
    contact = named.name if named.name and understood.contact else understood.contact
    lines = tuple(replace(line, contact=contact if line.contact else None) for line in understood.lines)
    understood = replace(understood, contact=contact, lines=lines)
    hand = asked.lines[0] if len(asked.lines) == 1 else None
    if not named.too or hand is None or hand.account is None or hand.product_id is None or len(lines) != 1:
        return understood
    line = lines[0]
    if line.product is None:
        line = replace(line, product=Heard(hand.product_id, Span(0, len(understood.text))))
    return replace(understood, intent=Intent.MODIFY, confidence=SURE, lines=(line,), adds=True)


_NUMBER = re.compile(r"[0-9]{5}")
"""With a number of his own it is known for whom it is."""
