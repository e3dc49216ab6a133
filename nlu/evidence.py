"""What counts as evidence for an intent, put together from what was read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from nlu.amounts import AmountKind
from nlu.chatting import without_chat
from nlu.corrections import Cue, CueKind, Quotation
from nlu.covered import Covered
from nlu.examples import MASKS
from nlu.misleading import without_misleading
from nlu.reading import Reading
from nlu.records import Event, EventKind, is_article, same_value
from nlu.signs import Signs
from nlu.sounds import heard


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read of one message, for deciding what it wants."""

    text: str
    """Normalised, whole."""
    heard: str
    """Normalised, without what only chats beside an order."""
    rest: str
    """Normalised; what was read as goods, recipients or numbers is NUL."""
    masked: str
    cues: Mapping[CueKind, tuple[Cue, ...]] = field(default_factory=dict)
    goods: int = 0
    """Names of things sold here."""
    nouns: int = 0
    unknown: int = 0
    """Names of virtual goods that are not sold here."""
    sizes: int = 0
    accounts: int = 0
    named_at: tuple[int, ...] = ()
    """Where goods and recipients stand."""
    quantities: int = 0
    regions: int = 0
    order_number: bool = False
    last_order: bool = False
    limits: int = 0
    sorts: int = 0
    payments: int = 0
    contact: bool = False
    remembered: bool = False
    renewed: bool = False
    """Somebody's number is not what it was: 老妈换号了."""
    forgotten: bool = False
    """Somebody's number shall be remembered no more."""
    quoted: bool = False
    """Goods, sizes or recipients stand between quotation marks."""
    quoted_speech: bool = False
    """A word of saying or writing introduces the quotation."""
    strangers: bool = False
    """Somebody is spoken of who makes people buy for him."""
    doubtful: bool = False
    corrected: bool = False
    contrasted: bool = False
    """Corrected, and what was taken back and what counts are both said: 不要月卡，要年卡."""
    refusals: tuple[tuple[int, int], ...] = ()
    """Where a kind or a server is named only to say that it is not wanted."""
    accounts_at: tuple[int, ...] = ()
    last_slot: int = -1
    recounted: int = -1
    """Where a count stands that is another one than that which was said before."""
    first_slot: int = -1
    """Where the first slot stands, -1 where there is none."""
    trade: bool = False
    """Whether the message speaks of buying, paying, accounts or goods at all."""
    foreign: bool = False
    """Whether it speaks of what no shop of this kind has to do with: the weather, a sum."""
    fails: bool = False
    """Goods that were bought are told to fail, in the words in which they say so: 提示已经被使用."""
    qualifiers: int = 0
    """Tiers, countries and carriers that stand by themselves."""
    units: int = 0
    """Sizes in a unit of goods: 10G, 680点券."""
    reals: int = 0
    """Goods of the real world, which no shop of this kind sells."""

    def has(self, *kinds: CueKind) -> bool:
        return not self.cues.keys().isdisjoint(kinds)

    @property
    def begins_with_no(self) -> bool:
        """Whether a misspelled no is the first that is said, and only one of what it may refuse stands behind.
        What a name took away of it is not misspelled: 不充话费了."""
        return not self.contrasted and any(
            cue.start == 0 and self.rest[: cue.end] not in ("", cue.word) and "\0" not in self.rest[: cue.end]
            for kind in (CueKind.DENY, CueKind.FORBID, CueKind.DROP)
            for cue in self.cues.get(kind, ())
        )

    @property
    def sounds_like_no(self) -> bool:
        """Whether a no was said and misspelled: 怖行, 都簿对."""
        return any(
            heard(self.rest[cue.start - 1 : cue.start]) == heard(_NOT)
            and self.rest[cue.start - 1 : cue.start] != _ALL
            for cue in self.cues.get(CueKind.CONFIRM, ())
            if cue.start
        ) or any(
            self.rest[cue.start : cue.end] not in ("", cue.word)
            for kind in (CueKind.DENY, CueKind.FORBID)
            for cue in self.cues.get(kind, ())
        )

    def order_follows(self, kind: CueKind) -> bool:
        """Whether the customer asks for something himself behind what he tells of others: 群里有人问：帮我充
        is still the other's."""
        told = max(cue.end for cue in self.cues[kind])
        return self.order_behind(told) or (kind is CueKind.ELSEWHERE and self._charged_behind(told))

    def _charged_behind(self, told: int) -> bool:
        """别家都涨了，给138…充50: nobody else has this customer's number, so that a clause which charges it is his
        own, whatever was told of other shops before."""
        ends = [match.start() for match in CLAUSE_END.finditer(self.rest, told)]
        charges = [cue.start for cue in self.cues.get(CueKind.TOPUP, ())]
        return any(
            all(any(begin < at < end for at in found) for found in (charges, self.accounts_at))
            for begin, end in pairwise((*ends, len(self.rest)))
        )

    def order_behind(self, told: int) -> bool:
        """The same of what was told until a place."""
        quoting = self.rest[told : told + 6].lstrip("写着道的 ")[:1] == ":"
        if bare := self._bare_report(told):
            told, quoting = bare, True
        ends = SENTENCE_END if quoting else CLAUSE_END
        return any(
            cue.start >= told and ends.search(self.rest, told, cue.start)
            for cue in self.cues.get(CueKind.OWN_REQUEST, ())
        )

    def _bare_report(self, told: int) -> int | None:
        """Where the words begin of what was told, if the sentence that ends here says only that something
        was: `收到一条短信。` leads to them as a colon does, and 收到停机短信 has said them."""
        end = SENTENCE_END.match(self.rest, told)
        if end is None:
            return None
        begin = max((m.end() for m in CLAUSE_END.finditer(self.rest, 0, told)), default=0)
        said = set(range(begin, told))
        for cue in self.cues.get(CueKind.REPORTED, ()):
            said.difference_update(range(cue.start, cue.end))
        return end.end() if all(self.rest[at] in _ABOUT_A_REPORT for at in said) else None

    @property
    def as_meant(self) -> str:
        """The text with the words of changing as they are written: 把A缓成B."""
        text = list(self.text)
        for cue in self.cues.get(CueKind.MODIFY, ()):
            if cue.end - cue.start == len(cue.word):
                text[cue.start : cue.end] = cue.word
        return "".join(text)

    @property
    def asks(self) -> bool:
        """Whether it is a question, by its marks or its end."""
        return "?" in self.text or _ASKS.search(self.text) is not None

    @property
    def ordering(self) -> frozenset[int]:
        """All places of the clauses in which something was read that could be ordered."""
        clauses = (match.span() for match in _CLAUSE.finditer(self.rest) if "\0" in match[0])
        return frozenset(at for start, end in clauses for at in range(start, end))

    @property
    def slots(self) -> int:
        return self.goods + self.sizes + self.accounts + self.quantities + self.regions


