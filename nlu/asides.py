"""Numbers of what is only told: 打了8年, 我们2个合伙人共用. They must never become a size or a quantity."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, TypeVar

from nlu.accounts import Account
from nlu.amounts import Amount, AmountKind
from nlu.clauses import Clauses
from nlu.corrections import Cue, CueKind
from nlu.in_front import in_front
from nlu.mention import Mention, MentionKind
from nlu.page import Mark
from nlu.quantities import Quantity
from nlu.signs import Signs

_UNREAD_MIN = 2
"""Fewer characters beside a count are a slip of the reader's own: 一张就够."""

_START = attrgetter("start")
_M = TypeVar("_M", Amount, Quantity)


class Asides:
    """The clauses of a message: which of them order something, and which only tell."""

    def __init__(
        self, text: str, rest: str, mentions: Sequence[Mention], recipients: Sequence[Mark[Account]],
        cues: Mapping[CueKind, tuple[Cue, ...]], numbers: Iterable[tuple[int, int]], signs: Signs,
        function: frozenset[str], counts_of_life: frozenset[str],
    ) -> None:  # fmt: skip
        """`rest` has NUL for what was read; `function` are characters that say nothing, `counts_of_life`
        measure words by which virtual goods are seldom counted."""
        self._text, self._signs, self._function = text, signs, function
        self._counts_of_life = counts_of_life
        unread = bytearray(character != "\0" for character in rest)
        numbers = tuple(numbers)
        self._numbers = [start for start, _ in numbers]
        words = [(cue.start, cue.end) for kind in cues.values() for cue in kind]
        for start, end in (*words, *numbers, *((mention.start, mention.end) for mention in mentions)):
            unread[start:end] = bytes(end - start)
        self._unread = unread
        self._clauses = Clauses.of(text, _CLAUSE_END)
        self._at = self._clauses.at
        wishes = [cue.start for cue in cues.get(CueKind.ORDER, ()) if cue.word not in signs.weak_wishes]
        solid = [m.start for m in mentions if m.kind in _GOODS]
        self._recipients = [m.start for m in recipients]
        solid += self._recipients
        named = [m.start for m in mentions if m.kind is MentionKind.NAME]
        self._named = frozenset(self._at(place) for place in (*named, *self._recipients))
        self._solid_goods = frozenset(self._at(place) for place in solid)
        self._solid = sorted({*self._solid_goods, *map(self._at, wishes)})
        corrected = [cue.start for kind in _CORRECTING for cue in cues.get(kind, ())]
        self._corrected = frozenset(self._at(place) for place in corrected)
        self._real_goods = [cue.start for cue in cues.get(CueKind.REAL_GOODS, ())]
        asking = [
            cue
            for kind, found in cues.items()
            for cue in found
            if kind in _LISTENED_TO
            or (kind is CueKind.JOIN and cue.word not in signs.idle_joins)
            or (
                kind is CueKind.ORDER
                and cue.word not in signs.verbs_of_life
                and text[cue.end : cue.end + 1] not in _DONE
            )
        ]
        self._asking = sorted(asking, key=_START)
        self._past = [cue.start for cue in cues.get(CueKind.PAST, ())]
        self._elsewhere = [cue.start for cue in cues.get(CueKind.ELSEWHERE, ())]

    def without_asides(self, marks: Sequence[Mark[_M]]) -> tuple[Mark[_M], ...]:
        """Without the numbers of what is only told. A clause that names no goods, no recipient and no
        wish orders nothing, where another clause does."""
        sized = {self._at(mark.start) for mark in marks} & set(self._solid)
        kept = []
        for mark in marks:
            clause = self._at(mark.start)
            if self._is_rank(mark):
                continue
            aside = clause not in self._solid and clause not in self._corrected and bool(self._solid)
            if self._spent(mark, sized - {clause}) or (
                aside
                and (
                    self._measures_life(mark)
                    or self._counts_down(mark)
                    or (bool(sized) and self._is_told(mark))
                    or self._happened(mark)
                    or self._sums_up(mark, bool(sized - {clause}))
                )
            ):
                continue
            kept.append(self._perhaps(mark) if aside else mark)
        return tuple(kept)

    def stories(self, marks: Sequence[Mark[Any]]) -> frozenset[int]:
        """Where the numbers stand that are perhaps only told: 公司来了三名实习生, 昨天十连抽歪了. Each of them
        counts something that is not for sale, in a clause that asks for nothing. Only an order that is
        whole without them may be read without them."""
        told: dict[int, list[int]] = {}
        ordering = set(self._solid_goods)
        used_up = frozenset(mark.start for mark in marks if self._is_used_up(mark))
        for mark in marks:
            clause = self._at(mark.start)
            if clause in self._corrected or clause in ordering:
                continue
            if self._asks_beside(mark) or not self._counts_a_stranger(mark):
                ordering.add(clause)
            told.setdefault(clause, []).append(mark.start)
        return used_up | frozenset(
            start for clause, starts in told.items() if clause not in ordering for start in starts
        )

    def _is_used_up(self, mark: Mark[Any]) -> bool:
        """上个月买的300用完了: a size that was bought before, as the end of its clause says, where another clause
        follows."""
        begin, end = self._bounds(mark)
        past = any(begin <= at < mark.start for at in self._past)
        return (
            past
            and end < len(self._text)
            and self._signs.used_up.search(self._text, mark.end, end) is not None
        )

    def of_other_shops(self, marks: Sequence[Mark[Any]]) -> frozenset[int]:
        """Where the numbers stand of what happened in another shop: 上次在别家花了198还给我开成月卡. What is wanted
        this time may follow in the same clause."""
        told = []
        for mark in marks:
            begin, end = self._bounds(mark)
            then = [at for at in (*self._past, *self._elsewhere) if begin <= at < mark.start]
            past = any(begin <= at < end for at in self._past) or "了" in self._text[begin:end]
            if (
                past
                and any(at in self._elsewhere for at in then)
                and self._at(mark.start) not in self._named | self._corrected
                and _THIS_TIME.search(self._text, min(then), mark.start) is None
            ):
                told.append(mark.start)
        return frozenset(told)

    def named_in_stories(self, names: Sequence[Mention]) -> frozenset[int]:
        """Where goods are named that are perhaps only spoken of: 上次买的优酷到账挺快. What happened with
        them stands behind the name, in a clause that counts and asks nothing, and goods of another clause
        that follows are ordered."""
        last = max((self._at(name.start) for name in names), default=0)
        counted = {self._at(start) for start in self._numbers} | {
            self._at(place) for place in self._recipients
        }
        told = []
        for name in names:
            clause = self._at(name.start)
            if clause >= last or clause in counted or clause in self._corrected or self._asks_beside(name):
                continue
            _, end = self._bounds(name)
            happened = (
                self._signs.telling.search(self._text, name.end, end) or "了" in self._text[name.end : end]
            )
            if happened and self._content(name.end, end) >= _TOLD_BEHIND:
                told.append(name.start)
        return frozenset(told)

    def _asks_beside(self, mark: Mark[Any] | Mention) -> bool:
        """Whether the clause of a number or a name asks for something. Right behind a number a verb only
        says when: 6月要高考了; 上次买的 is bought already."""
        begin, end = self._bounds(mark)
        past = any(begin <= at < end for at in self._past)
        within = slice(*(bisect_left(self._asking, at, key=_START) for at in (begin, end)))
        return any(
            cue.start != mark.end
            and not (past and cue.kind is CueKind.ORDER and self._text[cue.end : cue.end + 1] == "的")
            for cue in self._asking[within]
        )

    def _counts_a_stranger(self, mark: Mark[Any]) -> bool:
        """Whether what stands behind a number is no goods and no end of a clause, but more of a story."""
        begin, end = self._bounds(mark)
        if any(mark.start < at <= mark.end + 1 for at in self._real_goods):
            return True  # 两台电脑
        if self._signs.machines.match(self._text, mark.end) and self._content(begin, mark.start):
            return True  # 网吧28台机器
        if not self._is_unread(mark.end):
            period = isinstance(mark.value, Amount) and mark.value.kind is AmountKind.PERIOD
            if not period or mark.value.card:
                return False
            over = mark.end == end or _OVER.fullmatch(self._text, mark.end, end)
            if over and in_front(self._signs.spends_time, self._text, mark.start):
                return True  # 下个月去日本玩8天, 断网两天了
            if not _WHEN.match(self._text, mark.end):
                return False
        if isinstance(mark.value, Amount):
            if mark.value.kind not in (AmountKind.BARE, AmountKind.PERIOD):
                return False
        elif mark.value.word in self._counts_of_life:
            return True
        behind = self._content(mark.end, end)
        before = self._content(begin, mark.start)
        tells = (
            before > 0
            or _LED.search(self._text, begin, mark.start) is not None
            or any(begin <= at < end for at in self._past)
            or "了" in self._text[mark.end : end]
            or _MONTH.search(self._text, mark.start, mark.end) is not None
        )
        once = isinstance(mark.value, Amount) and mark.value.text == "一" and before > 0  # 差一截
        return behind >= _NAME_PERHAPS or (behind >= _TOLD_BEHIND and tells) or (behind > 0 and once)

    def _is_unread(self, at: int) -> bool:
        return at < len(self._text) and self._content(at, at + 1) > 0

    def _is_rank(self, mark: Mark[_M]) -> bool:
        """二等奖 京东卡500 2张: one numeral in front of what is no goods, beside goods with their own size."""
        if (
            not isinstance(mark.value, Amount)
            or mark.value.kind is not AmountKind.BARE
            or mark.value.text.isdigit()
        ):
            return False
        _, end = self._bounds(mark)
        if mark.end - mark.start != 1 or self._content(mark.end, min(end, mark.end + 2)) != _TOLD_BEHIND:
            return False
        clause = self._at(mark.start)
        beside = {clause, clause + 1} & self._solid_goods
        return bool(beside) and any(
            self._at(at) in beside and not mark.start <= at < mark.end for at in self._numbers
        )

    def _perhaps(self, mark: Mark[_M]) -> Mark[_M]:
        """话费100 138…，我养了两只猫: a count beside words that nobody understood, in a clause that orders
        nothing, is asked about; taken, it would order twice."""
        if not isinstance(mark.value, Quantity) or mark.value.count is None:
            return mark
        begin, end = self._bounds(mark)
        others = any(begin <= at < end and not mark.start <= at < mark.end for at in self._numbers)
        least = 1 if mark.value.word in self._counts_of_life else _UNREAD_MIN
        wished = any(cue.end == mark.start and cue.kind is CueKind.ORDER for cue in self._asking)
        bought = wished and mark.value.word in _OF_CARDS and self._content(mark.end, end) == 0
        if others or bought or self._content(begin, mark.start) + self._content(mark.end, end) < least:
            return mark
        return replace(mark, value=replace(mark.value, count=None))

    def _bounds(self, mark: Mark[Any] | Mention) -> tuple[int, int]:
        begin, end = self._clauses.bounds(mark.start)
        return begin, max(end, mark.end)

    def _spent(self, mark: Mark[_M], sized: set[int]) -> bool:
        """打了8年; and 上个月花了287块, where something else is ordered."""
        if not isinstance(mark.value, Amount):
            return False
        if (
            mark.value.kind is AmountKind.PERIOD
            and not mark.value.card
            and (
                in_front(_SPENT, self._text, mark.start)
                or in_front(self._signs.lapsed, self._text, mark.start)
            )
        ):
            return True
        if sized and mark.value.kind is AmountKind.PERIOD and in_front(_LATELY, self._text, mark.start):
            return True  # 这三个月一直在你家买
        begin, _ = self._bounds(mark)
        return bool(sized) and self._signs.was_spent.search(self._text, begin, mark.start) is not None

    def _happened(self, mark: Mark[_M]) -> bool:
        """跟你说了三遍了, 催我好几遍: how often something was done, and nothing is asked for."""
        return isinstance(mark.value, Quantity) and mark.value.word in _OFTEN and not self._asks_beside(mark)

    def _counts_down(self, mark: Mark[_M]) -> bool:
        """双十二还有11天, 还剩3天到期: how long it is until something happens."""
        if not isinstance(mark.value, Amount) or mark.value.kind is not AmountKind.PERIOD or mark.value.card:
            return False
        begin, end = self._bounds(mark)
        until = self._signs.until.search(self._text, begin, mark.start)
        if until is None or self._text.startswith("的", mark.end):
            return False
        event = len(_HAN.findall(self._text, begin, until.start())) >= _TOLD_BEHIND
        event = event or self._signs.while_it_lasts.search(self._text, begin, until.start()) is not None
        return event or self._content(mark.end, end) >= _TOLD_BEHIND

    def _sums_up(self, mark: Mark[_M], sized: bool) -> bool:
        """京东卡500两张，总共1000: what it comes to."""
        if not sized or not isinstance(mark.value, Amount):
            return False
        begin, end = self._bounds(mark)
        told = self._signs.in_all.search(self._text, begin, mark.start)
        if told is None or self._asks_beside(mark):
            return False
        return self._content(begin, told.start()) + self._content(mark.end, end) == 0

    def _measures_life(self, mark: Mark[_M]) -> bool:
        """Whether what stands behind a number says that it measures something of the customer's life."""
        text = self._text
        vague = isinstance(mark.value, Amount) and not mark.value.exact
        if not vague and _SIZED.match(text, mark.end) and not self._signs.life_measure.match(text, mark.end):
            return False  # 会员，两年的那种
        years = text[mark.start : mark.end].endswith("年")
        return (
            vague
            or self._signs.life_measure.match(text, mark.end) is not None
            or (years and not self._stands_alone(mark))
        )

    def _stands_alone(self, mark: Mark[_M]) -> bool:
        """Whether a period begins its clause, or is said of something: 一年的, 3台1年的那个. At the head of a message
        it must be all that its clause says: 一年，优酷…, and not 两年没玩了，…."""
        if mark.start == 0:
            return self._at(mark.end) != self._at(0) or mark.end in self._clauses.ends
        return _ALONE.match(self._text[mark.start - 1 : mark.end + 1]) is not None

    def _is_told(self, mark: Mark[_M]) -> bool:
        """段位才黄金3, 128G的手机又存满了: a story, which no line of an order tells. What nobody
        understood beside a number may be goods (敌敌20一张), and is no story of its own."""
        if isinstance(mark.value, Amount) and mark.value.kind not in (AmountKind.BARE, AmountKind.PERIOD):
            return False
        begin, end = self._bounds(mark)
        if not self._signs.telling.search(self._text, begin, end):
            return False
        behind, before = self._content(mark.end, end), self._content(begin, mark.start)
        person = self._signs.somebody.search(self._text, begin, mark.start) is not None
        return behind >= _TOLD_BEHIND or (behind + before >= _TOLD_BEHIND and not person)

    def _content(self, begin: int, end: int) -> int:
        """How many characters between two places say something that nobody read."""
        return sum(
            self._unread[at]
            and "\u4e00" <= self._text[at] <= "\u9fff"
            and self._text[at] not in self._function
            for at in range(begin, end)
        )


