"""What nobody understood, and where it stands in the way of an order.

A misspelled name leaves a scrap: 奇艺月卡 beside 腾讯视频月卡, 慢话费 for 慢充话费. Taking the goods of
the neighbour or the plain sibling would then be a wrong order that looks right. So scraps in such
places put the line in doubt, and the customer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from ahocorasick_rs import AhoCorasick, MatchKind

from nlu.alternations import any_of
from nlu.amounts import AmountKind
from nlu.corrections import Cue, CueKind
from nlu.lexicon import Lexicon
from nlu.records import Event, EventKind, Record
from nlu.signs import Signs
from nlu.understanding import Slot

SCRAP_LENGTH_MIN = 2


_NAME_LENGTH_MAX = 8


@dataclass(frozen=True, slots=True)
class Left:
    """Offsets of the characters that nobody understood; of those, the ones that may be a name."""

    over: frozenset[int] = frozenset()
    nameable: frozenset[int] = frozenset()

    def without(self, known: Set[int]) -> Left:
        """The same where some of it was understood after all."""
        return Left(self.over - known, self.nameable - known) if known else self


NOTHING_LEFT = Left()


class Leftovers:
    """Finds the characters of a message that say something and were read by nobody."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.function_characters = frozenset(lexicon.words("aside.function_characters"))
        self.spoken_to = (
            *lexicon.words("contacts.people"),
            *lexicon.words("contacts.called_upon"),
            *lexicon.words("aside.talk"),
        )
        """Words behind which a name begins anew."""
        begun, over = (any_of(lexicon, f"aside.{name}") for name in ("begun", "over"))
        self.begun = re.compile(rf"(?P<over>{over})?(?:{begun})$")
        """Behind these, too: 刚入坑鸣潮. Not 退坑鸣潮."""
        words = (
            *lexicon.words("contacts.people"),
            *lexicon.words("contacts.called_upon"),
            *lexicon.words("aside.talk"),
            *lexicon.words("names.server_leads"),
        )
        words = tuple(word for word in words if len(word) > 1)
        kin = any_of(lexicon, "contacts.kin_roots")
        self._kin = re.compile(rf"(?<=[我俺咱他她你您给帮])(?:{kin})(?:[那这][台部个张]|的)?")
        """我妈那台: whose it is."""
        self._chatter = frozenset(lexicon.words("taking_back.chatter"))
        self._words = AhoCorasick(list(dict.fromkeys(words)), matchkind=MatchKind.LeftmostLongest)

    def of(
        self, text: str, rest: str, events: Iterable[Event], cues: Mapping[CueKind, Sequence[Cue]],
        disbelieved: Iterable[tuple[int, int]] = (), told: Iterable[tuple[int, int]] = (),
    ) -> Left:  # fmt: skip
        """The Chinese characters that are left over. `rest` has NUL for what is read; `disbelieved` are
        names that were read and then not believed, `told` numbers that are no part of the order."""
        taken = bytearray(character == "\0" for character in rest) + b"\0"
        for start, end in disbelieved:
            taken[start:end] = bytes(end - start)
        for start, end in (*told, *((event.start, event.end) for event in events)):
            taken[start:end] = b"\x01" * (end - start)
        for found in cues.values():
            for cue in found:
                taken[cue.start : cue.end] = b"\x01" * (cue.end - cue.start)
        for event in events:
            if event.account is not None and event.account.label is not None:
                start, end = event.account.label
                taken[start:end] = b"\x01" * (end - start)
        for relative in self._kin.finditer(text):
            taken[slice(*relative.span())] = b"\x02" * (relative.end() - relative.start())
        for _, start, end in self._words.find_matches_as_indexes(text):
            taken[start:end] = b"\x02" * (end - start)
        left = frozenset(
            at
            for at, character in enumerate(text)
            if not taken[at]
            and "\u4e00" <= character <= "\u9fff"
            and character not in self.function_characters
        )
        return Left(left, frozenset(self._nameable(text, taken, left)))

    def _nameable(self, text: str, taken: bytearray, left: frozenset[int]) -> Iterator[int]:
        """Where a run of left over characters may be a name: nothing of ordinary talk stands beside it
        in its clause. 优库 of `不对，优库，139…` may be one, 末位 or 这个月手头紧 is none."""
        clause: list[int] = []
        for at, character in enumerate(f"{text},"):
            if taken[at] != 1 and "\u4e00" <= character <= "\u9fff":
                clause.append(at)
                continue
            if 1 < len(clause) <= _NAME_LENGTH_MAX:
                run = [place for place in clause if place in left]
                beside = any(other - place == 1 for place, other in pairwise(run))
                if beside and not any(taken[place] == 2 or text[place] in self._chatter for place in clause):
                    yield from run
            clause = []