def evidence_of(reading: Reading, signs: Signs) -> Evidence:
    """The evidence of one reading."""

    kinds = Counter(event.kind for event in reading.events)
    slots = [event.start for event in reading.events if event.kind in _SLOTS]
    return Evidence(
        text=reading.page.text.strip(),
        heard=without_chat(reading.page.text, reading.chat).strip(" ,，。"),
        rest=reading.rest,
        masked=_masked(reading),
        cues=without_misleading(reading.page.text, _outside(reading), slots, signs),
        goods=kinds[EventKind.NAME],
        nouns=kinds[EventKind.NOUN],
        unknown=len(reading.unknown),
        sizes=kinds[EventKind.AMOUNT],
        accounts=sum(event.account is not None and not event.account.contact for event in reading.events),
        named_at=tuple(e.start for e in reading.events if e.kind in (EventKind.NAME, EventKind.ACCOUNT)),
        accounts_at=tuple(e.start for e in reading.events if e.kind is EventKind.ACCOUNT),
        quantities=kinds[EventKind.QUANTITY],
        regions=kinds[EventKind.REGION],
        order_number=reading.order_ref not in (None, "last"),
        last_order=reading.order_ref == "last",
        limits=reading.limits,
        sorts=reading.sort is not None,
        payments=reading.payment is not None,
        contact=reading.contact is not None,
        remembered=reading.remembered is not None,
        renewed=reading.remembered is not None and reading.remembered.renewed,
        forgotten=reading.remembered is not None and reading.remembered.forgotten,
        quoted=_quoted(reading),
        quoted_speech=any(_introduced(reading, quote, signs) for quote in reading.quotes),
        strangers=signs.stranger.search(reading.page.text) is not None,
        trade=signs.trade.search(reading.page.text) is not None,
        foreign=signs.foreign.search(reading.page.text) is not None,
        doubtful=any(record.doubtful or record.uncorrected for record in reading.records),
        corrected=any(event.kind in (EventKind.CORRECTION, EventKind.INSTEAD) for event in reading.events),
        contrasted=_contrasted(reading),
        refusals=reading.refusals,
        fails=CueKind.CONDITION not in reading.cues and signs.fails.search(reading.page.text) is not None,
        qualifiers=kinds[EventKind.QUALIFIER],
        units=sum(event.amount is not None and event.amount.kind in _UNITS for event in reading.events),
        last_slot=max((event.start for event in reading.events if _is_said(event)), default=-1),
        recounted=_recounted(reading),
        first_slot=min(slots, default=-1),
        reals=_real_goods(reading),
    )


