"""Servers that a message names and the goods do not have: they are asked about, never left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain

from nlu.lexicon import Lexicon
from nlu.mention import Mention, MentionKind
from nlu.records import Event, EventKind
from nlu.regions import common_ending
from nlu.signs import Signs
from nlu.vocabulary import Vocabulary


class UnknownServers:
    """Finds them, where goods are ordered that have servers. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, function: frozenset[str]) -> None:
        """`function`: characters that say nothing."""
        self._products, self._signs = vocabulary.products, Signs.read(lexicon)
        self._function = function | {"区", "服", "们"}
        self._no_servers = frozenset(lexicon.words("names.no_servers"))
        self._ordinary = frozenset(lexicon.words("names.ordinary_servers"))
        """What players call the usual servers together; beside one of the goods' own it says nothing more."""
        self._places = frozenset(lexicon.words("names.places"))
        """Cities and provinces, each of which is a server where some of them are."""

    def named(self, text: str, events: list[Event]) -> list[Event]:
        """The events with the servers that were named and are none of the goods': 德玛西亚大区, 欧服."""
        names = [event.mention for event in events if event.mention and event.kind is EventKind.NAME]
        options = {product_id for mention in names for product_id in mention.options}
        served = {region for one in options for region in self._products[one].regions}
        if not served:
            return events
        taken = _taken(text, events)
        found = _servers_at(self._called_servers(text, events, options), text, taken)
        for server in found:
            taken[server.start : server.end] = b"\x01" * (server.end - server.start)
        found += _servers_at(_by_ending(text, self._endings(options), self._function), text, taken)
        if not _any_server(events, found):
            found += _servers_at(_labelled(text, self._function), text, taken)
            found += _servers_at(_in_its_place(text, events, self._function), text, taken)
        if not found:
            found += _servers_at(_corrected_to(text, events, self._function), text, taken)
        if not _any_server(events, found):
            found += _servers_at(_elsewhere(text, served, self._places), text, taken)
        kept = [e for e in events if e.kind is not EventKind.QUALIFIER or not any(taken[e.start : e.end])]
        return sorted([*kept, *found], key=lambda event: (event.start, event.end))

    def _called_servers(
        self, text: str, events: Sequence[Event], options: Set[str]
    ) -> Iterator[tuple[int, int]]:
        """What is said as the name of a server."""
        regions = (event.mention for event in events if event.kind is EventKind.REGION and event.mention)
        own = any(not options.isdisjoint(mention.options) for mention in regions)
        nothing = self._no_servers | self._ordinary if own else self._no_servers
        for match in self._signs.server.finditer(_without_names(text, events)):
            called = match[1]
            says_which = set(called) - self._function and called[-2:] not in nothing - _ANY_SERVER
            if says_which and called not in nothing:
                yield match.span(1)

    def _endings(self, options: Iterable[str]) -> set[str]:
        endings = {common_ending(self._products[product_id].regions) for product_id in options}
        return {ending for ending in endings if len(ending) >= _ENDING_LENGTH_MIN}


def _taken(text: str, events: Iterable[Event]) -> bytearray:
    """1 for each character of what was read, but for tiers."""
    taken = bytearray(len(text))
    for event in events:
        if event.kind is not EventKind.QUALIFIER:
            taken[event.start : event.end] = b"\x01" * (event.end - event.start)
    return taken


def _servers_at(spans: Iterable[tuple[int, int]], text: str, taken: bytearray) -> list[Event]:
    """The servers that nobody knows, where nothing else was read."""
    free = [(start, end) for start, end in spans if not any(taken[start:end])]
    return [
        Event(EventKind.REGION, start, end, mention=Mention(start, end, text[start:end], MentionKind.REGION))
        for start, end in free
    ]


def _any_server(*events: Iterable[Event]) -> bool:
    return any(event.kind is EventKind.REGION for event in chain(*events))


def _labelled(text: str, function: frozenset[str]) -> Iterator[tuple[int, int]]:
    """What stands behind the word for a server: 大区是男爵领域."""
    for match in _LABELLED.finditer(text):
        if not set(match["server"]) & function:
            yield match.span("server")


def _without_names(text: str, events: Sequence[Event]) -> str:
    """The text with blanks for the goods, behind which a server begins: 原神国际服."""
    blanked = list(text)
    for event in events:
        if event.kind is EventKind.NAME:
            blanked[event.start : event.end] = " " * (event.end - event.start)
    return "".join(blanked)


def _in_its_place(text: str, events: list[Event], function: frozenset[str]) -> Iterator[tuple[int, int]]:
    """A word by itself between the goods and the recipient: lol5000点券 德玛西亚 QQ 590318827."""
    goods = {
        event.end for event in events if event.kind in (EventKind.NAME, EventKind.NOUN, EventKind.AMOUNT)
    }
    recipients = {
        event.account.label[0] if event.account.label else event.start
        for event in events
        if event.account is not None
    }
    for match in _BY_ITSELF.finditer(text):
        between = match.start() in goods and match.end() in recipients
        if between and not set(match["word"]) & function:
            yield match.span("word")


def _corrected_to(text: str, events: list[Event], function: frozenset[str]) -> Iterator[tuple[int, int]]:
    """A word by itself behind a correction, where a server was said before: 艾欧尼亚…不对，德玛西亚."""
    said = min((event.start for event in events if event.kind is EventKind.REGION), default=len(text))
    read = {event.start for event in events}
    for event in events:
        if event.kind is EventKind.CORRECTION and not event.mild and event.start > said:
            match = _ALL_THAT_FOLLOWS.match(text, event.end)
            if match and match.start("word") not in read and not set(match["word"]) & function:
                yield match.span("word")


def _by_ending(text: str, endings: set[str], function: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where a place stands that ends like all of the goods' own: 北校区 where 东校区 and 西校区 are served."""
    for ending in sorted(endings):
        at = text.find(ending)
        while at >= 0:
            start = at
            while start > 0 and at - start < _OWN_LENGTH_MAX and _wordy(text[start - 1], function):
                start -= 1
            if start < at:
                yield start, at + len(ending)
            at = text.find(ending, at + 1)


def _elsewhere(text: str, regions: set[str], places: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where a city stands of which the goods are not, while they are of others: 深圳 for 上海;广州;北京."""
    if len(regions & places) < _PLACES_MIN:
        return
    for place in places - regions:
        at = text.find(place)
        if at >= 0:
            yield at, at + len(place)


def _wordy(character: str, function: frozenset[str]) -> bool:
    return "\u4e00" <= character <= "\u9fff" and character not in function


_LABELLED = re.compile(
    "(?:大区|区服|服务器|(?<![小地社校专])区)(?:[是为:]|选| )+(?P<server>[\u4e00-\u9fff]{3,5})(?=[,。;!\\s]|$)"
)
_BY_ITSELF = re.compile("[ ,，、]{1,2}(?P<word>[\u4e00-\u9fff]{3,5})[ ,，、]{1,2}")
_ALL_THAT_FOLLOWS = re.compile("[ ,，:是]{0,3}(?P<word>[\u4e00-\u9fff]{3,5})[ 的。!~]*$")
_ANY_SERVER = frozenset({"大区", "区服"})
_PLACES_MIN = 2
_ENDING_LENGTH_MIN = 2
"""A single character (站) ends too many other words."""
_OWN_LENGTH_MAX = 3
