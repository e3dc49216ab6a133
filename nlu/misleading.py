"""Words of stance that mean nothing where they stand.

`我先问问` puts an order off, but not beside a question; `多少` asks for a price, but not in `充多少我问下女儿`;
`看看` looks around, but not in `等我看看`; `给退` wants money back, but not in `发给退休的`. They are left out
before anything is decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nlu.clauses import CLAUSE_END_OR_POINT
from nlu.corrections import Cue, CueKind
from nlu.in_front import in_front
from nlu.signs import Signs

_Cues = Mapping[CueKind, tuple[Cue, ...]]

_DO_NOT = "不要"
_A_FEW = "几"
_WHETHER = re.compile("(?<!不)要$")
_SENTENCE_END = re.compile(r"[。;；!！?？\n]")


@dataclass(frozen=True, slots=True)
class _Around:
    """Where a word stands: the whole text, all words of stance, and where the slots begin."""

    text: str
    cues: _Cues
    slots: Sequence[int]
    signs: Signs


def without_misleading(text: str, cues: _Cues, slots: Sequence[int], signs: Signs) -> _Cues:
    """The words of stance that mean what they usually do. `slots`: where goods, sizes and recipients begin."""
    around = _Around(text, cues, slots, signs)
    longer = [match.span() for match in signs.longer_words.finditer(text)]
    taken_back = _taken_back(around)
    kept = {
        kind: tuple(
            cue
            for cue in found
            if not (
                (kind in _MISLEADS and _MISLEADS[kind](cue, around))
                or any(start < cue.end and cue.start < end for start, end in longer)
                or (kind in _INSTEAD_OF_ANOTHER and cue.end <= taken_back)
            )
        )
        for kind, found in cues.items()
    }
    return {kind: found for kind, found in kept.items() if found}


def _taken_back(around: _Around) -> int:
    """Until where what was wanted is wanted no more: 我要退款，不对，先查查到没到. A value that is taken back
    takes nothing else back."""
    if around.slots:
        return -1
    wanted = [cue.start for kind in _INSTEAD_OF_ANOTHER for cue in around.cues.get(kind, ())]
    last = max(wanted, default=-1)
    return max(
        (
            cue.start
            for cue in around.cues.get(CueKind.CORRECTION, ())
            if cue.end <= last and _clause(around.text, cue).strip() == cue.word
        ),
        default=-1,
    )


def _told_to_tell(cue: Cue, around: _Around) -> bool:
    """刚说错, 完了跟我说一声, 没货跟我说, 别说是我送的, 预约短信发138…: nobody said anything."""
    corrections = around.cues.get(CueKind.CORRECTION, ())
    overlaps = any(other.start < cue.end and cue.start < other.end for other in corrections)
    signs = around.signs
    if overlaps or signs.let_me_know.match(around.text, cue.end) is not None:
        return True
    if in_front(signs.let_me_know_when, around.text, cue.start):
        return True
    if in_front(signs.needless, around.text, cue.start) or any(
        says(cue, around) for says in (_his_own, _sent, _annoys)
    ):
        return True
    number = min((slot for slot in around.slots if slot >= cue.end), default=cue.end)
    return (
        cue.word in signs.messages
        and number > cue.end
        and bool(signs.sent_by_message.fullmatch(around.text, cue.end, number))
    )


def _his_own(cue: Cue, around: _Around) -> bool:
    """我说我要…: nobody else's words."""
    text, signs = around.text, around.signs
    wished = any(signs.own_wish.match(text, at) is not None for at in (cue.end, cue.end - 1))
    return wished and in_front(signs.own_words, text, cue.start) is not None


def _sent(cue: Cue, around: _Around) -> bool:
    """我孙女叫我来买的说是优酷会员: who sent the customer said what to buy. Not a stranger."""
    if cue.word not in _SAYING_WHAT or around.signs.stranger.search(around.text):
        return False
    return any(match.start() < cue.start for match in around.signs.errand.finditer(around.text))


def _annoys(cue: Cue, around: _Around) -> bool:
    """网易云会员 138…，广告听吐了: why something is ordered, and nothing that an advertisement says."""
    text, signs = around.text, around.signs
    return (
        signs.ads.fullmatch(cue.word) is not None
        and len(around.slots) > 1
        and not signs.advertised.search(text)
    )


def _asks_no_price(cue: Cue, around: _Around) -> bool:
    """充多少我问下女儿再说, 多少钱都行, 问下他号多少, 别问我有没有优惠: no question for a price."""
    return (
        around.signs.undecided.match(around.text, cue.start) is not None
        or (
            _OF_NUMBERS.fullmatch(cue.word) is not None  # …这个号几块钱 and 这个号多少米 ask for no number
            and around.signs.number_asked.search(around.text, 0, cue.start) is not None
            and not around.text.startswith(_MONEY, cue.end)  # 这个号要多少|钱
        )
        or _not_to_be_asked(cue, around)
        or _of_little(cue, around)
        or _of_length(cue, around)
    )


def _of_little(cue: Cue, around: _Around) -> bool:
    """她用不了多少, 没那么多钱; 就差几块钱, where something follows. 要不了多少钱吧 asks."""
    if cue.word.startswith(_A_FEW):
        goes_on = CLAUSE_END_OR_POINT.search(around.text, cue.end) is not None
        told = goes_on and in_front(around.signs.falls_short, around.text, cue.start) is not None
    else:
        told = in_front(around.signs.hardly, around.text, cue.start) is not None
    return told and not _clause(around.text, cue).rstrip().endswith(("吧", "吗", "么"))


