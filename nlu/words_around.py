"""Whether the words around a name are the goods' own: 优酷酷喵 is no 优酷, 云原神 no 原神, xgp core no xgp ultimate.

A brand sells more kinds, tiers and editions than any shop has, and new ones come every year, so no list of
them ends. What ends is what goes without saying beside goods that are meant: the words of their own names
and sizes, the words of the trade, and talk. A word that is none of these and stands right beside the name,
or between it and its size, makes another thing of it, and the customer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from nlu.abbreviations import in_order
from nlu.alternations import either
from nlu.kinds import Kinds
from nlu.lexicon import Lexicon, word_set
from nlu.mention import Closeness
from nlu.name_table import NameTable
from nlu.normalise import plain
from nlu.other_numbers import OtherKind
from nlu.records import Event, EventKind, Record
from nlu.roles import Role
from nlu.said import SLOT_EVENTS, Said
from nlu.sounds import heard, pinyin
from nlu.squeezing import squeezed
from nlu.vocabulary import ProductWords, Vocabulary

PRODUCTS_KEPT = 4096
WORD_MAX = 6
"""More characters in a row are no name of a kind but talk."""


class WordsAround:
    """Tells strange words beside the names of one catalog. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, table: NameTable) -> None:
        self._vocabulary, self._table = vocabulary, table
        self._kinds = Kinds(lexicon)
        self._talk = word_set(lexicon, "signs.no_name_characters", "around.verbs")
        self._light = word_set(
            lexicon, "aside.function_characters", "quantities.measure_words", "around.endings"
        )
        harmless = {
            word for name in _HARMLESS for word in lexicon.words(name) if len(word) > 1 and not word.isascii()
        }
        harmless |= {word for word in table.namer.words if table.namer.words[word][0] is Role.GENERIC}
        self._harmless = re.compile(either(harmless | set(vocabulary.units)))
        self._latin = word_set(lexicon, "names.latin_talk", "signs.latin_talk", "around.latin")
        self._latin -= word_set(lexicon, "signs.latin_tiers")
        self._latin |= word_set(lexicon, "around.latin")
        self._countries = {
            word: country for country, words in lexicon.groups("around.countries").items() for word in words
        }
        trade = (*table.namer.words, *lexicon.words("quantities.verbs"))
        self._trade_heard = frozenset(pinyin(word) or "" for word in trade if not word.isascii())
        self._own = lru_cache(maxsize=PRODUCTS_KEPT)(self._words_of)
        self._spaced = lru_cache(maxsize=PRODUCTS_KEPT)(self._spaced_words_of)

    def strange(self, said: Said, record: Record, product_id: str) -> bool:
        """Whether beside a name of the record stands a word that makes another thing of the product."""
        product = self._vocabulary.products[product_id]
        names = [e for e in record.names if e.mention is not None and product_id in e.mention.options]
        return self._touched(said, names[-1:], record, product) or any(
            self._behind(said, name, record, product)
            or self._before(said, name, product)
            or self._unlike(name, record, product)
            or self._grown(name, said.text[name.start : name.end], product)
            for name in names[-1:]
        )

    def _behind(self, said: Said, name: Event, record: Record, product: ProductWords) -> bool:
        """Whether a strange word follows the name, up to its size or to the next pause."""
        last = name
        while True:
            following = self._next(said, last)
            if self._parted(said, last, following, product, first=last is name):
                return True
            if following is None or following.kind not in _DESCRIBING:
                return False
            last = following

    def _parted(
        self, said: Said, last: Event, following: Event | None, product: ProductWords, first: bool
    ) -> bool:
        """Whether a strange word stands behind an event of the goods, up to the next one."""
        stop = said.bounds(last.start)[1] if following is None else _starts(following)
        # 铲铲子 is 铲铲: a name that doubles its character is a pet name.
        pet = first and _PET_NAME.search(said.text, last.start, last.end + 1) is not None
        gap = said.text[last.end + pet : stop]
        sized = following is not None and following.kind in _GOODS
        if not gap.strip():
            return following is not None and self._other_noun(following, product)
        if _ASIDE.search(gap):
            return False
        ends = sized or (first and (following is None or following.kind is EventKind.ACCOUNT))
        if any(self._strange_latin(word, product) for word in _LATIN.findall(gap)) and ends:
            return True
        if _LATIN.search(gap) or not (sized or first):
            return False
        said_there = self._unexplained(gap if sized else gap.lstrip(), product)
        found = (_BETWEEN if sized else _APART).match(said_there)
        if found is None:
            return False
        word = found["word"]
        if any(character in self._talk for character in word):
            return False
        content = [character for character in word if character not in self._light]
        return len(content) >= (1 if sized else 2)

    def _before(self, said: Said, name: Event, product: ProductWords) -> bool:
        """Whether a strange word stands right in front of the name, and the size right behind it."""
        following = self._next(said, name)
        if following is None or following.kind not in _GOODS or said.text[name.end : following.start].strip():
            return False
        begin = max([said.bounds(name.start)[0], *self._ends_before(said, name)])
        front = said.text[begin : name.start].rpartition(" ")[2]
        latin = _LATIN_END.search(front)
        if latin is not None and self._strange_latin(latin[0], product):
            return True
        front = self._unexplained(front, product)
        word = _LAST_WORD.search(front)
        if word is None:
            return False
        run = word[0]
        verbs = [at for at, character in enumerate(run) if character in self._talk]
        if verbs:
            if run[verbs[-1]] not in _ASKING or (verbs[-1] > 0 and len(run) - verbs[-1] > 3):
                return False
            run = run[verbs[-1] + 1 :]
        if self._kinds.known(run):
            return self._kinds.another(said.text, name.start - len(run), product)
        content = [character for character in run if character not in self._light]
        return bool(content) and len(run) <= WORD_MAX and not _PERSON.search(run)

    def _touched(self, said: Said, names: list[Event], record: Record, product: ProductWords) -> bool:
        """Whether strange letters touch the front of what the goods were known by: PNS港服."""
        for event in (*names, *record.qualifiers):
            latin = _LATIN_END.search(said.text, max(0, event.start - _LETTERS_MAX), event.start)
            if latin is None or said.text[latin.start() - 1 : latin.start()].isalnum():
                continue
            read = any(other.start < event.start <= other.end for other in said.reading.events)
            if not read and self._strange_latin(latin[0], product):
                return True
        return False

    def _unlike(self, name: Event, record: Record, product: ProductWords) -> bool:
        """Whether a tier, a country or a server was said that cannot be the product's."""
        carried = self._table.qualifiers[product.product_id]
        tiers = {meaning for role, meaning in carried if role is Role.TIER}
        for event in record.qualifiers:
            mention = event.mention
            if mention is None:
                continue
            own = self._is_own(mention.text, product)
            plain_own = own or self._is_own(mention.meaning, product)
            if mention.role is Role.PLAIN_TIER and tiers and not plain_own:
                return True
            if mention.role is Role.COUNTRY and product.regions and record.regions:
                own = own or (Role.COUNTRY, mention.meaning) in carried
                near = 0 <= event.start - name.end <= 1
                if near and not own and event not in record.regions:
                    return True
        return False

    def _grown(self, name: Event, text: str, product: ProductWords) -> bool:
        """Whether the name was read together with a kind that the goods are not: 吃鸡端游, 腾讯视频电视."""
        assert name.mention is not None
        typed = squeezed(text)[0]
        if typed in self._table.entries:
            return False
        if name.mention.closeness is not Closeness.EXACT:
            return any(self._kinds.another(typed, at, product) for at in range(2, len(typed) - 1))
        for length in range(len(typed) - 2, 1, -1):
            entry = self._table.entries.get(typed[:length])
            if entry is not None and product.product_id in entry.options:
                tail = self._unexplained(typed[length:], product).strip()
                return len(tail) > 1 and _CHINESE.fullmatch(tail) is not None
        return False

    def _other_noun(self, event: Event, product: ProductWords) -> bool:
        """Whether right behind the name another kind of thing stands, or a server that it does not have."""
        mention = event.mention
        if mention is None:
            return False
        if event.kind is EventKind.REGION:
            return not product.regions and not self._is_own(mention.text, product)
        if event.kind is not EventKind.NOUN:
            return False
        role = self._table.namer.role_of(mention.text)
        if role is None or role[0] is not Role.SUBJECT or self._kinds.known(mention.text):
            return False  # kinds are compared where goods are decided
        return not self._is_own(mention.text, product)

    def _is_own(self, word: str, product: ProductWords) -> bool:
        return any(word in own for own in self._own(product))

    def _unexplained(self, text: str, product: ProductWords) -> str:
        """The text with blanks for the goods' own words and for those that go without saying."""
        return self._without_own(self._harmless.sub(" ", self._without_own(text, product)), product)

    def _without_own(self, text: str, product: ProductWords) -> str:
        """The text without what stands so in the product's own names and sizes."""
        own = self._own(product)
        told = text
        for run in _CHINESE.findall(text):
            sound = heard(run)
            if any(in_order(run, words) or (len(run) > 1 and sound in heard(words)) for words in own):
                told = told.replace(run, " " * len(run))
        return told

    def _strange_latin(self, word: str, product: ProductWords) -> bool:
        if word in self._latin or len(word) < 2:
            return False
        own = self._own(product)
        single = word.removesuffix("s")
        if any({word, single} & set(_LATIN.findall(words)) for words in self._spaced(product)):
            return False
        if (country := self._countries.get(word)) is not None:
            return (Role.COUNTRY, country) not in self._table.qualifiers[product.product_id]
        if any(len(word) >= _PINYIN_MIN and word in words for words in own):
            return False
        return word not in self._trade_heard and not any(_in_pinyin(word, words) for words in own)

    def _words_of(self, product: ProductWords) -> tuple[str, ...]:
        return tuple(dict.fromkeys(squeezed(words)[0] for words in self._spaced(product)))

    def _spaced_words_of(self, product: ProductWords) -> tuple[str, ...]:
        labels = (variant.label for variant in product.variants)
        units = (variant.unit for variant in product.variants)
        brands = (
            spelling
            for brand in self._table.brands[product.product_id]
            for spelling in self._table.namer.brand_spellings(brand)
        )
        words = (product.name, product.category, *product.aliases, *labels, *units, *product.regions, *brands)
        return tuple(dict.fromkeys(map(plain, words)))

    def _next(self, said: Said, name: Event) -> Event | None:
        behind = [event for event in said.beside(name.start, SLOT_EVENTS) if event.start >= name.end]
        return min(behind, key=lambda event: event.start, default=None)

    def _ends_before(self, said: Said, name: Event) -> Iterable[int]:
        """Where what was read in front of a name ends, be it only how many people there are."""
        ends = [event.end for event in said.beside(name.start, SLOT_EVENTS)]
        ends += [event.end for event in said.beside(name.start, _JOINING) if event.end == name.start]
        ends += [mark.end for mark in said.reading.others if mark.value.kind is OtherKind.MANY]
        return (end for end in ends if end <= name.start)


