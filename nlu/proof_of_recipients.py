"""Whether a recipient is of the kind that it was called by, and begins where it should.

A label counts as one where it stands right at its number. Somebody who hums, sends a picture or types dots
between the two (手机👍139…, 手机额…139…) has still called the number a phone, and a phone is no QQ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.accounts import ADDRESS, EMAIL
from nlu.alternations import any_of, either
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.records import Event, EventKind, Record
from nlu.said import Doubt, Said, Unproven
from nlu.sounds import heard
from nlu.understanding import SpokenLine
from nlu.vocabulary import Vocabulary


class ProofOfRecipients:
    """Holds the recipients of lines against the words in front of them, for one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        kinds = (kind for kind in lexicon.accounts.values() if kind.kind != ADDRESS)
        self._called = {word: kind.kind for kind in kinds for word in kind.labels}
        self._label = re.compile(either(self._called))
        talk = any_of(lexicon, "accounts.fillers", "accounts.linkers")
        prices = (word for word in lexicon.words("stance.price") if len(word) > 1 and not word.isascii())
        self._hummed = re.compile(
            rf"(?:{any_of(lexicon, 'accounts.fillers')}+|[a-z]?)[是为:：]", re.IGNORECASE
        )
        self._remarks = tuple(word for word in lexicon.words("accounts.address_remarks") if len(word) > 1)
        self._unchanged = re.compile(any_of(lexicon, "proof.unchanged"))
        self._sent_later = re.compile(any_of(lexicon, "proof.sent_later"))
        self._prices = tuple(prices)
        labels = (*self._called, *lexicon.words("accounts.labels"), *lexicon.words("accounts.named"), _NAME)
        names = (word for word in labels if len(word) > 1)
        again = either(names)
        self._label_again = re.compile(rf"(?:{again})(?:[叫是为:：]|\s)")
        self._thanked = re.compile(rf"[·•・]\s?{any_of(lexicon, 'stance.thanks', 'stance.polite')}")
        self._mailbox = re.compile(any_of(lexicon, "accounts.mailboxes"))
        self._hum = re.compile(rf"(?:{any_of(lexicon, 'accounts.fillers')}|[~!.。…])+")
        self._nothing_said = re.compile(rf"(?:{talk}|[^\w\n]|[\[(][^\])]{{1,4}}[\])]|[a-z]{{1,4}})*")

    def doubts(self, said: Said) -> Iterator[Doubt]:
        """Whose recipient is perhaps another."""
        yield from _shredded(said)
        later = self._sent_later.search(said.text) is not None
        for at, line, record in said.pairs():
            if later:
                yield at, Unproven.RECIPIENT  # 号不堆，我翻下通讯录再发你
            for event in record.accounts:
                if self._of_another_house(line, record, event):
                    yield at, Unproven.SIBLING
                if (
                    self._is_called_otherwise(said, line, event)
                    or self._is_unchanged(said, event)
                    or self._asks(event)
                    or _begins_oddly(said, event)
                    or self._hums(event)
                    or self._talks(event)
                    or _swallowed(said, event)
                    or _goes_on(said, event)
                    or self._is_hum(event)
                    or self._labelled_twice(event)
                    or self._led_by_a_slip(event)
                    or self._thanks(event)
                ):
                    yield at, Unproven.RECIPIENT

    def _is_called_otherwise(self, said: Said, line: SpokenLine, event: Event) -> bool:
        """绿钻月卡，手机号。。。139…: the number was called something that these goods are not sent to."""
        account = event.account
        if account is None or account.said is not None or account.contact or line.product is None:
            return False
        needed = self._products[line.product.value].account_kind
        if needed not in _NUMBERS:
            return False
        front = said.text[max(0, event.start - _REACH) : event.start]
        labels = list(self._label.finditer(front))
        if not labels or self._nothing_said.fullmatch(front, labels[-1].end()) is None:
            return False
        return self._called[labels[-1][0]] != needed

    def _is_unchanged(self, said: Said, event: Event) -> bool:
        """…，账号leviathan01——更正一下，月卡，账号ing不变: what stays as it was is what was said before."""
        earlier = (
            other.account.text
            for other in said.reading.events
            if other.account is not None and other.start < event.start
        )
        stays = self._unchanged.match(said.text, event.end) is not None
        return stays and event.account is not None and any(one != event.account.text for one in earlier)

    def _hums(self, event: Event) -> bool:
        """Riot ID那啥是Kuroneko, Riot IDD是…: a name that begins with a hum and 是 begins further behind."""
        return event.account is not None and self._hummed.match(event.account.text) is not None

    def _is_hum(self, event: Event) -> bool:
        """角色名嗯嗯 夜雨丶听风: a sound of thinking is nobody's name."""
        return event.account is not None and self._hum.fullmatch(event.account.text) is not None

    def _labelled_twice(self, event: Event) -> bool:
        """角色名 名字叫暗夜孤狼: behind one label stands another, and the name behind both."""
        account = event.account
        if account is None or account.text.isdecimal():
            return False
        return account.labelled and self._label_again.match(account.text) is not None

    def _led_by_a_slip(self, event: Event) -> bool:
        """宋到东关街36号, 收货地支建设路52号: in front of the first place stands what is left of 送到 or 地址."""
        account = event.account
        if account is None or account.kinds != (ADDRESS,):
            return False
        return _LED.match(account.text) is not None or any(
            heard(account.text[at : at + 2]) == _ADDRESS_HEARD and account.text[at : at + 2] not in _PLACES
            for at in range(_LED_WITHIN)
        )

    def _talks(self, event: Event) -> bool:
        """…3单元402电话放门口就行: an address that goes on with what is said to who brings it."""
        account = event.account
        if account is None or account.kinds != (ADDRESS,):
            return False
        return any(account.text.find(word) > _PLACE_MIN for word in self._remarks)

    def _thanks(self, event: Event) -> bool:
        """召唤师名：深海小鲸鱼·辛苦师傅了: a name that goes on with thanks."""
        account = event.account
        return (
            account is not None and not account.text.isdecimal() and bool(self._thanked.search(account.text))
        )

    def _of_another_house(self, line: SpokenLine, record: Record, event: Event) -> bool:
        """邮箱会员一年 x@qq.com, where mail of several houses is sold: the address is of another than the goods."""
        account, name = event.account, record.name
        if account is None or account.said != EMAIL or name is None or line.product is None:
            return False
        if len(name.options) < _SEVERAL or self._mailbox.search(name.text) is None:
            return False
        product = self._products[line.product.value]
        host = account.text.partition("@")[2].split(".")[0]
        return not any(host in plain(word) for word in (product.name, *product.aliases))

    def _asks(self, event: Event) -> bool:
        """角色名 孤狼得花多少: a name that ends in a question for the price is longer than it should be."""
        return event.account is not None and event.account.text.endswith(self._prices)