CLAUSE_END = re.compile(r"[,.;!?，。；！？、\n]")
_CLAUSE = re.compile(r"[^,，。.;；!！?？\n…]+")
_ASKS = re.compile(r"[吗么不没呢嘛][\s。!！~]*$")
SENTENCE_END = re.compile(r"[.!?。！？…\n]+")
_WRONG = "错"
_NOT = "不"
_ALL = "部"
"""The end of 全部, which sounds like 不."""
_ABOUT_A_REPORT = frozenset((*"我俺刚才", *"又收到看", " "))
"""What may stand beside the words of telling: 我刚才. The 老弹 of 老弹广告 tells of something else."""
_SAYING_HEARD = frozenset(map(heard, (*"说写讲", *"问喊道")))
_UNITS = frozenset({AmountKind.SIZE, AmountKind.CURRENCY})
_SLOTS = frozenset(
    {EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT, EventKind.QUANTITY, EventKind.REGION}
)
_HEADING = re.compile(r"(?:清单|列表|名单|目录|单子)\s*(?:[:：\n]|如下)")
"""采购清单：stands over a list, and asks to see none."""
_ONCE = re.compile(r"一?(?:声|下|句)")
_OWN = frozenset(
    {
        CueKind.OWN_REQUEST,
        CueKind.POLITE,
        CueKind.ORDER,
        CueKind.FORBID,
        CueKind.TOPUP,
        CueKind.CONFIRM,
        CueKind.DENY,
    }
)


def _recounted(reading: Reading) -> int:
    counts = [event for event in reading.events if event.kind is EventKind.QUANTITY]
    anew = [event.start for event in counts if not same_value(event, counts[0])]
    return max(anew, default=-1)


def _contrasted(reading: Reading) -> bool:
    slots = [event for event in reading.events if event.kind in _SLOTS]
    for event in reading.events:
        if event.kind is EventKind.CORRECTION:
            return True
        if event.kind is EventKind.INSTEAD and not any(
            cue.start < event.end and event.start < cue.end for cue in reading.cues.get(CueKind.FORBID, ())
        ):
            behind = [slot.kind for slot in slots if slot.start > event.start]
            if len(behind) < len(slots) or behind.count(next(iter(behind), EventKind.NAME)) > 1:
                return True
    return False


