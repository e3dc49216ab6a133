"""Which of the names that were found are believed: a thin or uncertain one needs something beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from nlu.accounts import Account
from nlu.amounts import Amount, AmountKind
from nlu.assortment import Assortment
from nlu.entries import Entry
from nlu.in_front import in_front
from nlu.mention import Closeness, Mention, MentionKind
from nlu.page import Mark
from nlu.roles import Role
from nlu.sounds import heard


def believed(
    text: str, mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]], goods: Assortment, joined: bool,
    rejecting: tuple[str, ...] = (), given_up: Callable[[int], bool] = lambda end: False,
) -> tuple[Mention, ...]:  # fmt: skip
    """`rejecting`: words in front of a tier that is not wanted; `given_up`: whether goods whose name ends there are
    not wanted. Without the thin names that nothing supports, and with the nouns and tiers that qualify names."""
    named = any(
        mention.kind is MentionKind.NAME and not mention.thin and mention.closeness is Closeness.EXACT
        for mention in mentions
    )
    mentions = [mention for mention in mentions if not rejected(text, mention, rejecting)]
    several = any(mention.kind is MentionKind.NAME for mention in mentions) and joined
    kept: list[Mention] = []
    for mention in mentions:
        slip = mention.kind is MentionKind.NAME and mention.closeness is Closeness.TYPO
        if slip and named and (not several or _beside_an_exact_name(text, mention, mentions)):
            continue
        if mention.kind is MentionKind.NAME and mention.thin:
            beside = any(
                other.kind in (MentionKind.NOUN, MentionKind.QUALIFIER, MentionKind.REGION)
                and abs(other.start - mention.end) <= 8
                for other in mentions
            )
            fits = any(mark.value.exact and goods.fits(mention, (mark.value,)) for mark in sizes)
            if mention.kind is MentionKind.NAME and not mention.options:
                continue
            agreed = any(
                other.kind is MentionKind.NAME
                and not other.thin
                and other.options.keys() == mention.options.keys()
                for other in mentions
            )
            lasting = any(
                mark.value.kind is AmountKind.PERIOD
                and 0 <= mark.start - mention.end <= 1
                and any(map(goods.lasts, mention.options))
                for mark in sizes
            )  # 知乎半年, where it is sold by the month
            if named and given_up(mention.end):
                kept.append(mention)
                continue
            unsure = named and mention.closeness is not Closeness.EXACT and not agreed
            alone = lasting or _speaks_alone(text, mention, mentions, sizes)
            if unsure or not (beside or fits or agreed or alone):
                continue
        if (
            mention.kind is MentionKind.UNKNOWN
            and mention.thin
            and not _before_goods(mention, mentions, sizes)
        ):
            continue
        if _only_a_place(text, mention, mentions, sizes) or _only_a_person(
            text, mention, mentions, sizes, goods
        ):
            continue
        if mention.kind is MentionKind.QUALIFIER and _counts_people(text, mention, mentions):
            continue
        kept.append(mention)
    return tuple(kept)


def _speaks_alone(
    text: str, mention: Mention, mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]]
) -> bool:  # fmt: skip
    """Whether a thin name is long enough to mean nothing else (皇家猫粮), is that of goods whose server is
    named (原神空月, 世界树), or touches a sum that it is not sold for (永辉的300块)."""
    if mention.closeness is not Closeness.EXACT or not mention.options:
        return False
    if mention.end - mention.start >= _LONG_NAME:
        return True
    if any(m.kind is MentionKind.REGION and m.options.keys() & mention.options.keys() for m in mentions):
        return True
    return any(
        mark.value.kind is AmountKind.MONEY and text[mention.end : mark.start] in ("", "的", " ")
        for mark in sizes
        if mark.start >= mention.end
    )


_LONG_NAME = 4


def _counts_people(text: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """8个人拼车 is no 个人版."""
    said = (
        text[mention.start : mention.end] == _PERSONAL and text[mention.start - 1 : mention.start] in _COUNTS
    )
    return said and not any(other.end == mention.start for other in mentions)


def rejected(text: str, mention: Mention, rejecting: tuple[str, ...]) -> bool:
    """Whether a tier is one that is not wanted: 不是普通那种, 别搞成慢充. Not 是不是普通的."""
    if mention.kind is not MentionKind.QUALIFIER or mention.role is None:
        return False
    return refused_in_front(text, mention.start, rejecting)


def refused_in_front(text: str, start: int, rejecting: tuple[str, ...]) -> bool:
    """Whether a word that refuses stands right in front of a place."""
    before = text[:start]
    word = next((word for word in rejecting if before.endswith(word)), "") or _misheard_no(before, rejecting)
    return bool(word) and before[len(before) - len(word) - 1 : len(before) - len(word)] not in (
        "是",
        "要",
        "用",
    )


def _misheard_no(before: str, rejecting: tuple[str, ...]) -> str:
    """不湿, 不姚: words that refuse, as they sound."""
    said = before[-2:]
    return next(
        (word for word in rejecting if len(word) == 2 and said[:1] == word[0] and heard(word) == heard(said)),
        "",
    )


def _beside_an_exact_name(text: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether the sentence of a misspelled name names goods rightly, behind no joiner: 手机快停机了，充话费."""
    start = max(text.rfind(end, 0, mention.start) for end in _SENTENCE_ENDS) + 1
    ends = [at for end in _SENTENCE_ENDS if (at := text.find(end, mention.end)) >= 0]
    return any(
        other.kind is MentionKind.NAME
        and other.closeness is Closeness.EXACT
        and not other.thin
        and start <= other.start < min(ends, default=len(text))
        and _CLAUSES_APART.search(text, min(other.end, mention.end), max(other.start, mention.start))
        and not any(joiner in text[start : min(ends, default=len(text))] for joiner in "、+和跟及再与")
        for other in mentions
    )