def _of_length(cue: Cue, around: _Around) -> bool:
    """跳几米远, 几米漫画. Where goods are named and nothing is measured, 米 is money."""
    if not cue.word.endswith(_MONEY_OR_LENGTH):
        return False
    alone = _clause(around.text, cue).startswith(cue.word)
    return not (around.slots or alone) or _MEASURES.match(around.text, cue.end) is not None


def _not_to_be_asked(cue: Cue, around: _Around) -> bool:
    """别问我有没有优惠码."""
    return around.signs.do_not_ask.search(_clause(around.text, cue)) is not None


def _not_yet_sure(cue: Cue, around: _Around) -> bool:
    """我先问问 beside a question, 我想想 in front of an order, 开票的事回头再说."""
    if around.slots and around.signs.another_matter.search(_clause(around.text, cue)):
        return True
    if _is_asked(cue, around.text):
        return True
    if cue.word not in around.signs.hesitations:
        return False
    if around.signs.for_me.search(around.text, 0, cue.start):
        return True  # 你帮我想想
    if any(kind in around.cues for kind in (CueKind.PRICE, CueKind.FAQ, CueKind.REFUND_QUESTION)):
        return True
    wished = [
        other.end
        for kind in (CueKind.OWN_REQUEST, CueKind.ORDER)
        for other in around.cues.get(kind, ())
        if other.start >= cue.end
    ]
    return bool(wished) and any(start >= min(wished) for start in around.slots)


def _is_asked(cue: Cue, text: str) -> bool:
    """要不要买: whether to, and no refusal; 不要不要 is one."""
    return cue.word.startswith(_DO_NOT) and _WHETHER.search(text, 0, cue.start) is not None


def _no_other(cue: Cue, around: _Around) -> bool:
    """话费100 138…，别给我充成200的: forbids another thing than the one that was ordered in front."""
    ordered = sum(slot < cue.start for slot in around.slots) > 1
    return ordered and around.signs.no_other.match(around.text, cue.start) is not None


def _cannot_be(cue: Cue, around: _Around) -> bool:
    """导航都打不开了: what cannot be done is not refused."""
    return cue.start > 0 and around.signs.cannot_be.match(around.text, cue.start - 1) is not None


def _looks_for_himself(cue: Cue, around: _Around) -> bool:
    """等我看看 looks for a number; 采购清单: heads a list."""
    if cue.word in around.signs.list_heads:
        return cue.end < len(around.text) and around.text[cue.end] in ":：\n" and len(around.slots) > 1
    if cue.word in around.signs.purposes and len(around.slots) > 1:
        return True  # 一百的卡要三张，送礼用
    if _not_to_be_asked(cue, around) or in_front(around.signs.unasked_for, around.text, cue.start):
        return True  # 别再跟我推荐别的了
    return (
        cue.word in around.signs.looks
        and in_front(around.signs.by_himself, around.text, cue.start) is not None
    )


def _for_later_use(cue: Cue, around: _Around) -> bool:
    """等打折买游戏用: what the goods will be spent on, once they are there."""
    return len(around.slots) > 1 and around.signs.spent_later.match(around.text, cue.start) is not None


def _no_condition(cue: Cue, around: _Around) -> bool:
    """我只要一台的就够了: in front of what is ordered it wants no more than that, unless something is to follow
    from it (只要50就买)."""
    if _for_later_use(cue, around):
        return True
    wanted = cue.end in around.slots and cue.word in around.signs.no_more_than
    return wanted and around.signs.follows.search(_sentence(around.text, cue.end)) is None


def _needless(cue: Cue, around: _Around) -> bool:
    """不用发票."""
    return in_front(around.signs.needless, around.text, cue.start) is not None


def _supposed(cue: Cue, around: _Around) -> bool:
    """买了能退吗: nothing was bought yet."""
    questions = around.cues.get(CueKind.REFUND_QUESTION, ())
    return any(other.start <= cue.start and cue.end <= other.end for other in questions)


def _sentence(text: str, start: int) -> str:
    """What is said behind a place until the sentence ends."""
    return _SENTENCE_END.split(text[start:])[0]


def _clause(text: str, cue: Cue) -> str:
    return CLAUSE_END_OR_POINT.split(text[: cue.start])[-1] + CLAUSE_END_OR_POINT.split(text[cue.start :])[0]


_SAYING_WHAT = frozenset(("说是", "说要", "说让", "说叫", "跟我说", "和我说", "说我", "让我帮他", "让我帮她"))
_OF_NUMBERS = re.compile("[是要得]?(?:多少|几多|duoshao)[呀啊呢]?")
_MONEY = (*"钱块元米毛", "银子", "大洋")
_MONEY_OR_LENGTH = "米"
_MEASURES = re.compile(r"(?![啊呀呢吧嘛哦哈哇]|[一每卖收]|给|能|可以)[\u4e00-\u9fff]")
_INSTEAD_OF_ANOTHER = frozenset(
    {CueKind.REFUND, CueKind.REFUND_QUESTION, CueKind.STATUS, CueKind.HISTORY, CueKind.RECEIPT, CueKind.HUMAN}
)
"""Wishes after an order, of which a later one takes the place of an earlier."""

_MISLEADS: Mapping[CueKind, Callable[[Cue, _Around], bool]] = {
    CueKind.REPORTED: _told_to_tell,
    CueKind.PRICE: _asks_no_price,
    CueKind.CONDITION: _no_condition,
    CueKind.FORBID: lambda cue, around: any(
        one(cue, around) for one in (_not_yet_sure, _no_other, _cannot_be)
    ),
    CueKind.PAST: _supposed,
    CueKind.SEARCH: _looks_for_himself,
    CueKind.RECEIPT: _needless,
}
