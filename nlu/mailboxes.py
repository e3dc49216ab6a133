"""Names that only say whose mail an e-mail address is: 邮箱, 网易邮箱 or gmail in front of one, where mail is sold, too.

The goods are then named elsewhere. 网易邮箱 x@163.com 续一年 orders the mail: nothing else is named there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from nlu.accounts import EMAIL, Account
from nlu.alternations import any_of
from nlu.clauses import Clauses
from nlu.in_front import in_front
from nlu.lexicon import Lexicon
from nlu.mention import Mention, MentionKind
from nlu.page import Mark


class Mailboxes:
    """Tells this of one message."""

    def __init__(
        self, text: str, recipients: Sequence[Mark[Account]], numbers: Iterable[tuple[int, int]], lexicon: Lexicon
    ) -> None:  # fmt: skip
        """`numbers`: where sizes and counts stand."""
        self._text, self._words = text, _words_of(lexicon)
        self._clause = Clauses.of(text).at
        self._sized = [start for start, _ in numbers]
        self._emails = [mark for mark in recipients if mark.value.said == EMAIL]

    def whose(self, mentions: Sequence[Mention], mailed: bool) -> list[Mention]:
        """The mentions that name no goods. `mailed`: whether the goods that are named need an e-mail address."""
        if not (self._emails or mailed):
            return []
        boxes = [mention for mention in mentions if self._may_be_whose(mention)]
        self._sized += [m.start for m in mentions if m.kind is MentionKind.QUALIFIER and m not in boxes]
        goods = [mention for mention in mentions if mention.kind in _GOODS and mention not in boxes]
        return [box for box in boxes if self._is_whose(box, goods, mailed)]

    def labelled(self, mark: Mark[Account], boxes: Sequence[Mention]) -> Mark[Account]:
        """A recipient with the words that say whose mail it is for its label."""
        box = next((box for box in boxes if mark.value.said == EMAIL and self._reaches(box, mark)), None)
        if box is None or mark.value.label is not None:
            return mark
        return replace(mark, value=replace(mark.value, label=(box.start, self._end(box))))

    def _may_be_whose(self, mention: Mention) -> bool:
        """邮箱, 网易邮箱, the 企业 of 企业邮箱, and the gmail of gmail: x@gmail.com."""
        if mention.kind in _GOODS and self._words.box.search(self._said(mention)) is not None:
            return True
        if not any(self._reaches(mention, mark) for mark in self._emails):
            return False
        hosted = self._words.host.fullmatch(self._said(mention)) is not None
        return hosted and (self._end(mention) > mention.end or self._is_host(mention))

    def _is_whose(self, box: Mention, goods: Sequence[Mention], mailed: bool) -> bool:
        general = self._words.box.fullmatch(self._said(box)) is not None
        if any(self._reaches(box, mark) for mark in self._emails):
            if general or box.kind not in _GOODS:
                return True
            beside = any(self._clause(other.start) == self._clause(box.start) for other in goods)
            joined = in_front(self._words.joiner, self._text, box.start) is not None
            return bool(goods) and not joined and (beside or not self._orders(box))
        if not general or not goods:
            return False
        counted = in_front(self._words.counted, self._text, box.start) is not None
        if counted and len(self._emails) > 1:
            return True
        return (
            mailed and not self._orders(box) and in_front(self._words.joiner, self._text, box.start) is None
        )

    def _orders(self, box: Mention) -> bool:
        """Whether a size, a count or a tier stands in the clause of a name."""
        return any(self._clause(start) == self._clause(box.start) for start in self._sized)

    def _reaches(self, mention: Mention, mark: Mark[Account]) -> bool:
        """Whether only words that link stand between a name and an address, or an address and what ends its clause."""
        if mention.end <= mark.start:
            return self._words.link.fullmatch(self._text, mention.end, mark.start) is not None
        behind = self._words.explained.fullmatch(self._text, mark.end, mention.start)
        return behind is not None and _ENDED.match(self._text, self._end(mention)) is not None

    def _end(self, mention: Mention) -> int:
        """Where a name ends with the 邮箱 that stands right behind it."""
        box = self._words.box_behind.match(self._text, mention.end)
        return box.end() if box else mention.end

    def _is_host(self, mention: Mention) -> bool:
        said = self._said(mention)
        hosts = (mark.value.text.partition("@")[2] for mark in self._emails if self._reaches(mention, mark))
        return any(host.startswith(f"{said}.") for host in hosts)

    def _said(self, mention: Mention) -> str:
        return self._text[mention.start : mention.end].replace(" ", "")


class _Words:
    def __init__(self, lexicon: Lexicon) -> None:
        boxes = any_of(lexicon, "accounts.mailboxes")
        self.box = re.compile(f"{boxes}$")
        self.box_behind = re.compile(f"{boxes}")
        self.host = re.compile(any_of(lexicon, "accounts.mail_hosts"))
        self.link = re.compile(f"{boxes}?(?:{any_of(lexicon, 'accounts.linkers')}| ){{0,4}}")
        self.explained = re.compile(
            f"(?:{any_of(lexicon, 'accounts.linkers', 'accounts.mail_hosts', 'accounts.mail_explained')}| ){{0,4}}"
        )
        self.joiner = re.compile(f"{any_of(lexicon, 'accounts.mail_too')}$")
        self.counted = re.compile(f"{any_of(lexicon, 'accounts.mail_for')}[^,，。;；\n]{{0,6}}$")


@lru_cache(maxsize=4)
def _words_of(lexicon: Lexicon) -> _Words:
    return _Words(lexicon)


_GOODS = frozenset({MentionKind.NAME, MentionKind.UNKNOWN})
_ENDED = re.compile(r" *(?:$|[^\w\s]|\n)")