def _goes_on(said: Said, event: Event) -> bool:
    """26509—13384: half a number is none, unless the other half is a size. And a single numeral of the next line or clause that begins a word there
    (…八幺, 零氪党破戒了) belongs to the word."""
    if event.account is None or not event.account.text.isdecimal():
        return False
    split = _NEXT_LINE.search(said.text, event.start, event.end)
    word = split is not None and _WORD.match(said.text, event.end) is not None
    if _TORN_IN_FRONT.search(said.text, max(0, event.start - _TORN_REACH), event.start):
        return True  # (2)650913384
    more = _DASHED_ON.match(said.text, event.end)
    sizes = {size.start for record in said.records for size in record.amounts}
    return word or (more is not None and more.start(1) not in sizes)


def _shredded(said: Said) -> Iterator[Doubt]:
    """② QQ 1-1774-3-0926: digits of a number that was written in pieces, and that nobody took for a recipient."""
    read = [(event.start, event.end) for event in said.reading.events if event.kind in _WITH_DIGITS]
    read += [(mark.start, mark.end) for mark in said.reading.others]
    for match in _PIECES.finditer(said.text):
        if sum(map(str.isdigit, match[0])) < _PIECES_MIN:
            continue
        if not any(start < match.end() and match.start() < end for start, end in read):
            yield said.nearest(match.start()), Unproven.RECIPIENT_UNUSED


def _begins_oddly(said: Said, event: Event) -> bool:
    """id:…Momo酱#0721, 角色名·暗夜: of the dots in front of a name nobody knows whether they are but a pause; nor in
    角色名名风雪 whether the 名 was typed twice."""
    account = event.account
    if account is None or not account.text or account.text.isdecimal():
        return False
    twice = account.labelled and said.text[event.start - 1 : event.start] == account.text[0] != "\n"
    said_of_it = account.kinds == (ADDRESS,) and _FIRST.match(account.text) is None
    return account.text.startswith(("..", "·", "~", "-", "—", "|", "/")) or twice or said_of_it


def _swallowed(said: Said, event: Event) -> bool:
    """月卡玫瑰款广东省…: an address that begins with words of the goods begins further back."""
    account = event.account
    if account is None or account.kinds != (ADDRESS,) or account.labelled:
        return False
    return any(
        event.start <= other.start <= event.start + _FRONT and other.end < event.end
        for other in said.reading.events
        if other.kind in _OF_GOODS
    )


_REACH = 16
_SEVERAL = 2
_NAME = "名字"
_FIRST = re.compile(r"[\w(\[【「《\"“']")
_LED = re.compile("[一-鿿]{1,2}[到往至](?=[一-鿿])")
_LED_WITHIN = 3
_ADDRESS_HEARD = heard("地址")
_PLACES = ("地址", "地质")
_WITH_DIGITS = frozenset({EventKind.ACCOUNT, EventKind.AMOUNT, EventKind.NAME})
_PIECES = re.compile(r"(?<![\d-])\d+(?:-\d+)+(?![\d-])")
_PIECES_MIN = 8
"""Fewer digits in pieces are a range of prices."""
_DASHED_ON = re.compile(r" ?[-—–_·]+ ?(\d{2})")
_TORN_IN_FRONT = re.compile(r"\(\d\)$")
_TORN_REACH = 4
_NEXT_LINE = re.compile(r"[\n,，。;；] ?.$")
_WORD = re.compile("[\u4e00-\u9fff]{2}")
_PLACE_MIN = 6
_FRONT = 4
"""Characters of an address in which no goods are named."""
_NUMBERS = frozenset({"phone", "qq", "uid"})
_OF_GOODS = frozenset({EventKind.NAME, EventKind.NOUN, EventKind.QUALIFIER, EventKind.AMOUNT})
