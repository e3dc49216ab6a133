"""Signs of buying, paying and asking about it: 充了没, 多少钱, 怎么买."""

from __future__ import annotations

import re

from nlu.alternations import any_in, either
from nlu.alternations import any_of as any_of_in
from nlu.lexicon import Lexicon
from nlu.sign_pieces import PUNCTUATION, polite_tail


class SignsOfDealing:
    """Patterns of a purchase under way, done, or asked after."""

    trade: re.Pattern[str]
    """Whether a text speaks of buying, paying, accounts or goods at all."""
    request_tail: re.Pattern[str]
    how_to_buy: re.Pattern[str]
    other_work: re.Pattern[str]
    price_question: re.Pattern[str]
    pay_link: re.Pattern[str]
    shown_wrong: re.Pattern[str]
    """你怎么给我放的…: what was shown is not it."""
    no_other: re.Pattern[str]
    """别给我充成…: what is ordered shall be no other."""
    sent_by_message: re.Pattern[str]
    """预约短信发138…: between the message and the number it goes to."""
    used_up: re.Pattern[str]
    """用完了: at the end of a clause about what was bought before."""
    needless: re.Pattern[str]
    """In front of 发票: said beside an order, asks for nothing."""
    unasked_for: re.Pattern[str]
    """别再跟我: in front of 推荐, nobody wants to be shown anything."""
    follows: re.Pattern[str]
    """What makes a condition of the words in front of it: 就买, 才要."""
    asked_when: re.Pattern[str]
    which_unpaid: re.Pattern[str]
    """我哪个还没付, 还有没付的吗: asks after orders, and searches for nothing."""
    of_earlier: re.Pattern[str]
    """昨天那单, 上次那个: an order before the one in hand."""
    done: re.Pattern[str]
    whether_done: re.Pattern[str]
    """充到…了吗, 充…没有, 刚充的…呢: asks after an order, and orders nothing."""
    sold_here: re.Pattern[str]
    """能办优酷不: whether the goods can be had here, in a message whose goods are masked."""
    about_it: re.Pattern[str]
    """要多久, 安全吗: asks about a purchase."""
    on_price: re.Pattern[str]
    not_yet: re.Pattern[str]
    complained: re.Pattern[str]
    """我没充, 充不了: tells of a purchase that was not or cannot be made."""
    twice: re.Pattern[str]
    """充重了: bought once too often."""
    spent: re.Pattern[str]
    """充了, 交过: behind a verb, it is done."""
    regularly: re.Pattern[str]
    """每月都充: an order by the calendar, which nobody takes here."""
    in_all: re.Pattern[str]
    """一共充: the size behind it is the sum."""
    foreign: re.Pattern[str]
    """Weather, sums, lovesickness."""
    my_mistake: re.Pattern[str]
    """我充错号了: asks for himself, and not how such things are done."""
    held_to: re.Pattern[str]
    """真的72小时内能到？: asks whether the goods that were named keep what is promised of them."""
    fails: re.Pattern[str]
    """提示已经被使用: what goods say that fail."""
    are_you: re.Pattern[str]
    """你是: 真人 behind it is no wish for a person."""
    asks_us: re.Pattern[str]
    """你们这儿: behind what was told of others, the customer's own question begins."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "signs")
        verbs = any_of("deal_verbs")
        when = any_of("when")
        tail = polite_tail(lexicon)
        self.foreign = re.compile(any_of("foreign"))
        arrives = rf"{any_of('arrives')}{any_of('particles')}*(?:吗|么|不|没|\?)+{tail}$"
        self.held_to = re.compile(
            rf"{any_of('doubting')}[^,，。;；!！\n]{{0,14}}{arrives}|(?:能|可以|会)(?:准时|按时|真的)*{arrives}"
        )
        self.fails = re.compile(
            rf"(?<![会能要怕]){any_of('shows')}(?:我|说|是|都|一直|总|老|的)*[^,，。;；!！?？\n]{{0,6}}?{any_of('failing')}"
        )
        self.are_you = re.compile(any_of("are_you"))
        self.my_mistake = re.compile(rf"{any_of('mine')}.{{0,5}}{any_of('deal_verbs')}[错重]")
        self.asks_us = re.compile(any_of("asks_us"))
        self.trade = re.compile(any_of("trade"))
        self.request_tail = re.compile(rf"{any_of('request_tail')}[{PUNCTUATION}]*$")
        self.how_to_buy = re.compile(rf"{any_of('how')}.{{0,8}}{any_of('buying')}")
        self.other_work = re.compile(any_of("other_work"))
        self.price_question = re.compile(any_of("price_question"))
        self.pay_link = re.compile(rf"{any_of('give')}.{{0,3}}{any_of('pay_link')}")
        self.asked_when = re.compile(rf"{verbs}的.{{0,8}}{when}|{when}.{{0,4}}{verbs}的")
        unpaid = any_of_in(lexicon, "references.unpaid")
        which = any_of_in(lexicon, "references.which_one")
        self.which_unpaid = re.compile(
            rf"{which}(?:单|订单|东西)?[^,，。\s]{{0,3}}?{unpaid}|{any_of('any_more')}(?:单|订单)?{unpaid}[款钱]?的?"
        )
        days = (word for words in lexicon.groups("references.days").values() for word in words)
        self.of_earlier = re.compile(
            rf"(?:{either(days)})[^,，。\s]{{0,6}}?(?:那|这|的)|{any_of_in(lexicon, 'references.earlier')}"
        )
        self.no_other = re.compile(
            rf"{any_of('warnings')}(?:再|又|给|帮|我|把|号码?)*(?:{verbs}|{any_of('handling')})?成(?![了功])"
            rf"|{any_of('warnings')}(?:再|又|给|帮|我|发|拿|弄|整|来|用|那种|这种|什么)*{any_of('bad_wares')}"
        )
        self.shown_wrong = re.compile(
            rf"{any_of('you')}{any_of('asked_how')}?(?:又|就|还)?给我(?:们)?{any_of('showing')}(?:的|成|了|上)"
        )
        self.sent_by_message = re.compile(any_of("sent_by") + "*$")
        self.used_up = re.compile(rf"{any_of('used_up')}{any_of('particles')}*$")
        self.needless = re.compile(any_of("needless") + "$")
        self.unasked_for = re.compile(
            rf"(?<![要能会可]){any_of('needless')}(?:再|又|老|总|一直|跟|给|向|对|帮|我|你|们)*$"
        )
        self.follows = re.compile(any_of("follows"))
        self.done = re.compile(verbs + any_of("deal_ends"))
        self.whether_done = re.compile(
            rf"(?:{verbs}|到).{{0,40}}(?:了(?:吗|么|没有?|不)|没有?){tail}$"
            rf"|{verbs}的.{{0,40}}(?:{any_of('not_arrived')}|呢{tail}$)"
        )
        can, sold = any_of("can_one"), any_of("sold_by")
        in_front = rf"(?:{any_of('asks_us')}|{any_of('asking_politely')}|{any_of('leads')}|[\s,，这那里儿家店边还也])*"
        ask = r"(?:吗|么|不|没|嘛|\?|？)+[\s!！~]*"
        offered = rf"(?:{can}{sold}|{any_of('on_sale')})"
        self.sold_here = re.compile(
            rf"{in_front}(?:{offered}|{can})[的个\s]*\ue001[的\ue002]*{ask}"
            rf"|{in_front}\ue001[\ue002\s,，]*{offered}{ask}"
        )
        self.about_it = re.compile(any_of("about_it"))
        self.on_price = re.compile(any_of("on_price"))
        self.not_yet = re.compile(any_of("not_yet"))
        self.complained = re.compile(
            rf"没有?(?:让你|叫你|要你|说要|说)?(?:们)?(?:给|帮|往|去)?{verbs}(?!过|值过|上|到账)(?=[^,.;!?。]{{0,10}}[0-9一二三四五六七八九十百两])|{verbs}不{any_of('cannot')}"
        )
        self.spent = re.compile(r"[了过完]")
        self.twice = re.compile(rf"{verbs}{any_of('too_often')}|{any_of('too_often_front')}{verbs}")
        self.regularly = re.compile(
            rf"每一?个?{any_of('calendar')}(?:[0-9]{{1,2}}[号日]|初|底|都|要|自动|定时|固定|定期|按时|帮我|给我|给|帮|[^\u4e00-\u9fff,.;!?。\s]|\s)*{verbs}(?![车会店门始心])"
            rf"|{any_of('regular')}.{{0,4}}{verbs}"
        )
        self.in_all = re.compile(rf"{any_of('in_all')}(?:是|要|给|帮|我|{verbs}|的|话费|:|\s)*$")
