"""A lesson is examined before it is accepted: it must work, and change nothing that is understood today.

Everything known is read twice, with the words as they are and with the lesson added. Where the two
differ the lesson is refused, and the difference is told. Pure: the shop's database is elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.learning.known import SLOT, Filled, KnownText, known_texts, slots_of
from bot.learning.meaning import products_of, signature, told
from bot.learning.words import Lesson, LessonKind, meaning_of, subject_of
from bot.reading import Reader, Readers
from nlu.masking import harmless
from nlu.normalise import plain
from nlu.parser import Parser
from nlu.understanding import Intent, ProblemCode, Understanding
from orders.catalog import Catalog, Product
from orders.policy import ReadingPolicy

CHANGES_TOLD_MAX = 5
_INVISIBLE = "write words: letters and characters, nothing invisible, no braces around what is no slot"
ALIAS_LENGTH_MAX = 20
PHRASE_LENGTH_MAX = 80

FORWARD = frozenset({Intent.ORDER, Intent.CONFIRM, Intent.PAY, Intent.REORDER, Intent.PROVIDE, Intent.MODIFY})
"""Meanings after which something is bought; what says no may never be taught to say these."""

SAYS_NO = frozenset({Intent.CANCEL, Intent.DENY, Intent.REFUND})


_FREE = frozenset({Intent.OUT_OF_SCOPE, Intent.ORDER, Intent.PROVIDE})
"""What a word may be taken for that means nothing yet: something is wanted, and nobody knows what."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The lesson as it is written down, what is to be said about it, and how many texts were tried."""

    lesson: Lesson
    notes: tuple[str, ...]
    tried: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why, in sentences that say what to do."""

    reasons: tuple[str, ...]


Verdict = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Examiner:
    """Examines lessons against one catalog and one version of the shop's words."""

    readers: Readers
    policy: ReadingPolicy

    def examine(self, lesson: Lesson, before: Reader) -> Verdict:
        """`before`: the reader of today, without the lesson."""
        if lesson.kind is LessonKind.ALIAS:
            lesson = replace(lesson, words=plain(lesson.words).strip())
            return self._alias(lesson, before)
        return self._phrase(lesson, before)

    def _alias(self, lesson: Lesson, before: Reader) -> Verdict:
        product = before.catalog.product(lesson.subject)
        if product is None:
            return Refused((_no_such_product(lesson.subject, before.catalog),))
        if trouble := _ill_formed(lesson.words, ALIAS_LENGTH_MAX) or self._means_already(
            lesson, product, before
        ):
            return Refused((trouble,))
        after = self._with(lesson, before)
        notes = _effect(lesson.words, product, after.parser)
        if isinstance(notes, Refused):
            return notes
        return self._changing_nothing(lesson, before, after, notes)

    def _means_already(self, lesson: Lesson, product: Product, before: Reader) -> str:
        """What the words mean today, where they are not free."""
        words, parser = lesson.words, before.parser
        for one in before.words.taught:
            if one.lesson.kind is LessonKind.ALIAS and plain(one.lesson.words) == words:
                if one.lesson.subject == product.product_id:
                    return f"{words} was taught for {product.product_id} already (lesson {one.number})"
                return (
                    f"{words} was taught for {one.lesson.subject} (lesson {one.number}), and one name for two"
                    f" products would only make the bot ask; `xiadan teach forget {one.number}` frees it"
                )
        if words in map(plain, (product.name, *product.aliases)):
            return f"{words} is a name of {product.product_id} in the catalog already"
        if all(
            products_of(parser.understand(text)) == {product.product_id} for text in _said(words, product)
        ):
            return f"{words} is understood as {product.product_id} already"
        understood = parser.understand(words)
        if any(problem.code is ProblemCode.PRODUCT_UNKNOWN for problem in understood.problems):
            return (
                f"{words} is known as a good that this shop does not sell; if {product.product_id} is that"
                " good, write the name into its aliases in the catalog file"
            )
        if words in frozenset(self.readers.lexicon.vocabulary()):
            return (
                f"{words} is a word of the trade with a meaning of its own (data/lexicon); as a name it would"
                " be lost, or misread where it is meant as that word"
            )
        nothing = signature(replace(understood, intent=Intent.OUT_OF_SCOPE), self.policy)
        if nothing != signature(
            Understanding(words, Intent.OUT_OF_SCOPE, understood.confidence), self.policy
        ):
            return f"{words} means something already: {told(understood)}"
        if understood.intent not in _FREE and understood.confidence >= self.policy.sure_at:
            return f"{words} means something already: {told(understood)}"
        return ""

    def _phrase(self, lesson: Lesson, before: Reader) -> Verdict:
        try:
            intent, topic = meaning_of(lesson.subject)
        except ValueError:
            return Refused(
                (f"{lesson.subject} is no intent; use one of {', '.join(_subjects(before.parser))}",)
            )
        if lesson.subject not in _subjects(before.parser):
            return Refused(
                (f"{lesson.subject} is not asked of any shop; use one of {_topics(before.parser)}",)
            )
        phrase = lesson.words
        if not slots_of(phrase) and "{" not in phrase:
            phrase = before.parser.masked(phrase).phrase
        if bad := slots_of(phrase):
            return Refused((f"{{{bad[0]}}} stands for something of one customer's own; leave it out",))
        lesson = replace(lesson, words=plain(phrase).strip())
        bare = "".join(part for part in _without_slots(lesson.words) if part.isalnum())
        if not lesson.words.isprintable():
            return Refused((_INVISIBLE,))
        if len(lesson.words) > PHRASE_LENGTH_MAX or sum(map(str.isalpha, bare)) < 2:
            return Refused((f"an example phrase has 2 to {PHRASE_LENGTH_MAX} characters beside its slots",))
        text = Filled(before.catalog, before.parser.lexicon).phrase(lesson.words)
        was = before.parser.understand(text)
        same = (was.intent, was.topic if intent is Intent.FAQ else None) == (intent, topic)
        if same and was.confidence >= self.policy.sure_at:
            return Refused((f"{lesson.words} is understood as {lesson.subject} already",))
        if was.intent in SAYS_NO and intent in FORWARD:
            return Refused((f"{lesson.words} says no ({was.intent}); it is never to be read as {intent}",))
        after = self._with(lesson, before)
        understood = after.parser.understand(text)
        if (understood.intent, understood.topic if intent is Intent.FAQ else None) != (intent, topic):
            return Refused(
                (
                    f"{lesson.words} would still be understood as {subject_of(understood.intent, understood.topic)}:"
                    " words in it decide before examples are asked",
                )
            )
        if said_no := next(_denied(text, intent, before.parser, after.parser), None):
            return Refused((f"then {said_no} would be read as {intent}, and it says no",))
        note = f"until now it was understood as {told(was)}"
        return self._changing_nothing(lesson, before, after, (note,))

    def _with(self, lesson: Lesson, before: Reader) -> Reader:
        words = before.words.trying(lesson)
        return self.readers.compiled(before.catalog, words)

    def _changing_nothing(
        self, lesson: Lesson, before: Reader, after: Reader, notes: tuple[str, ...]
    ) -> Verdict:
        changed: list[str] = []
        tried: dict[str, KnownText] = {}
        trade = lesson.kind is LessonKind.ALIAS
        lexicon = self.readers.lexicon
        for known in known_texts(before.catalog, lexicon, before.words, lesson.words, trade=trade):
            if known.text in tried or not known.text:
                continue
            tried[known.text] = known
            was, now = before.parser.understand(known.text), after.parser.understand(known.text)
            if signature(was, self.policy) == signature(now, self.policy) or _put_right(known, now):
                continue
            changed.append(f"{known.text} ({known.origin}) would change from {told(was)} to {told(now)}")
        if not changed:
            return Accepted(lesson, notes, len(tried))
        more = len(changed) - CHANGES_TOLD_MAX
        return Refused((*changed[:CHANGES_TOLD_MAX], *((f"and {more} more",) if more > 0 else ())))


