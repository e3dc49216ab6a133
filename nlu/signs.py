"""Signs that take more than one word: patterns put together from the words of `data/lexicon/signs.yaml`.

The words are data; what stands in front, between and behind them is decided here, once.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nlu.lexicon import Lexicon
from nlu.repeated import either_of

_PUNCTUATION = r"\s，,。.!！?？~～…、:：;；\-—\"“”'()（）"


class Signs:
    """Compiled patterns; each finds one sign in normalised text. Immutable."""

    trade: re.Pattern[str]
    """Whether a text speaks of buying, paying, accounts or goods at all."""
    request_tail: re.Pattern[str]
    how_to_buy: re.Pattern[str]
    other_work: re.Pattern[str]
    change_of: re.Pattern[str]
    slipped: re.Pattern[str]
    """写反了, 打漏了个字: what was written or said is wrong."""
    not_this: re.Pattern[str]
    """不是这个呀，我说的是…: speaks of what was shown."""
    may_change: re.Pattern[str]
    price_question: re.Pattern[str]
    naming: re.Pattern[str]
    pay_link: re.Pattern[str]
    shown_wrong: re.Pattern[str]
    """你怎么给我放的…: what was shown is not it."""
    no_other: re.Pattern[str]
    """别给我充成…: what is ordered shall be no other."""
    sent_by_message: re.Pattern[str]
    """预约短信发138…: between the message and the number it goes to."""
    used_up: re.Pattern[str]
    needless: re.Pattern[str]
    unasked_for: re.Pattern[str]
    follows: re.Pattern[str]
    """What makes a condition of the words in front of it: 就买, 才要."""
    """In front of 发票: said beside an order, asks for nothing."""
    asked_when: re.Pattern[str]
    done: re.Pattern[str]
    whether_done: re.Pattern[str]
    """充到…了吗, 充…没有, 刚充的…呢: asks after an order, and orders nothing."""
    about_it: re.Pattern[str]
    """要多久, 安全吗: asks about a purchase."""
    stop: re.Pattern[str]
    """别给…充了."""
    unwanted: re.Pattern[str]
    """…，不要，手滑: a clause that says no and nothing else."""
    stranger: re.Pattern[str]
    told_by: re.Pattern[str]
    """骗子让我…: what a stranger told the customer to do."""
    on_price: re.Pattern[str]
    not_yet: re.Pattern[str]
    polite_noise: re.Pattern[str]
    between: re.Pattern[str]
    was_spent: re.Pattern[str]
    """花了, 欠费: the money behind it is gone, or owed."""
    somebody: re.Pattern[str]
    telling: re.Pattern[str]
    """才, 又, 着: in a clause that tells of something."""
    life_measure: re.Pattern[str]
    warned: re.Pattern[str]
    careful: re.Pattern[str]
    """别充错了: warns of a slip, and forbids nothing. Nor does 加班 join anything."""
    mistaken: re.Pattern[str]
    """别搞成: in front of what it must not be."""
    mistaken_place: re.Pattern[str]
    """别充到: in front of a server that it must not go to."""
    refused_behind: re.Pattern[str]
    """不要了: behind a tier that is not wanted."""
    later: re.Pattern[str]
    rather: re.Pattern[str]
    drop_line: re.Pattern[str]
    server: re.Pattern[str]
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
    complained: re.Pattern[str]
    """我没充, 充不了: tells of a purchase that was not or cannot be made."""
    twice: re.Pattern[str]
    """充重了: bought once too often."""
    spent: re.Pattern[str]
    """充了, 交过: behind a verb, it is done."""
    regularly: re.Pattern[str]
    """每月都充: an order by the calendar, which nobody takes here."""
    postponed: re.Pattern[str]
    """等发工资了再充: what will be ordered another day."""
    in_all: re.Pattern[str]
    """一共充: the size behind it is the sum."""
    so_many_numbers: re.Pattern[str]
    """这九个号: how many recipients the message says it has."""
    own_number: re.Pattern[str]
    """我的号是: the number behind it is the customer's."""
    for_another: re.Pattern[str]
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
    affirming: re.Pattern[str]
    """对, 就要: in front of what is said again."""
    one_more: re.Pattern[str]
    """也充, 一样, 还有: what a recipient is said with that gets the same as the one before."""
    place: re.Pattern[str]
    """前两个, 最后一个, 其他的: in front of a size, whose it is."""
    no_size: re.Pattern[str]
    """三家, 二舅: what stands behind a number that is no size."""
    its_region: re.Pattern[str]
    its_size: re.Pattern[str]
    not_mine: re.Pattern[str]
    """Behind 不是: whose it is, and no value that another is set against."""
    its_account: re.Pattern[str]
    """号不对: the correction is of the recipient."""
    foreign: re.Pattern[str]
    """Weather, sums, lovesickness."""
    my_mistake: re.Pattern[str]
    """我充错号了: asks for himself, and not how such things are done."""
    are_you: re.Pattern[str]
    """你是: 真人 behind it is no wish for a person."""
    asks_us: re.Pattern[str]
    """你们这儿: behind what was told of others, the customer's own question begins."""
    let_me_know: re.Pattern[str]
    """跟我说一声: behind 跟我说, nobody said anything."""
    undecided: re.Pattern[str]
    """多少我问下女儿, 多少都行: no question."""
    longer_words: re.Pattern[str]
    """退休: everyday words that hold a word of stance and do not mean it."""
    number_asked: re.Pattern[str]
    """号: in front of 多少, a recipient is asked for and no price."""
    do_not_ask: re.Pattern[str]
    """别问我: what is said of it is asked by nobody."""
    for_me: re.Pattern[str]
    """你帮: in front of 我想想, nothing is put off."""
    whether: re.Pattern[str]
    """Stands in whatever asks whether to buy at all, which takes longer to look for."""
    whether_to: re.Pattern[str]
    """要不要充…: asks whether to buy at all, in a message whose goods and numbers are masked."""
    purposes: frozenset[str]
    """送礼: what somebody searches for, or says of what he orders."""
    spent_later: re.Pattern[str]
    """等打折买游戏: what is bought with the goods."""
    another_matter: re.Pattern[str]
    """开票的事: what is put off in this clause is not the order."""
    by_himself: re.Pattern[str]
    """等我: in front of 看看, nothing of the shop's is looked at."""
    no_more_than: frozenset[str]
    hesitations: frozenset[str]
    """Put an order off, unless a question or an order stands beside them."""
    protests: frozenset[str]
    """谁说要: no to what was shown, rather than to all of it."""
    looks: frozenset[str]
    list_heads: frozenset[str]
    contrasts: frozenset[str]
    refusals: frozenset[str]
    speech: frozenset[str]
    messages: frozenset[str]
    carriers: frozenset[str]
    """短信, 写着: somebody's words come behind, be it in the next sentence."""
    interjections: frozenset[str]
    either_is_well: frozenset[str]
    afterwards: frozenset[str]
    mild_corrections: frozenset[str]
    waiting: frozenset[str]
    verbs_of_life: frozenset[str]
    idle_joins: frozenset[str]
    weak_wishes: frozenset[str]
    counts: frozenset[str]
    """Numerals that say more than one."""
    pauses: frozenset[str]
    """Sounds of thinking, which may part a word from the next."""

    @classmethod
    def read(cls, lexicon: Lexicon) -> Signs:
        """Put the patterns together."""
        return cls(lexicon)

    def __init__(self, lexicon: Lexicon) -> None:
        self._dealing(lexicon)
        self._refusing(lexicon)
        self._changing(lexicon)
        self._naming(lexicon)
        self._words(lexicon)

    def _dealing(self, lexicon: Lexicon) -> None:
        """Buying, paying and asking about it."""
        any_of = _any_of(lexicon)
        verbs = any_of("deal_verbs")
        when = any_of("when")
        polite = "|".join(map(re.escape, (*lexicon.words("signs.noise"), *lexicon.words("stance.thanks"))))
        tail = rf"(?:[{_PUNCTUATION}]|{polite})*"
        self.foreign = re.compile(any_of("foreign"))
        self.are_you = re.compile(any_of("are_you"))
        self.my_mistake = re.compile(rf"{any_of('mine')}.{{0,5}}{any_of('deal_verbs')}[错重]")
        self.asks_us = re.compile(any_of("asks_us"))
        self.trade = re.compile(any_of("trade"))
        self.request_tail = re.compile(rf"{any_of('request_tail')}[{_PUNCTUATION}]*$")
        self.how_to_buy = re.compile(rf"{any_of('how')}.{{0,8}}{any_of('buying')}")
        self.other_work = re.compile(any_of("other_work"))
        self.price_question = re.compile(any_of("price_question"))
        self.pay_link = re.compile(rf"{any_of('give')}.{{0,3}}{any_of('pay_link')}")
        self.asked_when = re.compile(rf"{verbs}的.{{0,8}}{when}|{when}.{{0,4}}{verbs}的")
        self.no_other = re.compile(
            rf"{any_of('warnings')}(?:再|又|给|帮|我|把|号码?)*(?:{verbs}|{any_of('handling')})?成(?![了功])"
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

    def _refusing(self, lexicon: Lexicon) -> None:
        """Forbidding, putting off, taking back."""
        any_of = _any_of(lexicon)
        verbs = any_of("deal_verbs")
        polite = "|".join(map(re.escape, (*lexicon.words("signs.noise"), *lexicon.words("stance.thanks"))))
        tail = rf"(?:[{_PUNCTUATION}]|{polite})*"
        self.let_me_know = re.compile(any_of("let_me_know"))
        self.undecided = re.compile(rf"{any_of('how_much')}.{{0,6}}?{any_of('undecided')}")
        self.longer_words = re.compile(any_of("longer_words"))
        self.number_asked = re.compile(rf"(?:{any_of('number_words')}|号)(?:是|要|都)?$")
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
        given_later = rf"(?:{'|'.join(map(re.escape, sorted(recipients, key=len, reverse=True)))})(?:我|就)?{any_of('put_off')}{any_of('handed_over')}"
        self.careful = re.compile(
            rf"{warning}(?:{any_of('slips')}|{any_of('turned_into')})|{any_of('no_stance')}|{given_later}"
        )
        self.mistaken = re.compile(rf"{warning}{any_of('turned_into')}{any_of('that_kind')}?$")
        self.mistaken_place = re.compile(
            rf"{warning}(?:{any_of('turned_into')}|错)?(?:到|{any_of('that_kind')})?$"
        )
        kinds, much, refused = (
            "|".join(map(re.escape, lexicon.words(f"proof.{name}")))
            for name in ("kinds_behind", "much", "refused_after")
        )
        self.refused_behind = re.compile(
            rf"(?:那个|这个|{any_of('that_kind')}|{kinds}|{much}|先|\s)*"
            rf"(?:{any_of('given_up')}|{any_of('beyond_means')}|{refused})"
            rf"{any_of('particles')}*(?=[,，。;；!！、\s]|$)"
        )
        self.later = re.compile(rf"儿?(?:我|再|就|会)*{any_of('later_verbs')}")
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
        self.for_use = re.compile(rf"{any_of('for_use')}(?=[{_PUNCTUATION}]|$)")
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
        self.its_account = re.compile(rf"(?:{any_of('number_words')}|号)(?:也|都|好像|有点)?\s*$")

    def _changing(self, lexicon: Lexicon) -> None:
        """Changing what is in hand, and which part of it."""
        any_of = _any_of(lexicon)
        drop, counters = any_of("drop_verbs"), any_of("counters")
        nth = f"(?:第.{counters}|{any_of('last_ones')}|{any_of('this_one')})"
        leading = either_of((*lexicon.words("signs.particles"), *lexicon.words("signs.leads")))
        lead = rf"(?:[{_PUNCTUATION}]|{leading})*"
        self.change_of = re.compile(rf"{lead}{any_of('change_front')}.{{0,20}}{any_of('change_back')}")
        self.slipped = re.compile(
            rf"(?:{any_of('writing')}(?:{any_of('gone_wrong')}[了啦咯]|{any_of('left_out')}了?{any_of('of_letters')}))+"
        )
        self.not_this = re.compile(rf"^.{{0,6}}?{any_of('not_this')}")
        self.may_change = re.compile(any_of("may_change"))
        self.drop_line = re.compile(rf"{drop}.{{0,4}}{nth}|{nth}.{{0,3}}{drop}")
        self.so_many_numbers = re.compile(
            rf"(?P<these>{any_of('these')})?(?P<count>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}})(?:个{any_of('number_words')}|张加?油卡)"
        )
        self.more = re.compile(rf"{any_of('more')}(?:上|了|个|\s)?$")
        self.fewer = re.compile(rf"{any_of('fewer')}(?:掉|了|去|\s)?(?:[^\w,，。]|\(\w+\))*$")
        self.beside = re.compile(rf"^\s*(?:对了|那|哦|嗯|[,\s])*{any_of('beside')}")
        self.same_account = re.compile(any_of("same_account"))
        self.any_time = re.compile(rf"{any_of('any_time')}[^,.;!?。，\s]{{0,4}}$")
        self.as_ever = re.compile(rf"(?:^|[{_PUNCTUATION}]|{any_of('as_ever')})$")
        self.affirming = re.compile(rf"{any_of('affirming')}{any_of('said_again')}*$")
        again = ("proof.also", "stance.each", "stance.join", "signs.the_same")
        words = [re.escape(word) for name in again for word in lexicon.words(name)]
        self.one_more = re.compile("|".join(words))
        self.place = re.compile(
            rf"(?:(?:(?P<nth>第)|(?P<first>{any_of('first_ones')})|{any_of('last_of_all')})"
            rf"(?P<count>[0-9]{{1,2}}|[一二两三四五六七八九十]{{1,2}})?个?|(?P<rest>{any_of('other_ones')}))"
            rf"(?:个|号码|号|手机|人|都|各|充|要|来|是|给|的|:|\s)*$"
        )

    def _naming(self, lexicon: Lexicon) -> None:
        """Whose a number is, and what it counts."""
        any_of = _any_of(lexicon)
        self.naming = re.compile(any_of("naming_verbs") + any_of("naming_ends"))
        self.polite_noise = re.compile(rf"[{_PUNCTUATION}]+|{any_of('particles')}")
        self.between = re.compile(rf"[{_PUNCTUATION}/&+|=>→]|{any_of('between')}")
        self.was_spent = re.compile(rf"{any_of('was_spent')}[^\u4e00-\u9fff]{{0,2}}$")
        self.somebody = re.compile("|".join(map(re.escape, lexicon.words("contacts.people"))))
        self.telling = re.compile("|".join(map(re.escape, lexicon.words("taking_back.telling"))))
        self.life_measure = re.compile(r"\s?" + any_of("life_measures"))
        self.server = _server(
            lexicon,
            any_of("servers"),
            any_of("short_servers"),
            any_of("compass"),
            any_of("networks"),
            any_of("numeral_characters"),
            any_of("no_server_behind"),
        )
        self.own_number = re.compile(
            rf"(?:我|本人)(?:自己|本人)?的?{any_of('number_words')}(?:是|为|[:：\s])*$"
        )
        self.for_another = re.compile(any_of("for_whom"))
        self.no_size = re.compile(any_of("no_size"))

    def _words(self, lexicon: Lexicon) -> None:
        """Words that are looked up rather than searched."""
        self.no_more_than = frozenset(lexicon.words("signs.no_more_than"))
        self.hesitations = frozenset(lexicon.words("signs.hesitations"))
        self.protests = frozenset(lexicon.words("signs.protests"))
        self.looks = frozenset(lexicon.words("signs.looks"))
        self.purposes = frozenset(lexicon.words("signs.purposes"))
        self.list_heads = frozenset(lexicon.words("signs.list_heads"))
        self.contrasts = frozenset(lexicon.words("signs.contrasts"))
        self.refusals = frozenset(lexicon.words("signs.refusals"))
        self.messages = frozenset(lexicon.words("signs.messages"))
        self.carriers = frozenset(lexicon.words("signs.carriers"))
        self.speech = frozenset(lexicon.words("signs.speech"))
        self.either_is_well = frozenset(lexicon.words("signs.either_is_well"))
        self.interjections = frozenset(lexicon.words("signs.interjections"))
        self.mild_corrections = frozenset(lexicon.words("signs.mild_corrections"))
        self.afterwards = frozenset(lexicon.words("taking_back.afterwards"))
        self.waiting = frozenset(lexicon.words("signs.waiting"))
        self.weak_wishes = frozenset(lexicon.words("signs.weak_wishes"))
        self.verbs_of_life = frozenset(lexicon.words("signs.verbs_of_life"))
        self.idle_joins = frozenset(lexicon.words("signs.idle_joins"))
        self.pauses = frozenset(lexicon.words("aside.pauses"))
        self.counts = frozenset(lexicon.words("signs.numeral_characters")) - {"一", "百", "千", "万"}


def _any_of(lexicon: Lexicon) -> Callable[[str], str]:
    def any_of(name: str) -> str:
        return "(?:" + "|".join(map(re.escape, lexicon.words(f"signs.{name}"))) + ")"

    return any_of


def _server(
    lexicon: Lexicon, servers: str, short: str, compass: str, networks: str, numerals: str, behind: str
) -> re.Pattern[str]:  # fmt: skip
    """What is said as the name of a server: 德玛西亚大区, 欧服, 华中电信."""
    leads = "|".join(map(re.escape, lexicon.words("names.server_leads")))
    chinese = r"[\u4e00-\u9fff]"
    return re.compile(
        rf"(?:^|(?<=[\s,。、;:])|{leads})"
        rf"({chinese}{{1,5}}?(?:{numerals}|[0-9a-z]){{0,2}}{servers}|[a-z0-9]{{1,4}}{short}|{compass}{chinese}{networks})"
        rf"(?!{chinese}?{behind})"
    )