_TOLD_BEHIND = 2
_NAME_PERHAPS = 5
"""Fewer characters that nobody read may be the name of goods: 100敌敌卷."""
_OVER = re.compile("[了啦咯喽都啊呢]+")
_WHEN = re.compile(r"[就要去在前后内到没都还也一]")
"""Behind a length of time or a month: what happens then."""
_THIS_TIME = re.compile("这[次回趟]|现在|今天|今儿|所以|改|还是|想")
_OF_CARDS = ("张", "份")
"""行政让我先来10张: behind a verb of buying, at the end of its clause, little else is counted by them."""
_OFTEN = ("遍", "次", "回", "轮")
_DONE = ("了", "过")
_HAN = re.compile("[\u4e00-\u9fff]")
_MONTH = re.compile(r"[^个]月$")
_LED = re.compile(r"[有了着过是们他她它才又刚这那]$|(?:[有了着过是才又刚]|今年|去年)[\u4e00-\u9fff]{1,2}$")
"""In front of a number that is told: 养了两只, 有三个."""
_GOODS = frozenset((MentionKind.NAME, MentionKind.UNKNOWN, MentionKind.NOUN))
_CORRECTING = (CueKind.CORRECTION, CueKind.CORRECTION_OR_DROP, CueKind.INSTEAD, CueKind.MODIFY)
_LISTENED_TO = frozenset(
    {
        CueKind.OWN_REQUEST,
        CueKind.OR,
        CueKind.CORRECTION,
        CueKind.CORRECTION_OR_DROP,
        CueKind.INSTEAD,
        CueKind.MODIFY,
        CueKind.CONDITION,
        CueKind.FORBID,
        CueKind.PRICE,
        CueKind.ADD,
    }
)
"""A clause with one of these is no story."""
_SPENT = re.compile(r"(?:(?<![算对错行好改])了|过|老)$")
_LATELY = re.compile(r"(?:这|最近|过去) ?$")
_SIZED = re.compile(r" ?(?:的(?!时|话|经|老|历|朋|同|人|书|合|手|电|感)|吧|就[好行]|$|[,，。;；!！?？\n])")
"""Behind a length of time that somebody wants, rather than tells of."""
_CLAUSE_END = re.compile(
    r"[,，。;；!！?？\n]|(?<=[\u4e00-\u9fff])(?:\.{2,}|~+)(?![\d.~])|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])"
)
_ALONE = re.compile(r"[\s,，。、;](?s:.)+|(?s:.)+[的嘅那]$")
