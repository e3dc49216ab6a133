"""What a message means as an answer: the question that was asked decides how bare words are read.

`2` is a position where a list was shown, and `100123456` a UID where a UID was asked for. Whoever
says something else than an answer is understood as if nothing had been asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from nlu.addresses import without_label
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from nlu.numerals import number
from nlu.remarks import Remarks
from nlu.several import SeveralLines
from nlu.understanding import (
    Expectation,
    Heard,
    Intent,
    OfferedChoice,
    Problem,
    ProblemCode,
    Slot,
    Span,
    SpokenLine,
    Understanding,
)
from nlu.vocabulary import ProductWords, Vocabulary

MARKS = " \t\n,.;:!?，。；：！？、~～()（）[]【】"
WAY_OUT = "cancel"
"""What the choice means that leads out (contract: talk)."""

PRICE_MARK = "·"
"""Stands in a label between the name of a thing and what is told of it."""
FACET = re.compile(r"\(([^()]+)\)$")
STEM_LENGTH = 3
ANSWER_LENGTH_MAX = 40
"""A longer message says more than which choice is taken."""
GAME_ID_LENGTH_MAX = 32

FREE_TEXT_KINDS = frozenset({"game_id", "address"})

NO_ANSWER = frozenset(
    {
        Intent.CANCEL, Intent.HUMAN, Intent.FAQ, Intent.PRICE, Intent.SEARCH, Intent.STATUS, Intent.HISTORY,
        Intent.HELP, Intent.REFUND, Intent.RECEIPT, Intent.REORDER, Intent.SAVE_CONTACT, Intent.DENY,
        Intent.THANKS, Intent.GREET, Intent.CONFIRM,
    }
)  # fmt: skip
"""Who says one of these did not type a name or an address."""

NO_ACCOUNT_YET = "no_account"
"""The topic of whoever has no name at hand, or asks about it."""

SURE = 0.95
UNSURE = 0.6

ONCE_MORE = frozenset({Intent.REORDER, Intent.ORDER, Intent.MODIFY, Intent.PROVIDE, Intent.OUT_OF_SCOPE})
"""What `再来两次` may have been taken for."""

Read = Callable[[str], Understanding]
"""Reads a text as if nothing had been asked."""


class Answers:
    """Reads a message in the light of what was asked. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._products = vocabulary.products
        self._lexicon = lexicon
        self._skus = {one.sku_id for product in self._products.values() for one in product.variants}
        before = _either(lexicon.words("answers.before"))
        behind = _either(lexicon.words("answers.behind"))
        counters = _either(lexicon.words("answers.counters"))
        self._bare = re.compile(rf"(?:{before})*(.+?)(?:{behind})*")
        self._position = re.compile(r"([0-9一二两三四五六七八九十]{1,3})号?")
        self._ordinal = re.compile(rf"第([0-9一二两三四五六七八九十]{{1,3}})(?:{counters})?")
        self._last = frozenset(lexicon.words("answers.last"))
        self._paid = re.compile(
            rf"(?:我|已经|刚|刚刚|都|钱|款)*(?:{_either(lexicon.words('answers.paid'))})(?:啊|哦|呀|吧|的|哈|{behind})*"
        )
        people = _either(lexicon.words("contacts.people"))
        self._instead_for = re.compile(
            rf"(?:{_either(lexicon.words('answers.instead_for'))})(?:我|俺)?({people})(?:{behind})*"
        )
        drop_before = _either(lexicon.words("answers.drop_before"))
        drop_behind = _either(lexicon.words("answers.drop_behind"))
        self._every = re.compile(_either(lexicon.words("answers.every")))
        self._calls_off = re.compile(rf"(?:{drop_before})|(?:{drop_behind})")
        once = _either(lexicon.words("answers.once"))
        self._times = re.compile(
            rf"(?:{_either(lexicon.words('answers.once_more'))})([0-9一二两三四五六七八九十]{{1,3}})(?:{once})"
        )
        self._back_in_time = re.compile(r"(上{2,5})(?:一|1)?(?:次|单|回|笔|个订单)")
        self._first_times = re.compile(r"第([0-9一二两三四五六七八九十]{1,3})(?:次|单|回|笔|个)")
        self._remarks = Remarks(lexicon)
        self._several = SeveralLines(lexicon)
        self._renamed = re.compile(
            rf"(?:.*(?:{_either(lexicon.words('answers.wrong'))})[,，。\s]*)?"
            rf"(?:{_either(lexicon.words('answers.it_is'))})\s*([a-z][\w@.#+-]{{2,31}})(?:{behind})*"
        )
        own, number_words = lexicon.words("signs.own_front"), lexicon.words("signs.number_words")
        self._of_person = re.compile(
            rf"(?:{before}|充到|充给|给)*(?:{_either(own)})?({people})(?:的|那个|{_either(number_words)}|{behind})*"
        )
        self._back = frozenset(lexicon.words("answers.back"))
        self._adds = re.compile(_either(lexicon.words("answers.adds")))
        self._apart = re.compile(_either(lexicon.words("answers.apart")))
        self._together = re.compile(_either(lexicon.words("answers.together")))
        self._changes = re.compile(_either(lexicon.words("answers.changes")))
        wait = _either(lexicon.words("answers.wait"))
        around = rf"(?:我|再|就|让|先|一下|嗯|恩|呃|额|那|{behind}|[\s,.!，。！…])*"
        self._wait = re.compile(rf"{around}(?:{wait})(?:{around}(?:{wait}))*{around}")
        self._drops = (
            re.compile(rf"(?:{drop_before})(.+?)(?:了|吧|{drop_behind})*"),
            re.compile(rf"把?(.+?)(?:{drop_behind})(?:了|吧)*"),
        )

    def read(self, understood: Understanding, asked: Expectation, read: Read) -> Understanding:
        """`understood` as it stands without a question; `read` reads a part of it again."""
        text = plain(understood.text).strip(MARKS)
        if not text:
            return understood
        says_what = any(line.product or line.product_options or line.account for line in understood.lines)
        apart = self._apart.search(text) is not None
        once_more = apart and asked.quoted and not says_what
        if understood.intent is Intent.REORDER or not asked.lines or once_more:
            understood = self._once_more(text, understood)
        if asked.open_orders > 1 and len(asked.lines) < 2:
            called_off = self._called_off(text, understood, asked)
            if called_off is not None:
                return called_off
        if (remark := self._remarks.read(text, understood)) is not None:
            return remark
        understood = self._without_remarks(understood, asked)
        if len(asked.lines) > 1 and (others := self._all_but(text, asked, read)):
            return replace(understood, intent=Intent.MODIFY, confidence=SURE, lines=others, problems=())
        if asked.lines and (dropped := self._dropped(text, asked, read)) is not None:
            return replace(understood, intent=Intent.MODIFY, confidence=SURE, lines=(dropped,), problems=())
        if len(asked.lines) == 1 and (renamed := self._of_region_or_name(text, understood, asked)):
            return renamed
        if asked.lines and not understood.lines and (for_whom := self._instead_for.fullmatch(text)):
            return replace(understood, intent=Intent.MODIFY, confidence=SURE, contact=for_whom[1])
        if asked.quoted and not understood.lines and self._paid.fullmatch(text):
            return replace(understood, intent=Intent.STATUS, confidence=SURE)
        if asked.lines and not understood.lines and self._wait.fullmatch(text):
            return replace(understood, intent=Intent.DENY, confidence=SURE)
        asked_whom = asked.asking is Slot.ACCOUNT or not asked.lines
        if asked_whom and not understood.lines and (whose := self._of_person.fullmatch(text)):
            return replace(understood, intent=Intent.PROVIDE, confidence=SURE, contact=whose[1])
        if asked.choices and len(text) <= ANSWER_LENGTH_MAX:
            answered = self._chosen(text, understood, asked)
            if answered is not None:
                return answered
        if apart and says_what and not self._together.search(text):
            understood = replace(understood, adds=False, apart=True)
        if len(asked.lines) > 1:
            understood = self._placed(text, understood, asked, read)
            understood = self._several.read(text, understood, asked.lines)
        if asked.lines and understood.intent is Intent.ORDER and self._changes.search(text):
            understood = replace(understood, intent=Intent.MODIFY)
        if len(asked.lines) == 1 and len(understood.lines) == 1:
            understood = self._added(text, understood, asked)
            understood = self._counted(self._of_sibling(text, understood, asked), asked)
        if asked.asking is Slot.ACCOUNT:
            return self._account(understood, asked)
        return understood

    def _added(self, text: str, understood: Understanding, asked: Expectation) -> Understanding:
        """`152…也充30，一起付` comes on top of the line in hand."""
        line, hand = understood.lines[0], asked.lines[0]
        another = line.account is not None and hand.account not in (None, line.account.value)
        if not another or understood.apart or not self._adds.search(text):
            return understood
        if understood.intent is Intent.REORDER:
            return understood
        if line.product is None and hand.product_id is not None:
            line = replace(line, product=Heard(hand.product_id, Span(0, len(understood.text))))
        return replace(understood, intent=Intent.MODIFY, lines=(line,), adds=True)

    def _of_sibling(self, text: str, understood: Understanding, asked: Expectation) -> Understanding:
        """`美区的50` while the card of another region is in hand means that region's."""
        line, product = understood.lines[0], self._product(asked.lines[0].product_id)
        if product is None or line.product is not None or _facet(product) in text:
            return understood
        stem = plain(product.name)[:STEM_LENGTH]
        others = [
            other
            for other in self._products.values()
            if other.category == product.category
            and plain(other.name).startswith(stem)
            and other is not product
            and _facet(other) in text
        ]
        if len(others) != 1:
            return understood
        heard = Heard(others[0].product_id, Span(0, len(understood.text)))
        return replace(understood, lines=(replace(line, product=heard, sku=None, sku_options=()),))

    def _counted(self, understood: Understanding, asked: Expectation) -> Understanding:
        """`200个` of goods that are counted by themselves (Q币, 点券) is a size, where it is sold."""
        line, product = understood.lines[0], self._product(asked.lines[0].product_id)
        if line.quantity is None or line.measure or line.sku or line.product or product is None:
            return understood
        if line.quantity.value == 1 or asked.asking is Slot.QUANTITY:
            return understood
        sizes = [
            variant.sku_id
            for variant in product.variants
            if variant.face_value == line.quantity.value and variant.unit.lower() in product.name.lower()
        ]
        if len(sizes) != 1:
            return understood
        sku = Heard(sizes[0], line.quantity.span, line.quantity.sureness)
        return replace(understood, lines=(replace(line, quantity=None, sku=sku),))

    # --- earlier orders -------------------------------------------------------------------------

    def _once_more(self, text: str, understood: Understanding) -> Understanding:
        """`再来两次` is the whole order so many times; `上上次那单` is the last but one."""
        more = self._times.search(text)
        bare = not any(line.product or line.measure for line in understood.lines)
        if more is not None and bare and understood.intent in ONCE_MORE:
            lines = tuple(replace(line, quantity=None, quantity_change=None) for line in understood.lines)
            times = getattr(number(more[1]), "value", None)
            understood = replace(
                understood,
                intent=Intent.REORDER,
                confidence=SURE,
                lines=tuple(line for line in lines if line != SpokenLine()),
                times=int(times) if times is not None else None,
                adds=False,
            )
        if understood.intent is not Intent.REORDER:
            return understood
        if (back := self._back_in_time.search(text)) is not None:
            return replace(understood, order_at=-len(back[1]))
        if (first := self._first_times.search(text)) is not None:
            place = getattr(number(first[1]), "value", None)
            return replace(understood, order_at=int(place) - 1 if place else None)
        return understood

    def _called_off(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        """`取消第一个`, `都不要了`: several orders are open, and this says which."""
        calls_off = understood.intent is Intent.CANCEL or self._calls_off.search(text) is not None
        if not calls_off or any(line.product or line.account for line in understood.lines):
            return None
        ordinal = self._ordinal.search(text)
        place = _index(ordinal[1], asked.open_orders) if ordinal else None
        if place is None and any(word in text for word in self._last):
            place = asked.open_orders - 1
        every = self._every.search(text) is not None
        if place is None and not every:
            return None
        return replace(
            understood,
            intent=Intent.CANCEL,
            confidence=SURE,
            lines=(),
            problems=(),
            order_at=place,
            every_order=every and place is None,
        )

    # --- choices --------------------------------------------------------------------------------

    def _chosen(self, text: str, understood: Understanding, asked: Expectation) -> Understanding | None:
        way_out = _only(choice for choice in asked.choices if choice.means == WAY_OUT)
        if text in self._back and way_out is not None:
            return _taken(understood, way_out)
        things = [choice for choice in asked.choices if choice.means in self._skus]
        if len(things) == 1 and asked.asking is None and self._remarks.takes(text):
            return _taken(understood, things[0])
        exact = _only(choice for choice in asked.choices if text in _names_of(choice))
        if exact is not None:
            return _taken(understood, exact)
        bare = self._without_fillers(text)
        position = self._position_in(bare, len(asked.choices))
        sized = self._sizes_named(bare, asked)
        if position is not None:
            at_position = asked.choices[position]
            if at_position is way_out and bare.startswith("第"):
                # Nobody calls the way out `the first`: something else was meant.
                return replace(understood, intent=Intent.PROVIDE, lines=(), problems=())
            if sized and at_position.means not in sized and not bare.startswith("第"):
                return self._either_of(understood, at_position, sized)
            return _taken(understood, at_position)
        named = _only(choice for choice in asked.choices if bare in _names_of(choice))
        if named is not None:
            return _taken(understood, named)
        if any(line.product or line.sku or line.account or line.region for line in understood.lines):
            return None
        if (
            asked.asking in (Slot.REGION, Slot.PRODUCT, Slot.VARIANT, None)
            and len(bare) > 1
            and not bare.isdecimal()
        ):
            part = _only(choice for choice in asked.choices if bare in _names_of(choice)[0])
            if part is not None and understood.intent not in NO_ANSWER:
                return _taken(understood, part)
        return None

    def _without_fillers(self, text: str) -> str:
        match = self._bare.fullmatch(text)
        return match[1].strip(MARKS) if match else text

    def _position_in(self, text: str, count: int) -> int | None:
        if text in self._last:
            return count - 1
        match = self._ordinal.fullmatch(text) or self._position.fullmatch(text)
        return _index(match[1], count) if match else None

    def _sizes_named(self, text: str, asked: Expectation) -> tuple[str, ...]:
        """Choices of a size that is this very number: `5` may be the fifth, or 5 Q币."""
        if asked.asking is not Slot.VARIANT or not text.isdecimal():
            return ()
        offered = {choice.means for choice in asked.choices}
        return tuple(
            variant.sku_id
            for line in asked.lines
            if (product := self._product(line.product_id)) is not None
            for variant in product.variants
            if variant.sku_id in offered and variant.face_value == int(text)
        )

    def _either_of(
        self, understood: Understanding, choice: OfferedChoice, sized: tuple[str, ...]
    ) -> Understanding:
        """A number that names one choice and numbers another: that is for the customer to say."""
        line = SpokenLine(sku_options=(*sized, choice.means))
        return replace(understood, intent=Intent.PROVIDE, lines=(line,), problems=())

    # --- lines ----------------------------------------------------------------------------------

    def _placed(self, text: str, understood: Understanding, asked: Expectation, read: Read) -> Understanding:
        """`第二个改成50` is about the second line in hand."""
        match = self._ordinal.match(text)
        position = _index(match[1], len(asked.lines)) if match else None
        if match is None or position is None:
            return understood
        rest = understood if len(understood.lines) == 1 else read(text[match.end() :])
        if len(rest.lines) != 1:
            return understood
        line = replace(rest.lines[0], position=position)
        return replace(understood, intent=Intent.MODIFY, lines=(line,), problems=rest.problems)

    def _dropped(self, text: str, asked: Expectation, read: Read) -> SpokenLine | None:
        for pattern in self._drops:
            if match := pattern.fullmatch(text):
                line = self._line_meant(match[1].strip(MARKS), asked, read)
                if line is not None:
                    return line
        return None

    def _all_but(self, text: str, asked: Expectation, read: Read) -> tuple[SpokenLine, ...]:
        """`只要第一个`: the others are dropped."""
        kept = self._several.kept(text)
        line = self._line_meant(kept.strip(MARKS), asked, read) if kept else None
        if line is None:
            return ()
        others = (at for at in range(len(asked.lines)) if at != line.position)
        return tuple(SpokenLine(position=at, dropped=True) for at in others)

    def _of_region_or_name(
        self, text: str, understood: Understanding, asked: Expectation
    ) -> Understanding | None:
        """`改成微信区` where 苹果QQ区 was said is 苹果微信区; `跨三` where 跨三A and 跨三B are served
        is neither; `账号错了，是xiaoming456` is a name, and no number is read out of it."""
        hand = asked.lines[0]
        product = self._product(hand.product_id)
        if product is None or any(line.product for line in understood.lines):
            return None
        whole = Span(0, len(understood.text))
        renamed = self._renamed.fullmatch(text) if product.account_kind == "game_id" else None
        if renamed is not None:
            typed = understood.text[understood.text.lower().find(renamed[1]) :][: len(renamed[1])]
            line = SpokenLine(account=Heard(typed, whole), account_kind="game_id")
            return replace(understood, intent=Intent.MODIFY, confidence=SURE, lines=(line,), problems=())
        said = self._changes.sub("", self._without_fillers(text)).strip(MARKS)
        fits = [region for region in product.regions if len(said) > 1 and said in plain(region)]
        if not fits or said in map(plain, product.regions):
            return None
        if len(fits) > 1 and hand.region is not None:
            alike = {region: len(set(region) & set(hand.region)) for region in fits}
            fits = [region for region in fits if alike[region] == max(alike.values())]
        if len(fits) > 1:
            return replace(understood, intent=Intent.PROVIDE, lines=(), problems=())
        line = SpokenLine(region=Heard(fits[0], whole))
        intent = Intent.MODIFY if asked.quoted else Intent.PROVIDE
        return replace(understood, intent=intent, confidence=SURE, lines=(line,), problems=())

    def _line_meant(self, text: str, asked: Expectation, read: Read) -> SpokenLine | None:
        if text in self._last:
            return SpokenLine(position=len(asked.lines) - 1, dropped=True)
        ordinal = self._ordinal.fullmatch(text)
        if ordinal is not None:
            position = _index(ordinal[1], len(asked.lines))
            return None if position is None else SpokenLine(position=position, dropped=True)
        lines = read(text).lines
        if len(lines) != 1:
            return None
        fits = [
            at for at, line in enumerate(asked.lines) if _is_about(line.product_id, line.account, lines[0])
        ]
        return SpokenLine(position=fits[0], dropped=True) if len(fits) == 1 else None

    # --- recipients -----------------------------------------------------------------------------

    def _account(self, understood: Understanding, asked: Expectation) -> Understanding:
        kinds = {
            product.account_kind
            for line in asked.lines
            if line.account is None and (product := self._product(line.product_id)) is not None
        }
        if len(kinds) != 1:
            return understood
        kind = kinds.pop()
        if kind in FREE_TEXT_KINDS:
            return self._free_text(understood, kind)
        if len(understood.lines) < 2 and _is_bare_number(understood.text):
            line = understood.lines[0] if understood.lines else SpokenLine()
            digits = "".join(filter(str.isdigit, plain(understood.text)))
            if kind == "phone" and len(digits) == 13:
                digits = digits.removeprefix("86")
            accepted = self._lexicon.accounts[kind].accepts(digits)
            if accepted and (line.account is not None or line.product is None):
                heard = Heard(digits, Span(0, len(understood.text)))
                answer = SpokenLine(account=heard, account_kind=kind)
                return replace(understood, intent=Intent.PROVIDE, lines=(answer,), problems=())
        return understood

    def _without_remarks(self, understood: Understanding, asked: Expectation) -> Understanding:
        """`角色名错了` names nobody: what stands there is to be said anew."""
        lines = understood.lines
        if len(lines) != 1 or len(asked.lines) != 1 or lines[0].account is None:
            return understood
        line, hand = lines[0], asked.lines[0]
        if line.account_kind != "game_id" or not self._remarks.is_no_name(lines[0].account.value):
            return understood
        problems: tuple[Problem, ...] = ()
        if hand.account is not None:
            problems = (Problem(Slot.ACCOUNT, ProblemCode.ACCOUNT_FORMAT, hand.account),)
        line = replace(line, account=None, account_kind=None, problems=problems)
        return replace(understood, intent=Intent.MODIFY, lines=() if line == SpokenLine() else (line,))

    def _free_text(self, understood: Understanding, kind: str) -> Understanding:
        """A name in a game, or where a parcel goes: taken as typed."""
        typed = understood.text.strip()
        length_max = GAME_ID_LENGTH_MAX if kind == "game_id" else ANSWER_LENGTH_MAX * 5
        says_more = any(line.product or line.sku for line in understood.lines) or understood.chosen
        labelled = any(line.account and line.account_kind == kind for line in understood.lines)
        if kind == "game_id" and not says_more and self._remarks.is_no_name(typed):
            return replace(understood, intent=Intent.FAQ, topic=NO_ACCOUNT_YET, confidence=SURE, lines=())
        if understood.intent in NO_ANSWER or says_more or len(typed) > length_max:
            return understood
        if labelled and kind == "game_id":
            return understood
        if kind == "address":
            typed = without_label(typed, self._lexicon)
        if not self._lexicon.accounts[kind].accepts(typed):
            return understood
        if kind == "address" and not labelled:
            return understood
        if kind == "game_id" and not re.fullmatch(r"[\w@.#+-]+(?: [\w@.#+-]+){0,3}", typed):
            return understood
        unsure = kind == "game_id" and self._remarks.may_be_no_name(typed)
        heard = Heard(typed, Span(0, len(understood.text)), UNSURE if unsure else 1.0)
        answer = SpokenLine(account=heard, account_kind=kind)
        return replace(understood, intent=Intent.PROVIDE, confidence=SURE, lines=(answer,), problems=())

    def _product(self, product_id: str | None) -> ProductWords | None:
        return self._products.get(product_id) if product_id is not None else None


def _facet(product: ProductWords) -> str:
    """What tells siblings apart: the words in brackets behind the name; a character nobody types where there are none."""
    match = FACET.search(plain(product.name))
    return match[1] if match else "\0"


def _taken(understood: Understanding, choice: OfferedChoice) -> Understanding:
    return replace(
        understood, intent=Intent.PROVIDE, confidence=SURE, chosen=choice.means, lines=(), problems=()
    )


def _names_of(choice: OfferedChoice) -> tuple[str, ...]:
    """What can be typed for a choice: its label, and its label without the price behind it."""
    label = plain(choice.label).strip(MARKS)
    name = label.split(PRICE_MARK, maxsplit=1)[0].strip(MARKS)
    return tuple(dict.fromkeys((label, name, name.split("(", maxsplit=1)[0].strip(MARKS))))


def _only(choices: Iterable[OfferedChoice]) -> OfferedChoice | None:
    found = list(choices)
    return found[0] if len(found) == 1 else None


def _index(text: str, count: int) -> int | None:
    """Position from 0 of a spoken ordinal, or None when there are not so many."""
    read = number(text)
    value = getattr(read, "value", None)
    return int(value) - 1 if value is not None and 1 <= value <= count else None


def _is_about(product_id: str | None, account: str | None, said: SpokenLine) -> bool:
    if said.product is not None:
        return said.product.value == product_id and (said.account is None or said.account.value == account)
    if said.product_options:
        return product_id in said.product_options
    return said.account is not None and said.account.value == account


def _is_bare_number(text: str) -> bool:
    """Digits and what people put between them, nothing else."""
    return re.fullmatch(r"\+?[\d\s\-－—]{4,40}", plain(text).strip(MARKS)) is not None


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