_SENTENCE_ENDS = ("\n", "。", ";")
_CLAUSES_APART = re.compile("[,，]")


def owners(
    text: str, mentions: Sequence[Mention], accounts: Sequence[int] = (),
    introduces: Callable[[int], bool] = lambda end: False,
) -> list[Mention]:  # fmt: skip
    """The names that only say whose account follows, as the goods are named beside them, too: 鱼翅50 斗鱼号
    90372, 抖音ID: 99… `accounts`: where accounts begin. `introduces`: whether what ends at an offset says of
    the one behind it what it is."""
    names = [mention for mention in mentions if mention.kind is MentionKind.NAME]
    labels = [m for m in names if _ITS_NUMBER.match(text, m.end) or introduces(m.end)]
    others = [mention for mention in names if mention not in labels]
    found = []
    for at, label in enumerate(labels):
        rivals = (*others, *labels[:at])
        if any((other.options.keys() | other.family.keys()) & label.options.keys() for other in rivals):
            found.append(label)
    if names:
        # Discord用户名 …: beside goods of the shop, what others sell only says whose name follows.
        found += [m for m in mentions if m.kind is MentionKind.UNKNOWN and _is_whose(text, m.end, accounts)]
    return found


def _is_whose(text: str, end: int, accounts: Sequence[int]) -> bool:
    """Whether behind what ends at an offset stands its account, by a label or by an 是."""
    link = _ITS_NAME.match(text, end)
    return _ITS_NUMBER.match(text, end) is not None or (link is not None and link.end() in accounts)


_ITS_NAME = re.compile(
    r" ?的?(?:(?:名字|名称|名)(?:还是|就是|是|为|叫|填|:| )*|(?:还是|就是|是|为|叫|填|:)+ ?)"
)


def with_owner(text: str, mark: Mark[Account], names: Sequence[Mention]) -> Mark[Account]:
    """A recipient whose label begins with whose it is: 斗鱼号 and not 号."""
    label = mark.value.label
    for name in names if label is not None else ():
        if label is not None and name.end <= label[0] and text[name.end : label[0]].strip(" 的") == "":
            return replace(mark, value=replace(mark.value, label=(name.start, label[1])))
    return mark


_ITS_NUMBER = re.compile(
    r" ?的?(?:账号|帐号|号码|号|用户名|昵称|id|uid)(?:还是|就是|是|为|叫|填|:| )*"
    r"(?:[a-z0-9\0]|我?(?:等|一会|待会|稍|晚点|回头|马上|过会)[\u4e00-\u9fff]{0,4}[发给报])"
)
"""Its number follows, or will: B站的号等会儿发你."""


def _before_goods(mention: Mention, mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]]) -> bool:
    """Whether a brand that is an ordinary word too (全家) stands in front of a size or of what is sold."""
    nouns = [other.start for other in mentions if other.kind is MentionKind.NOUN]
    return any(0 <= start - mention.end <= 1 for start in (*nouns, *(mark.start for mark in sizes)))


