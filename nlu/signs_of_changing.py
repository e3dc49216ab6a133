"""Signs of changing what is in hand, and which part of it: 第二个改成50, 也充, 多加两张."""

from __future__ import annotations

import re

from nlu.alternations import any_in, either, repeatable
from nlu.lexicon import Lexicon
from nlu.sign_pieces import PUNCTUATION


class SignsOfChanging:
    """Patterns of changes, and of which part they are of."""

    change_of: re.Pattern[str]
    only_changes: re.Pattern[str]
    """改主意了, 换一个吧: all of a clause that changes an order and names nothing of it."""
    slipped: re.Pattern[str]
    """写反了, 打漏了个字: what was written or said is wrong."""
    tells_of_slip: re.Pattern[str]
    """打错了, 写反了, 手滑: a word that corrects, or only tells why something was corrected."""
    only_a_slip: re.Pattern[str]
    """最后两位刚才打反了: up to such a word, a clause that says no more than that."""
    slipped_again: re.Pattern[str]
    """又, 这个也: in front of such a word, what stands now is wrong too."""
    not_this: re.Pattern[str]
    """不是这个呀，我说的是…: speaks of what was shown."""
    may_change: re.Pattern[str]
    drop_line: re.Pattern[str]
    so_many_numbers: re.Pattern[str]
    """这九个号: how many recipients the message says it has."""
    more: re.Pattern[str]
    """多加: in front of a count, so many more."""
    fewer: re.Pattern[str]
    beside: re.Pattern[str]
    """还有…: what is said comes on top of what is in hand."""
    same_account: re.Pattern[str]
    any_time: re.Pattern[str]
    """后天到: in front of 都行, which then leaves open when, and no goods."""
    as_ever: re.Pattern[str]
    """今天, 这次: in front of 还是 with nothing said before, which then means that it stays so."""
    after_all: re.Pattern[str]
    """还是给我开吧, up to a pause: with nothing said before it decides for what follows, and corrects nothing."""
    to_the_same: re.Pattern[str]
    """还是充那个号: in front of the one recipient, which is the same as ever."""
    affirming: re.Pattern[str]
    """对, 就要: in front of what is said again."""
    enough: re.Pattern[str]
    """就够了: behind a count, at the end of its clause."""
    one_more: re.Pattern[str]
    """也充, 一样, 还有: what a recipient is said with that gets the same as the one before."""
    place: re.Pattern[str]
    """前两个, 最后一个, 其他的: in front of a size, whose it is."""

    def __init__(self, lexicon: Lexicon) -> None:
        any_of = any_in(lexicon, "signs")

        def any_word(name: str) -> str:
            return f"(?:{repeatable(lexicon.words(name))})"

        drop, counters = any_of("drop_verbs"), any_of("counters")
        # 取消这个订单 is of all of it, 取消这个 of a line.
        nth = f"(?:第.{counters}|{any_of('last_ones')}|{any_of('this_one')}(?!{any_of('whole_order')}))"
        leading = repeatable((*lexicon.words("signs.particles"), *lexicon.words("signs.leads")))
        lead = rf"(?:[{PUNCTUATION}]|{leading})*"
        self.change_of = re.compile(rf"{lead}{any_of('change_front')}.{{0,20}}{any_of('change_back')}")
        told = ("particles", "leads", "noise", "beside_a_change")
        words = (
            *lexicon.words("stance.modify"),
            *(one for name in told for one in lexicon.words(f"signs.{name}")),
        )
        self.only_changes = re.compile(rf"(?:{repeatable(words)}|\s)*")
        hasty = rf"{any_of('organs')}{any_of('gone_hasty')}[了啦咯]|{any_of('writing')}{any_of('hastily')}[了啦咯]"
        self.slipped = re.compile(
            rf"(?:{any_of('writing')}(?:{any_of('gone_wrong')}[了啦咯]|{any_of('left_out')}了?{any_of('of_letters')}))+"
            # 啊说快了: the customer himself, at the head of a clause; of another, 客服说快了 corrects nothing.
            rf"|(?:^|(?<=[{PUNCTUATION}]))(?:{repeatable(lexicon.words('signs.before_a_slip'))})*(?:{hasty})"
        )
        slip = rf"{any_of('before_a_slip_told')}?{any_of('writing')}*{any_of('told_slip')}[了啦咯的]?(?:字|一?[位个])?"
        self.tells_of_slip = re.compile(slip)
        self.only_a_slip = re.compile(rf"(?:{any_of('before_a_slip_told')}|\s)*(?:{slip})+")
        self.slipped_again = re.compile(any_of("slip_again"))
        self.not_this = re.compile(rf"^.{{0,6}}?{any_of('not_this')}")
        self.may_change = re.compile(any_of("may_change"))
        self.drop_line = re.compile(rf"{drop}.{{0,4}}{nth}|{nth}.{{0,3}}{drop}")
        self.so_many_numbers = re.compile(
            rf"(?P<these>{any_of('these')})?(?P<count>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}})(?:个{any_of('number_words')}|张加?油卡)"
        )
        begins = rf"(?:^|[,，\s]|{any_of('more_front')})"
        one_verb = rf"(?:(?!{any_of('no_more')})[^\W\d])?"
        self.more = re.compile(
            rf"(?:{any_of('more')}(?:上|了|个|\s)?|{begins}{any_of('more_by_itself')}{one_verb}\s?)$"
        )
        self.fewer = re.compile(
            rf"(?:(?:{any_of('fewer')})(?:掉|了|去|\s)?(?:[^\w,，。]|\(\w+\))*|(?:{any_of('too_many')})\s?)$"
        )
        self.beside = re.compile(rf"^\s*(?:对了|那|哦|嗯|[,\s])*{any_of('beside')}")
        self.same_account = re.compile(any_of("same_account"))
        self.any_time = re.compile(rf"{any_of('any_time')}[^,.;!?。，\s]{{0,4}}$")
        self.as_ever = re.compile(rf"(?:^|[{PUNCTUATION}]|{any_of('as_ever')})$")
        after_all = {name: any_word(f"idle.{name}") for name in ("for_me", "verbs", "pieces", "particles")}
        self.after_all = re.compile(
            rf"还是想?{after_all['for_me']}?{after_all['verbs']}+{after_all['pieces']}?"
            rf"{after_all['particles']}*(?=[{PUNCTUATION}]|$)"
        )
        self.to_the_same = re.compile(
            rf"还是(?:{any_word('idle.to')}|{any_word('idle.verbs')})?{any_word('idle.as_before')}*"
            rf"(?:{any_of('number_words')}|[的{PUNCTUATION}])*"
        )
        self.affirming = re.compile(rf"{any_of('affirming')}{any_of('said_again')}*$")
        self.enough = re.compile(rf"{any_of('enough')}{any_of('enough_ends')}*(?=$|[{PUNCTUATION}])")
        again = ("proof.also", "stance.each", "stance.join", "signs.the_same")
        self.one_more = re.compile(either(word for name in again for word in lexicon.words(name)))
        self.place = re.compile(
            rf"(?:(?:(?P<nth>第)|(?P<first>{any_of('first_ones')})|{any_of('last_of_all')})"
            rf"(?P<count>[0-9]{{1,2}}|[一二两三四五六七八九十]{{1,2}})?个?|(?P<rest>{any_of('other_ones')}))"
            rf"(?:个|号码|号|手机|人|都|各|充|要|来|是|给|的|:|\s)*$"
        )
