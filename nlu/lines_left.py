"""What is left of an order of several lines after a message takes some away.

`天猫卡去掉，只要京东那8张` says a clause each what goes, what stays and what becomes of it. All of it is
understood, or none of it: a line that was taken away and sold after all is a wrong order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum, auto
from functools import cache

from nlu.alternations import either, repeatable
from nlu.contacts import people_pattern
from nlu.lexicon import Lexicon
from nlu.lines_meant import LinesMeant
from nlu.places import MARKS, SURE
from nlu.several import SeveralLines
from nlu.understanding import Expectation, Intent, LineInHand, SpokenLine, Understanding
from nlu.which_line import Read, WhichLine

_CLAUSES = re.compile(r"[\s,，。.;；!！、]+")
_IDLE = frozenset({Intent.THANKS, Intent.GREET, Intent.CONFIRM})
"""What a clause may say beside that without changing anything: 谢谢, 麻烦了, 好的."""


class _Says(Enum):
    """What a clause does to the lines in hand."""

    STAYS = auto()
    GOES = auto()
    NOBODY_GOES = auto()
    CHANGES = auto()
    COMES = auto()
    SENT_ELSEWHERE = auto()
    NOTHING = auto()
    UNKNOWN = auto()


class LinesLeft:
    """Finds which lines in hand go, and what those that stay become. Immutable."""

    def __init__(self, lines: LinesMeant, which: WhichLine, several: SeveralLines, lexicon: Lexicon) -> None:
        self._lines, self._which, self._several = lines, which, several
        passes_on, now = (either(lexicon.words(f"several.{name}")) for name in ("passes_on", "just_now"))
        self._passed_on = re.compile(
            rf"(?:我们|我|俺|咱)?{people_pattern(lexicon)}(?:{now})?(?:{passes_on})了?[,，:：\s]*"
        )
        self._gone = re.compile(rf"(?:{either(lexicon.words('answers.drop_behind'))})(?:(?<=了)|[了啦吧])")
        self._nobody_named = re.compile(
            rf"(?:他|她|它|人家)(?:{now})?(?:{either(lexicon.words('answers.drop_behind'))})[了啦吧]?"
        )
        self._has_it = _has_it(lexicon)
        self._more = re.compile(rf"(?:{either(lexicon.words('several.more'))})")

    def read(
        self, text: str, understood: Understanding, asked: Expectation, read: Read
    ) -> Understanding | None:
        """`understood` with what goes and what stays; None where nothing is taken away. Where that is said and
        not all of the rest is clear, nothing is changed: what is meant is asked."""
        read = cache(read)  # each clause is held against several meanings
        passed_on = self._passed_on.match(text)
        text = text[passed_on.end() :] if passed_on else text
        if understood.intent is Intent.CANCEL and self._has_it.fullmatch(text):
            return _changed_to(understood, ())  # 她自己买了: whose line goes is asked
        alone = self._kept(text, asked, read)
        if alone:
            return _changed_to(understood, _all_but((alone,), asked))
        heard = self._heard(text, asked, read)
        kept, gone = _of(heard, _Says.STAYS), _of(heard, _Says.GOES)
        elsewhere = _of(heard, _Says.SENT_ELSEWHERE)
        unknown = any(said is _Says.UNKNOWN for said, _ in heard)
        if len(kept) == len(elsewhere) == 1 and not unknown:
            # 只要京东的，号码137…: the number is of the one that stays.
            kept = (replace(kept[0], account=elsewhere[0].account, account_kind=elsewhere[0].account_kind),)
            elsewhere = ()
        if len(gone) == len(elsewhere) == 1 and not unknown:
            # 第一个号不要了，换成137…: only its recipient was given up.
            return _changed_to(understood, (replace(elsewhere[0], position=gone[0].position),))
        if any(said is _Says.NOBODY_GOES for said, _ in heard):
            return _changed_to(understood, (SpokenLine(dropped=True),))  # which one is asked
        gone = tuple({line.position: line for line in gone}.values())
        staying = (*kept, *_of(heard, _Says.CHANGES))
        if not (kept or gone):
            return None
        contradicts = {line.position for line in staying} & {line.position for line in gone}
        if contradicts or elsewhere or unknown:
            return _changed_to(understood, ()) if gone else None
        left = _all_but(staying, asked) if kept else (*gone, *_saying_more(staying))
        return _changed_to(understood, (*left, *_of(heard, _Says.COMES)))

    def _heard(self, text: str, asked: Expectation, read: Read) -> list[tuple[_Says, tuple[SpokenLine, ...]]]:
        """What each clause says: `充另外两个` leaves out what was named before, or else what was refused."""
        refused = {at for at, hand in enumerate(asked.lines) if hand.account_begun is not None}
        gone = refused if len(refused) == 1 else set()
        heard: list[tuple[_Says, tuple[SpokenLine, ...]]] = []
        for clause in self._clauses(text):
            named = {line.position for line in _of(heard, _Says.GOES) if line.position is not None} or gone
            if not (named and self._several.others_stay(clause, len(named), asked.lines)):
                named = self._lines.wrong_dropped(clause, asked)
            if named:
                heard.append(
                    (_Says.GOES, tuple(SpokenLine(position=at, dropped=True) for at in sorted(named)))
                )
            else:
                heard.append(self._clause(clause, asked, read))
        return heard

    def _clauses(self, text: str) -> Iterator[str]:
        """Each by itself: `京东卡不要了天猫卡改成3张` are two."""
        told = self._gone.sub(lambda word: word[0] + ",", text)
        return filter(None, (piece.strip(MARKS) for piece in _CLAUSES.split(told)))

    def _clause(self, clause: str, asked: Expectation, read: Read) -> tuple[_Says, tuple[SpokenLine, ...]]:
        if self._nobody_named.fullmatch(clause) or self._has_it.fullmatch(clause):
            return _Says.NOTHING, ()  # 他不用充了, 她自己买了: who that is, another clause says
        if line := self._kept(clause, asked, read):
            return _Says.STAYS, (line,)
        if line := self._lines.dropped(clause, asked, read):
            return _Says.GOES, (line,)
        if self._lines.drops_nobody(clause, asked):
            return _Says.NOBODY_GOES, ()
        said = read(clause)
        if not self._more.match(clause) and (line := self._changed(clause, asked, read)):
            return _Says.CHANGES, (line,)
        refused = said.problems or any(line.problems for line in said.lines)
        if said.lines and not refused and all(line.product for line in said.lines):
            return _Says.COMES, said.lines
        if len(said.lines) == 1 and not refused and said.lines[0].account is not None:
            return _Says.SENT_ELSEWHERE, said.lines
        idle = said.intent in _IDLE and not said.lines and not said.problems
        return (_Says.NOTHING if idle else _Says.UNKNOWN), ()

    def _kept(self, clause: str, asked: Expectation, read: Read) -> SpokenLine | None:
        """`只要京东那8张`: the line that stays, with how many of it."""
        words = self._several.kept(clause)
        return self._changed(words.strip(MARKS), asked, read) if words else None

    def _changed(self, clause: str, asked: Expectation, read: Read) -> SpokenLine | None:
        """`京东的3张就好`, `第一个改成100`: the line that is meant, and what becomes of it."""
        place, behind = self._which.pointed_at(clause, asked) or (None, clause)
        pointed = place is not None
        place = place if pointed else self._which.named(clause, asked, read)
        if place is None:
            return None
        said = read(behind).lines if behind.strip(MARKS) else ()
        if len(said) != 1:
            return SpokenLine(position=place)
        line, hand = said[0], asked.lines[place]
        if not pointed and self._which.of_size(line, asked) == place:
            line = replace(line, measure=None, sku_options=())
        return _change(line, hand, place)


def _has_it(lexicon: Lexicon) -> re.Pattern[str]:
    """Why a line goes, and no more than that: 她自己买了, 他说他还有会员. What is done is done: 她也要充 is no reason."""
    words = {name: either(lexicon.words(f"several.{name}")) for name in _HAS_IT}
    already, ends = (repeatable(lexicon.words(f"several.has_it_{name}")) for name in ("already", "ends"))
    who = rf"(?:{words['has_it_who']}|我?{people_pattern(lexicon)})"
    done = rf"(?:{words['has_it_done']})(?:过|好|完|到|上)?了|(?:{words['has_it_done']})过"
    himself = rf"(?:自己|自个儿?)(?:会|去)?(?:{words['has_it_done']})"
    return re.compile(
        rf"(?:{words['has_it_front']})?{who}?(?:(?:{words['has_it_says']})了?{who}?)?(?:{already})*?"
        rf"(?:{done}|{himself}|{words['has_it']})(?:{ends})*+"
    )


_HAS_IT = (
    "has_it_front",
    "has_it_who",
    "has_it_says",
    "has_it_done",
    "has_it",
)


def _change(said: SpokenLine, hand: LineInHand, place: int) -> SpokenLine | None:
    """What was said of a line in hand without what only tells which it is; None where it is refused."""
    if said.problems:
        return None
    same_size = said.sku is not None and said.sku.value == hand.sku_id
    return replace(
        said,
        position=place,
        product=None,
        product_options=(),
        sku=None if same_size else said.sku,
        sku_options=() if same_size or said.measure is None else said.sku_options,
        measure=None if same_size else said.measure,
        account=None if said.account is None or said.account.value == hand.account else said.account,
        account_kind=None if said.account is None else said.account_kind,
        region=None if said.region is None or said.region.value == hand.region else said.region,
    )


def _of(heard: Iterable[tuple[_Says, tuple[SpokenLine, ...]]], kind: _Says) -> tuple[SpokenLine, ...]:
    return tuple(line for said, lines in heard if said is kind for line in lines)


def _changed_to(understood: Understanding, lines: tuple[SpokenLine, ...]) -> Understanding:
    return replace(understood, intent=Intent.MODIFY, confidence=SURE, lines=lines, problems=(), contact=None)


def _all_but(staying: Iterable[SpokenLine], asked: Expectation) -> tuple[SpokenLine, ...]:
    staying = tuple(staying)
    places = {line.position for line in staying}
    gone = (SpokenLine(position=at, dropped=True) for at in range(len(asked.lines)) if at not in places)
    return (*gone, *_saying_more(staying))


def _saying_more(lines: Iterable[SpokenLine]) -> Iterable[SpokenLine]:
    """Those that change anything."""
    return (
        line
        for line in lines
        if line.quantity or line.quantity_change or line.sku or line.measure or line.account or line.region
    )