def _only_a_place(
    text: str, mention: Mention, mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]]
) -> bool:  # fmt: skip
    """Whether a country is but where somebody is (我弟在日本): of goods it says so right beside them."""
    if mention.role is not Role.COUNTRY or mention.text[-1] in _GAME_WORLDS:
        return False
    others = [(other.start, other.end) for other in mentions if other is not mention]
    others += [(mark.start, mark.end) for mark in sizes]
    return not any(
        text[one:two].strip(" 的()") == ""
        for start, end in others
        for one, two in ((mention.end, start), (end, mention.start))
        if 0 <= two - one <= 2
    )


_PERSONAL = "个人"
_UNITS = (
    frozenset("元块月年")
    | frozenset("张份个次")
    | frozenset("桶杯瓶")
    | frozenset("盒箱袋包")
    | frozenset("节本条")
    | frozenset("套台页")
    | frozenset("针晚局")
    | frozenset("把颗天")
)
_COUNTS = frozenset("0123456789") | frozenset("一二三四五") | frozenset("六七八九十") | frozenset("百千两半")


def _only_a_person(
    text: str, mention: Mention, mentions: Sequence[Mention], sizes: Sequence[Mark[Amount]], goods: Assortment
) -> bool:  # fmt: skip
    """Whether a tier is but what somebody is: 留学生, 我是学生; or 奖励学生, where nothing that is sold here is
    told by that word."""
    if mention.kind is not MentionKind.QUALIFIER or mention.text not in _MAY_BE_PEOPLE:
        return False
    says_who = in_front(_SAYS_WHO, text, mention.start) is not None
    if says_who and text[mention.end : mention.end + 1] not in ("的", "版", "价", "优"):
        return True
    before = text[mention.start - 1 : mention.start]
    return (
        "\u4e00" <= before <= "\u9fff"
        and before not in _WISHING
        and _SAID_OUT.match(text, mention.end) is not None
        and mention.start not in {*(other.end for other in mentions), *(mark.end for mark in sizes)}
        and not goods.told_by(mention)
    )


_MAY_BE_PEOPLE = frozenset({"学生", "企业", "个人"})
_SAYS_WHO = re.compile(r"[是留大中小高穷名位家]$")
_WISHING = frozenset("要买来开") | frozenset("选换成改") | frozenset("的有充")
"""In front of a tier: it is that of goods."""
_SAID_OUT = re.compile(r"$|[们用党]|[\s,，。;；!！?？~]")
_GAME_WORLDS = "区服版站行"
"""What a country ends with where it can only be that of goods: 日区, 港服, 国行."""


def without_labels(
    text: str, mention: Mention, labels: Iterable[tuple[int, int]], entries: Mapping[str, Entry]
) -> Mention | None:
    """A name without the labels of recipients that it seems to hold (the QQ of 安卓 QQ 12345), or None where
    it is nothing but a label."""
    for start, end in labels:
        if not (mention.start < end and start < mention.end):
            continue
        if mention.kind is MentionKind.UNKNOWN and mention.end == end:
            return None  # steam账号 chicken_lover88: whose account it is, and none that is bought
        if mention.kind is MentionKind.NAME and mention.start < start and 0 in mention.options.values():
            continue  # 石化油卡, as goods are called
        spread = mention.kind is MentionKind.REGION and mention.end - mention.start > len(mention.text)
        if spread and mention.start < start:
            own = text[mention.start : start].replace(" ", "")
            entry = entries.get(own)
            if entry is not None and entry.kind is MentionKind.REGION:
                return replace(
                    mention, end=mention.start + len(own), text=own, meaning=own, options=entry.options
                )
        if spread or mention.end - mention.start <= 4:
            return None
    return mention


def goes_on_in_front(
    text: str, mention: Mention, function: frozenset[str], spoken_to: tuple[str, ...], begun: re.Pattern[str]
) -> bool:
    """Whether a name may be but the end of a longer word: 超会 in 度超会."""
    before = text[mention.start - 1 : mention.start]
    if text[: mention.start].endswith(spoken_to):
        return False
    if (played := in_front(begun, text, mention.start)) is not None:
        return played["over"] is not None
    if not before or not "\u4e00" <= before <= "\u9fff" or before in function:
        return False
    # not 50块花费, 5桶桶装水
    return before not in _UNITS or text[mention.start - 2 : mention.start - 1] not in _COUNTS


def follows(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether another name reaches up to where this one begins."""
    return any(other is not mention and other.start < mention.start <= other.end for other in mentions)
