"""Whether a slip of the finger hides a word that turns the order around: a no, a condition, a correction.

Words of stance are known as they are written, and the worst of them by their sound, too. What is left of one
whose characters were swapped or torn apart nobody reads, and then the order stands there as if nothing had
been said against it. Only characters that nobody understood are looked at, so that talk that was understood
is never taken for a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nlu.abbreviations import in_order
from nlu.alternations import any_of
from nlu.corrections import CueKind
from nlu.lexicon import Lexicon
from nlu.mention import Closeness
from nlu.records import Event, EventKind
from nlu.said import SLOT_EVENTS, Doubt, Said, Unproven
from nlu.sounds import heard
from nlu.turns import arrows


class ProofOfSlips:
    """Looks for what is left of words of stance. Immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        turns = lexicon.words("stance.correction"), lexicon.words("stance.correction_or_drop"), (_NOT,)
        self._turns_heard = frozenset(heard(word) for listed in turns for word in listed)
        self._long_turns = tuple(turn for turn in self._turns_heard if len(turn) == _LONG)
        self._light = frozenset(lexicon.words("aside.function_characters"))
        known = (*lexicon.words("stance.heard"), *lexicon.words("stance.heard_in_front"))
        self._pairs = frozenset(word for word in known if len(word) == len("如果"))
        self._other_words = lexicon.words("proof.not_refusing_behind")  # 别扭, 别人
        self._hum = re.compile(rf"{any_of(lexicon, 'accounts.fillers')}+[ ,，]?")
        self._prices = frozenset(
            word for word in lexicon.words("stance.price") if len(word) == len("多少") and word[0] in "多几"
        )
        self._what = frozenset(map(heard, "啥什多几"))
        self._no_more = re.compile(
            rf"(?<!{any_of(lexicon, 'proof.not_refusing_front')}){any_of(lexicon, 'proof.forbidding')}$"
        )

        self._not_for_me = re.compile(
            rf"(?<!{any_of(lexicon, 'proof.not_refusing_front')})"
            rf"{any_of(lexicon, 'proof.forbidding')}{any_of(lexicon, 'stance.polite')}"
        )

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Every line, where such a word may have been said."""
        if self._sounds_like_a_turn(said) or self._torn(said):
            yield from said.all(Unproven.REFUSED)
        refused = self._not_for_me.search(said.text)
        if refused and said.clause(refused.start()) in {
            said.clause(e.start) for e in _goods(said, refused.end())
        }:
            yield from said.all(Unproven.REFUSED)
        if (
            _changes_perhaps(said)
            or _points_on(said)
            or _turns_at_a_mark(said)
            or self._asks(said)
            or self._hummed_no(said)
            or _leads_nowhere(said)
            or self._unread_no(said)
            or _heard_no(said)
        ):
            yield from said.all(Unproven.REFUSED)
        for at, record in enumerate(said.records):
            described = (*record.amounts, *record.names, *record.qualifiers, *record.regions)
            if any(self._forbidden(said, event) for event in (*record.amounts, *record.names)) or any(
                _sounds_refused(said, event) for event in described
            ):
                yield at, Unproven.REFUSED

    def _asks(self, said: Said) -> bool:
        """要多软少, 分别砂价, 是你们客服电话蚂: what is left of a question for the price, or of any other."""
        left, text = said.reading.shape.left.over, said.text
        torn = any(
            text[at - 1 : at] + text[at + 1 : at + 2] in self._prices
            for at in left
            if not any(event.start <= at - 1 < event.end for event in said.reading.events)
        )
        price = any(
            match.start() in left and heard(match["what"]) in self._what for match in _PRICE.finditer(text)
        )
        last = len(text.rstrip(" ?。!~")) - 1
        guessed = any(
            event.mention is not None and event.mention.closeness is Closeness.TYPO and event.end == last + 1
            for event in said.reading.events
        )
        asking = (
            last > 0 and (last in left or guessed) and text[last] != _MA and heard(text[last]) == heard(_MA)
        )
        return torn or price or asking

    def _unread_no(self, said: Said) -> bool:
        """不应对该是京东卡: behind a no that is a word of its own stands what nobody understood, and then what is
        ordered."""
        left = said.reading.shape.left.over
        for cue in said.reading.cues.get(CueKind.DENY, ()):
            begin, end = said.bounds(cue.start)
            unread = cue.word == _NOT and cue.end in left and not said.text[begin : cue.start].strip()
            slots = [event.start for event in said.beside(cue.start, SLOT_EVENTS)]
            if unread and any(cue.end < at < end for at in slots):
                return True
        return False

    def _hummed_no(self, said: Said) -> bool:
        """要腾讯视频年卡，不哦优酷年卡: a no and a hum, and then other goods than those in front of it."""
        names = [event for event in said.reading.events if event.kind is EventKind.NAME]
        for cue in said.reading.cues.get(CueKind.DENY, ()):
            hum = self._hum.match(said.text, cue.end) if cue.word == _NOT else None
            if hum is None:
                continue
            behind = any(name.start == hum.end() for name in names)
            if behind and any(name.end <= cue.start for name in names):
                return True
        return False

    def _sounds_like_a_turn(self, said: Said) -> bool:
        """…两张一百的，布，一张两百的: a clause of its own that nobody understood, and that sounds like a no, may
        take back what is in front of it."""
        left = said.reading.shape.left.over
        for match in _CLAUSE.finditer(said.text):
            places = range(*match.span())
            read = [at for at in places if at not in left and said.text[at] not in self._light]
            if read or left.isdisjoint(places):
                continue
            light = len(match[0]) - len(match[0].lstrip("".join(self._light)))
            sounds = [heard(match[0][at:]) for at in range(light + 1)]
            if any(sound in self._turns_heard for sound in sounds):
                return True  # 我搞魂了
            if _THEN.match(said.text, match.end()) and any(
                in_order(sound, turn) for sound in sounds for turn in self._long_turns if len(sound) > 1
            ):
                return True  # 我混了
        return False

    def _torn(self, said: Said) -> bool:
        """果如, 如下果: the characters of a word, the wrong way round or with another one between."""
        left, text = said.reading.shape.left.over, said.text
        return any(
            (at + 1 in left and text[at + 1] + text[at] in self._pairs)
            or (at + 2 in left and text[at + 1].isalpha() and text[at] + text[at + 2] in self._pairs)
            for at in left
        )

    def _forbidden(self, said: Said, event: Event) -> bool:
        """别过超100的: between 别 and a size stands what nobody understood."""
        left = said.reading.shape.left.over
        places = range(event.start - 1, max(0, event.start - 1 - _SLIPPED_MAX), -1)
        return any(
            not left.isdisjoint(range(begin, event.start))
            and _HAN.fullmatch(said.text, begin, event.start)
            and not said.text.startswith(self._other_words, begin)
            and self._no_more.search(said.text, max(0, begin - _REACH), begin)
            for begin in places
        )


_NOT = "不"
_THEN = re.compile(r"[,，。…\s]{1,2}是")
_LONG = 3
"""Of a word of so many characters two may be left after a slip."""
_MA = "吗"
_PACE_CHANGED = re.compile("[快慢][换改]|[换改][快慢]")
_CHANGE = frozenset("换改")
_LETTERS = re.compile("[a-z0-9]{3}")
_PRICE = re.compile("(?P<what>[\u4e00-\u9fff])价")
_REACH = 8
_SLIPPED_MAX = 3
_HAN = re.compile("[\u4e00-\u9fff]+")
_CLAUSE = re.compile(r"(?<![^\s,，。.;；!！?？、~…/|])[\u4e00-\u9fff]{1,6}(?![^\s,，。.;；!！?？、~…/|])")


def _sounds_refused(said: Said, event: Event) -> bool:
    """捕是普通那种: what a misspelled no stands right in front of."""
    return any(
        0 <= event.start - cue.end <= 1 and said.text[cue.start : cue.end] != cue.word
        for kind in (CueKind.INSTEAD, CueKind.DENY, CueKind.FORBID)
        for cue in said.reading.cues.get(kind, ())
    )


def _heard_no(said: Said) -> bool:
    """不腰充到艾欧尼亚: what stands behind a misspelled no in its clause is perhaps refused, and no correction."""
    return any(
        event.kind in (EventKind.INSTEAD, EventKind.REJECTS)
        and any(
            cue.start == event.start and said.text[cue.start : cue.end] != cue.word
            for cue in said.reading.cues.get(CueKind.INSTEAD, ())
        )
        and any(other.start >= event.end for other in said.beside(event.start, SLOT_EVENTS))
        for event in said.reading.events
    )


def _changes_perhaps(said: Said) -> bool:
    """…，快换充的: behind the goods stands a word of changing, and nobody understood to what."""
    left = said.reading.shape.left.over
    first = min((event.start for event in said.reading.events if event.kind in SLOT_EVENTS), default=0)
    torn = (
        match.start()
        for match in _PACE_CHANGED.finditer(said.text, first)
        if not said.beside(match.start(), SLOT_EVENTS)
    )
    return any(at > first and said.text[at] in _CHANGE for at in left) or any(torn)


def _points_on(said: Said) -> bool:
    """优酷年卡 → 爱奇艺年卡: to the one instead of the other, or both?"""
    slots = [event for event in said.reading.events if event.kind in SLOT_EVENTS]
    turns = {e.start for e in said.reading.events if e.kind is EventKind.CORRECTION}
    return any(match.start() not in turns for match in arrows(said.text, slots))


def _turns_at_a_mark(said: Said) -> bool:
    """Windows 10…不是/我看了下: a no in front of a mark that lists refuses nothing that is listed behind it."""
    return any(
        turn.kind in (EventKind.INSTEAD, EventKind.REJECTS)
        and join.kind is EventKind.JOIN
        and join.start == turn.end
        for turn, join in pairwise(said.reading.events)
    )


def _leads_nowhere(said: Said) -> bool:
    """A@qq.com 或者 c.d~@qq.com: of two things between which the customer leaves the choice the second was not read."""
    last = max((event.start for event in said.reading.events if event.kind in SLOT_EVENTS), default=0)
    return any(
        event.kind is EventKind.OR and event.start > last and _LETTERS.search(said.text, event.end)
        for event in said.reading.events
    )


def _goods(said: Said, behind: int) -> Iterator[Event]:
    """What is ordered behind a place, and nothing in front of it: behind goods 别给我慢充 refuses but a kind."""
    found = [event for event in said.reading.events if event.kind in SLOT_EVENTS]
    if found and found[0].start >= behind and found[0].kind is not EventKind.QUALIFIER:
        yield from found[:1]
