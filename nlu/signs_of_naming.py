"""Signs of whose a number is and what it counts: 我的号是, 花了50, 德玛西亚大区."""

from __future__ import annotations

import re

from nlu.alternations import any_in, any_of
from nlu.contacts import people_pattern
from nlu.lexicon import Lexicon
from nlu.sign_pieces import PUNCTUATION


class SignsOfNaming:
    """Patterns of people, servers and measures of daily life."""

    naming: re.Pattern[str]
    polite_noise: re.Pattern[str]
    between: re.Pattern[str]
    was_spent: re.Pattern[str]
    """花了, 欠费: the money behind it is gone, or owed."""
    somebody: re.Pattern[str]
    own_words: re.Pattern[str]
    """我说, 我就说: in front of 说我要, the customer only says it with more weight."""
    own_wish: re.Pattern[str]
    of_life: re.Pattern[str]
    """广告, 作业: in front of 太多了, what there is too much of, and no size that was said."""
    ads: re.Pattern[str]
    advertised: re.Pattern[str]
    """看到广告, 广告里写: what an advertisement says. In any other clause it is a nuisance."""
    errand: re.Pattern[str]
    """我孙女叫我来买的: what somebody wants who sent the customer, he wants himself."""
    lacking: re.Pattern[str]
    """Behind the English no: there is none of it, and nothing is taken back."""
    telling: re.Pattern[str]
    """才, 又, 着: in a clause that tells of something."""
    spends_time: re.Pattern[str]
    """玩, 出差, 断网: in front of a length of time, what it is spent with."""
    lapsed: re.Pattern[str]
    """过期, 停机: in front of how long it has been so."""
    while_it_lasts: re.Pattern[str]
    """趁还有3天."""
    life_measure: re.Pattern[str]
    machines: re.Pattern[str]
    """机器: behind a number, machines that the customer has are counted."""
    until: re.Pattern[str]
    """还有, 还剩: in front of the time until something happens."""
    server: re.Pattern[str]
    own_number: re.Pattern[str]
    """我的号是: the number behind it is the customer's."""
    for_another: re.Pattern[str]
    no_size: re.Pattern[str]
    """三家, 二舅: what stands behind a number that is no size."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = any_in(lexicon, "signs")
        self.naming = re.compile(words("naming_verbs") + words("naming_ends"))
        self.polite_noise = re.compile(rf"[{PUNCTUATION}]+|{words('particles')}")
        self.between = re.compile(rf"[{PUNCTUATION}/&+|=>→]|{words('between')}")
        self.was_spent = re.compile(rf"{words('was_spent')}[^\u4e00-\u9fff]{{0,2}}$")
        self.somebody = re.compile(any_of(lexicon, "contacts.people"))
        self.own_words = re.compile(rf"(?:^|[^跟和对向给告])[我俺](?:{words('saying_again')})*$")
        self.own_wish = re.compile(words("own_wishes"))
        self.of_life = re.compile(rf"{words('of_life')}(?:也|都|真的|真|实在|又|的|是|老|一直)*$")
        self.ads = re.compile(words("ads"))
        self.advertised = re.compile(
            rf"{words('ads_seen')}[^,，。;；!！?？\n]{{0,4}}{words('ads')}|{words('ads')}(?:里|上|中|又|都|就|还)*{words('ads_say')}"
        )
        self.errand = re.compile(
            rf"{people_pattern(lexicon)}{words('sends')}[我俺咱](?:再|又|赶紧|快点|过)*{words('goes')}"
        )
        self.lacking = re.compile(rf" {any_of(lexicon, 'english.lacking')}\b")
        self.lapsed = re.compile(any_of(lexicon, "aside.lapsed") + "$")
        self.while_it_lasts = re.compile(any_of(lexicon, "aside.while_it_lasts"))
        spends = any_of(lexicon, "aside.spends_time")
        self.spends_time = re.compile(rf"{spends}(?:上|了|满|个|差不多|大概|将近|整整)*$")
        self.telling = re.compile(any_of(lexicon, "taking_back.telling"))
        self.life_measure = re.compile(r"\s?" + words("life_measures"))
        self.machines = re.compile(r"\s?" + words("machines"))
        self.until = re.compile(words("until") + r"\s?$")
        self.server = _server(
            lexicon,
            words("servers"),
            words("short_servers"),
            words("compass"),
            words("networks"),
            words("numeral_characters"),
            words("no_server_behind"),
        )
        self.own_number = re.compile(
            rf"(?:我|本人)(?:自己|本人)?的?{words('number_words')}(?:是|为|[:：\s])*$"
        )
        self.for_another = re.compile(words("for_whom"))
        self.no_size = re.compile(words("no_size"))


def _server(
    lexicon: Lexicon, servers: str, short: str, compass: str, networks: str, numerals: str, behind: str
) -> re.Pattern[str]:  # fmt: skip
    """What is said as the name of a server: 德玛西亚大区, 欧服, 华中电信."""
    leads = any_of(lexicon, "names.server_leads")
    chinese = r"[\u4e00-\u9fff]"
    return re.compile(
        rf"(?:^|(?<=[\s,。、;:])|{leads})"
        rf"({chinese}{{1,5}}?(?:{numerals}|[0-9a-z]){{0,2}}{servers}|[a-z0-9]{{1,4}}{short}|{compass}{chinese}{networks})"
        rf"(?!{chinese}?{behind})"
    )
