"""Signs of what waits, is undecided or is only told: 等发工资再充, 要不要充, 多少我问下女儿, 骗子让我…."""

from __future__ import annotations

import re

from nlu.alternations import any_in, repeatable
from nlu.lexicon import Lexicon
from nlu.sign_pieces import polite_tail


class SignsOfWaiting:
    """Patterns of what is not wanted now, or not yet decided."""

    stranger: re.Pattern[str]
    told_by: re.Pattern[str]
    """骗子让我…: what a stranger told the customer to do."""
    later: re.Pattern[str]
    rather: re.Pattern[str]
    postponed: re.Pattern[str]
    """等发工资了再充: what will be ordered another day."""
    let_me_know: re.Pattern[str]
    """跟我说一声: behind 跟我说, nobody said anything."""
    let_me_know_when: re.Pattern[str]
    """没货: in front of 跟我说, what shall be told."""
    undecided: re.Pattern[str]
    """多少我问下女儿, 多少都行: no question."""
    number_asked: re.Pattern[str]
    """号: in front of 多少, a recipient is asked for and no price."""
    hardly: re.Pattern[str]
    """用不了: in front of 多少, no number is asked for."""
    falls_short: re.Pattern[str]
    """就差: in front of 几块钱, so much is lacking or left, and nothing is asked."""
    do_not_ask: re.Pattern[str]
    """别问我: what is said of it is asked by nobody."""
    for_me: re.Pattern[str]
    """你帮: in front of 我想想, nothing is put off."""
    whether: re.Pattern[str]
    """Stands in whatever asks whether to buy at all, which takes longer to look for."""
    whether_to: re.Pattern[str]
    """要不要充…: asks whether to buy at all, in a message whose goods and numbers are masked."""
    spent_later: re.Pattern[str]
    """等打折买游戏: what is bought with the goods."""
    another_matter: re.Pattern[str]
    """开票的事: what is put off in this clause is not the order."""
    by_himself: re.Pattern[str]
    """等我: in front of 看看, nothing of the shop's is looked at."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "signs")
        verbs = any_of("deal_verbs")
        tail = polite_tail(lexicon)
        self.let_me_know = re.compile(any_of("let_me_know"))
        once = any_of("let_me_know_when")
        self.let_me_know_when = re.compile(
            rf"(?:^|(?<=[,，。;；!！?？\s])){once}(?:了|的话|就|请|再|麻烦|随时)*$"
        )
        self.undecided = re.compile(rf"{any_of('how_much')}.{{0,6}}?{any_of('undecided')}")
        self.number_asked = re.compile(rf"(?:{any_of('number_words')}|号)(?:是|要|都)?$")
        self.hardly = re.compile(rf"{any_of('hardly')}$")
        self.falls_short = re.compile(rf"{any_of('falls_short')}$")
        self.do_not_ask = re.compile(any_of("do_not_ask"))
        self.for_me = re.compile(rf"{any_of('on_my_behalf')}$")
        whether, clause, slot = "(?:要不要|该不该)", "[^,，。;；!！?？\\n]", "[\ue001-\ue006]"
        self.whether = re.compile(whether)
        self.whether_to = re.compile(
            rf"{whether}{clause}*{slot}|{slot}{clause}*{whether}{tail}$"
            rf"|{whether}(?:再|先|给|帮|我|也|去|就|\ue007)*(?:{verbs}|{any_of('wishing_verbs')}){tail}(?!{clause})"
        )
        self.spent_later = re.compile(
            rf"{any_of('awaiting')}[^,，。;；!！?？\n再就了]{{1,6}}?{verbs}{any_of('spent_on')}"
        )
        self.another_matter = re.compile(any_of("another_matter"))
        self.by_himself = re.compile(rf"{any_of('by_himself')}$")
        self.stranger = re.compile(any_of("strangers"))
        self.told_by = re.compile(any_of("strangers") + any_of("strangers_are") + "?" + any_of("telling"))
        ways = (way for names in lexicon.groups("payments.methods").values() for way in names)
        by_which = repeatable(("我", "再", "就", "会", *lexicon.words("signs.by_which"), *ways))
        self.later = re.compile(rf"儿?(?:{by_which})*{any_of('later_verbs')}")
        self.rather = re.compile(rf".{{0,14}}?{any_of('rather_ends')}")
        self.postponed = re.compile(rf"{any_of('another_day')}.{{0,24}}{verbs}")