def _introduced(reading: Reading, quote: Quotation, signs: Signs) -> bool:
    """Whether a word of saying leads to a quotation, also one that is misspelled: 我室友硕“…”."""
    front = reading.page.text[: quote.start].rstrip(" :,~…!。")
    misspelled = len(front) - 1 in reading.shape.left.over and heard(front[-1:]) in _SAYING_HEARD
    return front[-1:] in signs.speech or misspelled


def _outside(reading: Reading) -> Mapping[CueKind, tuple[Cue, ...]]:
    """The cues without what stands in quotation marks of the customer's own wishes: those words are
    somebody else's."""
    # The 别充 of 分别充 forbids nothing.
    apart = [(cue.start, cue.end) for cue in reading.cues.get(CueKind.RESPECTIVELY, ())]
    dropped = _dropped(reading)
    corrections = [(e.start, e.end) for e in reading.events if e.kind is EventKind.CORRECTION]
    # The 打 of 打错了 asks for nothing.
    # 别给我1G的: forbids another size than the one that is ordered.
    dropped += reading.refusals
    slips = [span for span in corrections if _WRONG in reading.page.text[span[0] : span[1]]]
    heading = _HEADING.search(reading.page.text)
    if (
        not reading.quotes
        and not corrections
        and not apart
        and not heading
        and not dropped
        and CueKind.REPORTED not in reading.cues
    ):
        return reading.cues
    elsewhere = {
        CueKind.FORBID: Covered([*dropped, *apart]),
        CueKind.REPORTED: Covered(corrections),  # 刚说 of 刚说错了 tells of nobody else's words
        CueKind.ORDER: Covered(slips),
        CueKind.SEARCH: Covered([heading.span()] if heading else ()),
    }
    kept = {
        kind: tuple(
            cue
            for cue in found
            if (kind not in _OWN or not any(q.start <= cue.start < q.end for q in reading.quotes))
            and (kind not in elsewhere or not elsewhere[kind].meets(cue.start, cue.end))
            and (kind is not CueKind.REPORTED or not _tells_me(reading, cue))
        )
        for kind, found in reading.cues.items()
    }
    return {kind: found for kind, found in kept.items() if found}


def _tells_me(reading: Reading, cue: Cue) -> bool:
    """好了跟我说一声: what is to be said to the customer, not what was."""
    return _ONCE.match(reading.page.text, cue.end) is not None


def _is_said(event: Event) -> bool:
    """Whether it is a slot, and no mere 一张 of 我好像还有一张."""
    return event.kind in _SLOTS and not (event.kind is EventKind.QUANTITY and is_article(event))


def _dropped(reading: Reading) -> list[tuple[int, int]]:
    """Where one value is refused for another: A不要了，充B forbids no purchase."""
    last = max((event.start for event in reading.events if event.kind in _SLOTS), default=-1)
    return [
        (event.start, event.end)
        for event in reading.events
        if event.kind is EventKind.CORRECTION and (event.dropping or event.end <= last)
    ]


def _real_goods(reading: Reading) -> int:
    """Goods of the real world (外卖, 机票) that are not part of anything read as sold here."""
    real = reading.cues.get(CueKind.REAL_GOODS, ())
    sold = [range(event.start, event.end) for event in reading.events if event.kind in _SLOTS] if real else []
    inside = {at for places in sold for at in places}
    return sum(cue.start not in inside for cue in real)


def _masked(reading: Reading) -> str:
    """The text with its slots masked, and without what only chats or says what is not wanted."""
    text = reading.page.text
    pieces: list[str] = []
    at = 0
    chat = [(start, end, None) for start, end in (*reading.chat, *reading.refusals)]
    for start, end, slot in sorted([*reading.masks, *chat], key=lambda mask: mask[0]):
        if start >= at:
            pieces += [text[at:start], MASKS[slot] if slot else ""]
            at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _quoted(reading: Reading) -> bool:
    """Whether what could be ordered stands, all or in part, between quotation marks."""
    return any(
        quote.start < event.start and event.end < quote.end
        for quote in reading.quotes
        for event in reading.events
        if event.kind in (EventKind.NAME, EventKind.AMOUNT, EventKind.ACCOUNT)
    )