def _no_such_product(subject: str, catalog: Catalog) -> str:
    wanted = plain(subject)
    near = [one.product_id for one in catalog.products if wanted and wanted in plain(one.name)]
    near += [one.product_id for one in catalog.products if wanted and one.product_id.startswith(wanted[:3])]
    meant = f"; perhaps {', '.join(dict.fromkeys(near[:5]))}" if near else ""
    return f"there is no product {subject} on sale{meant}"


def _ill_formed(words: str, length_max: int) -> str:
    if words != harmless(words) or not words:
        return _INVISIBLE
    if len(words) > length_max:
        return f"{words[:length_max]}… is longer than {length_max} characters"
    if not any(character.isalpha() for character in words):
        return f"{words} holds no word; numbers are never names"
    if len(words) == 1 and words.isascii():
        return f"{words} is a single letter, which stands for too much"
    return ""


def _said(words: str, product: Product) -> tuple[str, ...]:
    """How customers would use the name."""
    sizes = [sku.variant for sku in product.skus[:3]]
    return (
        words,
        f"充{words}",
        *(f"{words}{size}" for size in sizes),
        *(f"充{words} {size}" for size in sizes),
    )


def _effect(words: str, product: Product, after: Parser) -> tuple[str, ...] | Refused:
    """What the name is good for once it is known."""
    meant = {text: products_of(after.understand(text)) for text in _said(words, product)}
    only = {product.product_id}
    others = {text: found for text, found in meant.items() if found and found != only}
    if others:
        text, found = next(iter(others.items()))
        return Refused((f"{text} would mean {', '.join(sorted(found))}, not {product.product_id} alone",))
    if not any(found == only for found in meant.values()):
        return Refused((f"{words} would not be found in what customers say: it is too short or too common",))
    if meant[words] != only:
        return (f"{words} is taken for {product.product_id} where a size stands beside it",)
    return ()


def _denied(text: str, intent: Intent, before: Parser, after: Parser) -> Iterator[str]:
    """The phrase with a no in front of it or behind, where that would now be read as a yes to it."""
    if intent not in FORWARD:
        return
    words = before.lexicon.words
    fronts = (*words("stance.deny"), *words("stance.forbid"))
    for said in dict.fromkeys(
        f"{front}{text}" for front in fronts if front.isalpha() and not front.isascii()
    ):
        if after.understand(said).intent in FORWARD and before.understand(said).intent not in FORWARD:
            yield said


def _put_right(known: KnownText, now: Understanding) -> bool:
    """Whether what changed is now understood as its file says."""
    return known.subject is not None and subject_of(now.intent, now.topic) == known.subject


def _subjects(parser: Parser) -> tuple[str, ...]:
    return tuple(dict.fromkeys(subject_of(one.intent, one.topic) for one in parser.lexicon.intents))


def _topics(parser: Parser) -> str:
    return ", ".join(subject for subject in _subjects(parser) if "." in subject)


def _without_slots(phrase: str) -> str:
    return SLOT.sub("", phrase)