def put_in_doubt(records: Sequence[Record], spare: Left, text: str, signs: Signs) -> None:
    """Mark the records whose goods may be a misreading because of a scrap beside them."""
    left, nameable = spare.over, spare.nameable
    mixed = len({record.name.text for record in records if record.name is not None}) > 1
    for record in records:
        whole = not record.corrected and any(e.mention and not e.mention.partial for e in record.names[:1])
        if not whole and any(_grows_on(event, left) for event in record.names):
            record.doubtful = True
        takes_over = Slot.PRODUCT in record.inherited and Slot.VARIANT not in record.inherited
        sizing = list(_sizing(record, mixed or record.corrected or takes_over))
        least = 1 if mixed or record.corrected or takes_over else SCRAP_LENGTH_MIN
        if any(_scrap_before(event, left, least) and not _named_before(record, event) for event in sizing):
            record.doubtful = True
        if record.corrected and not record.renamed and _renamed_perhaps(record, nameable):
            record.doubtful = True
        thin = record.name is None or record.name.thin
        least = 1 if record.name is None else SCRAP_LENGTH_MIN
        if thin and any(_scrap_before(event, left, least) for event in record.amounts):
            record.doubtful = True
        sole = Slot.PRODUCT in record.inherited and not record.amounts and record.counted is False
        if (
            sole
            and record.quantity is not None
            and record.accounts
            and _scrap_before(record.quantity, left, 1, 3)
        ):
            # 大杯券两张给A，中钡券一张给B: perhaps another variant.
            record.doubtful = True
        listed = mixed or _source_is_below(record, text)
        if listed and Slot.PRODUCT in record.inherited and not left.isdisjoint(_line_around(record, text)):
            # A row of a list whose own goods nobody understood takes no other row's.
            record.doubtful = True
        if Slot.PRODUCT in record.inherited and record.qualifiers and _tier_lost(record, left):
            record.doubtful = True
        if any(
            text[at] in signs.counts
            for at in range(record.start, min(len(text), record.end + 3))
            if at in left
        ):
            # 三章: somebody counted something, and how many of what is not known.
            record.doubtful = True
        if any(_before_pauses(text, event.start, signs.pauses) - 1 in left for event in record.regions):
            record.regions = []
        if (
            Slot.REGION in record.inherited
            and record.accounts
            and (
                sum(at in left for at in range(record.accounts[0].start - 8, record.accounts[0].start))
                > (0 if "\n" in text else 1)
                # 天 A，世界树 B
                or len(text[: record.accounts[0].start].rstrip()) - 1 in left
            )
        ):
            record.regions = []


def _tier_lost(record: Record, left: frozenset[int]) -> bool:
    """中你券一张 behind 大杯券两张: a tier of its own was said, and nobody understood it."""
    inherited = all(event.start < record.start for event in record.qualifiers)
    return inherited and any(at in left for at in range(record.start - 4, record.end))


def _source_is_below(record: Record, text: str) -> bool:
    """京的卡 100 2 above 星巴克 50 3: the goods of the row below are its own."""
    return bool(record.names and record.amounts) and "\n" in text[record.end : record.names[0].start]


