"""Signs of forbidding, putting off and taking back: 别充了, 等发工资再充, 50不够."""

from __future__ import annotations

import re

from nlu.alternations import any_in, either, repeatable
from nlu.contacts import people_pattern
from nlu.lexicon import Lexicon
from nlu.sign_pieces import PUNCTUATION, polite_tail


class SignsOfRefusing:
    """Patterns of what is not wanted, not now, or not so."""

    stop: re.Pattern[str]
    """别给…充了."""
    unwanted: re.Pattern[str]
    """…，不要，手滑: a clause that says no and nothing else."""
    stranger: re.Pattern[str]
    told_by: re.Pattern[str]
    """骗子让我…: what a stranger told the customer to do."""
    warned: re.Pattern[str]
    careful: re.Pattern[str]
    """别充错了: warns of a slip, and forbids nothing. Nor does 加班 join anything."""
    secret: re.Pattern[str]
    """不要跟她讲, 别让我老公知道: what nobody shall know, and no purchase that is forbidden."""
    mistaken: re.Pattern[str]
    """别搞成: in front of what it must not be."""
    mistaken_place: re.Pattern[str]
    """别充到: in front of a server that it must not go to."""
    refused_behind: re.Pattern[str]
    """不要了: behind a tier that is not wanted."""
    later: re.Pattern[str]
    rather: re.Pattern[str]
    not_the_size: re.Pattern[str]
    """50不够: what was said right in front is taken back."""
    beyond_means: re.Pattern[str]
    """买不起: behind a size that another took the place of."""
    for_use: re.Pattern[str]
    """打车用: goods are only what others are for, where a clause ends so."""
    given_up: re.Pattern[str]
    """爱奇艺不要了，…: what was said right in front gives way to what is said behind."""
    insists: re.Pattern[str]
    """我要的是: what follows is wanted for sure."""
    refused: re.Pattern[str]
    """别给A充: a purchase that must not be made."""
    postponed: re.Pattern[str]
    """等发工资了再充: what will be ordered another day."""
    its_region: re.Pattern[str]
    its_size: re.Pattern[str]
    not_mine: re.Pattern[str]
    not_for_me: re.Pattern[str]
    """Behind 不是: whose it is, and no value that another is set against."""
    its_account: re.Pattern[str]
    """号不对: the correction is of the recipient."""
    let_me_know: re.Pattern[str]
    """跟我说一声: behind 跟我说, nobody said anything."""
    undecided: re.Pattern[str]
    """多少我问下女儿, 多少都行: no question."""
    longer_words: re.Pattern[str]
    """退休: everyday words that hold a word of stance and do not mean it."""
    number_asked: re.Pattern[str]
    """号: in front of 多少, a recipient is asked for and no price."""
    not_this_size: re.Pattern[str]
    """别再给我推: in front of a size that is not wanted; `only_that` is all that stands behind it."""
    only_that: re.Pattern[str]
    hardly: re.Pattern[str]
    falls_short: re.Pattern[str]
    cannot_be: re.Pattern[str]
    """用不了: in front of 多少, no number is asked for."""
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
        self.undecided = re.compile(rf"{any_of('how_much')}.{{0,6}}?{any_of('undecided')}")
        self.longer_words = re.compile(any_of("longer_words"))
        self.number_asked = re.compile(rf"(?:{any_of('number_words')}|号)(?:是|要|都)?$")
        self.not_this_size = re.compile(
            rf"(?:^|[,，。;；!！\s])(?:可|千万|请)*(?:{any_of('plain_no')})(?:再|又|老|总|给|帮|我|{verbs}|{any_of('wishing_verbs')}|{any_of('handling')}|推)*$"
        )
        self.only_that = re.compile(
            rf"(?:块钱|块|元|面值|那种|那个|的|卡|包)*{any_of('particles')}*(?=[{PUNCTUATION}\s]|$)"
        )
        self.hardly = re.compile(rf"{any_of('hardly')}$")
        self.falls_short = re.compile(rf"{any_of('falls_short')}$")
        self.cannot_be = re.compile(rf"{any_of('cannot_be')}不")
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
        self.stop = re.compile(rf"(?<!要){any_of('do_not')}.{{0,40}}{verbs}.{{0,16}}了{tail}$")
        self.stranger = re.compile(any_of("strangers"))
        self.told_by = re.compile(any_of("strangers") + any_of("telling"))
        self.warned = re.compile(any_of("warnings") + "$")
        warning = rf"{any_of('warnings')}(?:再|又|给|帮|我|把|号码?)*(?:{verbs}|{any_of('handling')})"
        recipients = (
            *lexicon.words("accounts.labels"),
            *(w for k in lexicon.accounts.values() for w in k.labels),
        )
        given_later = rf"(?:{either(recipients)})(?:我|就)?{any_of('put_off')}{any_of('handed_over')}"
        self.careful = re.compile(
            rf"{warning}(?:{any_of('slips')}|{any_of('turned_into')})|{any_of('no_stance')}|{given_later}"
        )
        somebody = rf"{any_of('own_front')}?的?(?:{people_pattern(lexicon)}|{any_of('anybody')})"
        by_me = rf"(?:是?[我俺谁]{verbs}[^,，。;；!！?？\n]?的)?"
        self.secret = re.compile(
            rf"{any_of('keeps_from')}(?:再|去|提前|先|事先)*(?:"
            rf"{any_of('addressing')}{somebody}(?:提前|先|们)*{any_of('lets_know')}|告诉{somebody}|{any_of('calls')}(?:给|到){somebody}"
            rf"|(?<=提前){any_of('lets_know')})(?![的过好]){by_me}"
        )
        self.mistaken = re.compile(rf"{warning}{any_of('turned_into')}{any_of('that_kind')}?$")
        self.mistaken_place = re.compile(
            rf"{warning}(?:{any_of('turned_into')}|错)?(?:到|{any_of('that_kind')})?$"
        )
        kinds, much, refused = (
            either(lexicon.words(f"proof.{name}")) for name in ("kinds_behind", "much", "refused_after")
        )
        self.refused_behind = re.compile(
            rf"(?:那个|这个|{any_of('that_kind')}|{kinds}|{much}|先|\s)*"
            rf"(?:{any_of('given_up')}|{any_of('beyond_means')}|{refused})"
            rf"{any_of('particles')}*(?=[,，。;；!！、\s]|$)"
        )
        ways = (way for names in lexicon.groups("payments.methods").values() for way in names)
        by_which = repeatable(("我", "再", "就", "会", *lexicon.words("signs.by_which"), *ways))
        self.later = re.compile(rf"儿?(?:{by_which})*{any_of('later_verbs')}")
        self.rather = re.compile(rf".{{0,14}}?{any_of('rather_ends')}")
        self.not_the_size = re.compile(
            rf"(?:块钱|元|块|的|卡)?[\s,.。…~/;|!·]{{0,4}}(?:呃|嗯|哎|额|啊|这个|这|那|我|看|觉得|感觉|可能|好像|有点|有些|太|也|又|都)*{any_of('not_the_size')}"
        )
        self.given_up = re.compile(
            rf"(?:那个|这个|的|就|我|先|\s)*{any_of('given_up')}{any_of('particles')}*(?=[,，。;；!！、\s])"
        )
        self.beyond_means = re.compile(
            rf"(?:那个|那种|的|我|就|也|又|实在|真的?|有点|\s)*{any_of('beyond_means')}"
        )
        self.for_use = re.compile(rf"{any_of('for_use')}(?=[{PUNCTUATION}]|$)")
        self.insists = re.compile(rf"{any_of('insists')}$")
        self.refused = re.compile(
            rf"(?<!要){any_of('do_not')}(?:再|我|他|她|帮|给|替|往|去|到|这个|那个|号|[^\u4e00-\u9fff,.;!?。])*{verbs}"
            rf"(?!{any_of('mishaps')}|成(?![了功])|.{{0,2}}(?:错|重))"
        )
        self.unwanted = re.compile(
            rf"(?:^|[,，。;；!！\s]){any_of('noise')}*{any_of('unwanted')}+{any_of('particles')}*(?=[,，。;；!！\s]|$)"
        )
        self.postponed = re.compile(rf"{any_of('another_day')}.{{0,24}}{verbs}")
        self.its_region = re.compile(rf"{any_of('servers')}(?:也|都|好像|有点)?\s*$")
        self.its_size = re.compile(rf"{any_of('size_words')}(?:也|都|好像|有点)?\s*$")
        self.not_mine = re.compile(any_of("not_mine"))
        used = rf"{any_of('not_for_me')}(?:(?<=用)的)?[啊哈哦呀啦]?"
        self.not_for_me = re.compile(rf"{used}(?=[{PUNCTUATION}\s]|$)")
        self.its_account = re.compile(rf"(?:{any_of('number_words')}|号)(?:也|都|好像|有点)?\s*$")