def _in_pinyin(word: str, words: str) -> bool:
    """Whether a word is how a part of a name sounds: wangpan of 夸克网盘."""
    return len(word) >= _PINYIN_MIN and word in (pinyin("".join(filter(str.isalnum, words))) or "")


def _starts(event: Event) -> int:
    label = event.account.label if event.account is not None else None
    return min(event.start, label[0]) if label else event.start


_PINYIN_MIN = 4
_LETTERS_MAX = 12
_DESCRIBING = frozenset({EventKind.NOUN, EventKind.QUALIFIER})
_GOODS = frozenset({EventKind.AMOUNT, EventKind.NOUN, EventKind.QUALIFIER})
_JOINING = frozenset({EventKind.JOIN})
"""What joins goods to others is no word around them: 顺便话费100. Of 再带 it is only the first half."""
_HARMLESS = (
    "aside.talk", "contacts.people", "contacts.called_upon", "signs.leads", "names.server_leads",
    "goods.decoration", "proof.passed_over", "quantities.each", "quantities.verbs", "signs.beside", "around.talk",
)  # fmt: skip
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_LATIN = re.compile("[a-z][a-z+]*")
_LATIN_END = re.compile("[a-z]{2,}$")
_LAST_WORD = re.compile("[\u4e00-\u9fff]+$")
_PET_NAME = re.compile(r"([\u4e00-\u9fff])\1[子儿]$")
_ASIDE = re.compile("[\"'“”(（\\[【]")
_BETWEEN = re.compile("^ ?(?P<word>[\u4e00-\u9fff]{1,6})(?:的? *)$")
_APART = re.compile("^(?P<word>[\u4e00-\u9fff]{2,4}) ")
_ASKING = frozenset((*"充买来个张", *"要开订", *"份的续"))
_PERSON = re.compile("们$")