def _grows_on(name: Event, left: frozenset[int]) -> bool:
    """Whether only a part of a brand was read, and characters that nobody understood stand right beside
    it: 钟苓 of 钟苓岚 is another brand."""
    mention = name.mention
    if mention is None or not mention.partial:
        return False
    return mention.end in left or (mention.tail and mention.start - 1 in left)


def _before_pauses(text: str, end: int, pauses: frozenset[str]) -> int:
    """Where the sounds of thinking in front of `end` begin: they may part 东南 from 亚服."""
    while end and (
        text[end - 1] in pauses
        or not (text[end - 1].isalnum() or text[end - 1].isspace() or text[end - 1] in _PARTING)
    ):
        end -= 1
    return end


_PARTING = frozenset("_,，。;、()-")


def _line_around(record: Record, text: str) -> range:
    """The offsets of the line of text in which a record begins."""
    end = text.find("\n", record.start)
    return range(text.rfind("\n", 0, record.start) + 1, end if end >= 0 else len(text))


def _renamed_perhaps(record: Record, nameable: frozenset[int]) -> bool:
    """Whether behind the correction stands what may be other goods that nobody understood."""
    return any(at in nameable for at in range(record.corrected_from, record.end + 6))


def scraps(record: Record, left: frozenset[int], text: str) -> str:
    """The left over characters right beside the name of a record, or beside its sizes if it has none."""
    beside = [*record.names, *record.amounts] if record.corrected else record.names or record.amounts
    places = [(event.start, event.end) for event in beside]
    return "".join(
        text[at]
        for start, end in (*places, *record.borrowed)
        for at in (*_before(text, start), *range(end, _scraps_end(text, end, left)))
        if at in left
    )


def beside(record: Record, left: frozenset[int], text: str) -> str:
    """The left over characters of the two in front of the record's name and of the two behind it."""
    places: list[int] = []
    for name in record.names:
        for at, step in ((name.start - 1, -1), (name.end, 1)):
            for place in (at, at + step):
                if not ("\u4e00" <= text[place : place + 1] <= "\u9fff"):
                    break
                places.append(place)
    return "".join(text[place] for place in places if place in left)


def _before(text: str, start: int) -> range:
    """The three places in front of a name, none of another clause."""
    first = start
    while first > max(0, start - 3) and text[first - 1] not in _CLAUSE_ENDS:
        first -= 1
    return range(first, start)


_CLAUSE_ENDS = frozenset(",，。;；!！?？\n")


def _scraps_end(text: str, end: int, left: frozenset[int]) -> int:
    """How far scraps behind a name reach: over what is no word, 爱奇艺😂白金, as far as they go on."""
    at = end
    while at < len(text) and at < end + 8 and (at < end + 3 or at in left or not text[at].isalnum()):
        at += 1
    return at


def _sizing(record: Record, all_amounts: bool) -> Iterable[Event]:
    for event in record.amounts:
        if all_amounts or (
            event.amount is not None and event.amount.kind in (AmountKind.PERIOD, AmountKind.SIZE)
        ):
            yield event
    name = record.names[0].start if record.names else 0
    yield from (noun for noun in record.nouns if noun.end >= name)  # 老提示激活，Windows…: said before
    yield from record.qualifiers


def _named_before(record: Record, event: Event) -> bool:
    """Whether the record's own name stands in front of the event, so that the scrap is only beside it."""
    return any(name.kind is EventKind.NAME and name.start < event.start for name in record.names) and (
        Slot.PRODUCT not in record.inherited and not record.corrected
    )


def _scrap_before(event: Event, left: frozenset[int], least: int, reach: int = 1) -> bool:
    for end in range(event.start - 1, event.start - 1 - reach, -1):
        length = 0
        while end - length in left:
            length += 1
        if length >= least:
            return True
    return False
