"""Servers that a message names and the goods do not have: they are asked about, never left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.mention import Mention, MentionKind
from nlu.records import Event, EventKind
from nlu.regions import common_ending
from nlu.signs import Signs
from nlu.vocabulary import Vocabulary


def with_unknown_regions(
    text: str,
    events: list[Event],
    vocabulary: Vocabulary,
    signs: Signs,
    no_servers: frozenset[str],
    function: frozenset[str],
    places: frozenset[str] = frozenset(),
    ordinary: frozenset[str] = frozenset(),
) -> list[Event]:
    """Servers that were named and are none of the goods': 德玛西亚大区, 欧服. `places`: cities and
    provinces, each of which is a server where some of them are. `ordinary`: what players call the usual
    servers together; beside one of the goods' own it says nothing more."""
    options = [
        p for event in events if event.mention and event.kind is EventKind.NAME for p in event.mention.options
    ]
    if not any(vocabulary.products[product_id].regions for product_id in options):
        return events
    function = function | {"区", "服", "们"}
    endings = {
        ending
        for product_id in options
        if len(ending := common_ending(vocabulary.products[product_id].regions)) >= _ENDING_LENGTH_MIN
    }
    if any(
        event.kind is EventKind.REGION and event.mention and set(event.mention.options) & set(options)
        for event in events
    ):
        no_servers = no_servers | ordinary
    taken = bytearray(len(text))
    for event in events:
        if event.kind is not EventKind.QUALIFIER:
            taken[event.start : event.end] = b"\x01" * (event.end - event.start)
    found = []
    for match in signs.server.finditer(_without_names(text, events)):
        start, end = match.span(1)
        if (
            not set(match[1]) - function
            or any(taken[start:end])
            or match[1] in no_servers
            or match[1][-2:] in no_servers - {"大区", "区服"}
        ):
            continue
        server = Mention(start, end, match[1], MentionKind.REGION)
        found.append(Event(EventKind.REGION, start, end, mention=server))
        taken[start:end] = b"\x01" * (end - start)
    for start, end in _by_ending(text, endings, function):
        if not any(taken[start:end]):
            place = Mention(start, end, text[start:end], MentionKind.REGION)
            found.append(Event(EventKind.REGION, start, end, mention=place))
    if not any(event.kind is EventKind.REGION for event in (*events, *found)):
        for match in _LABELLED.finditer(text):
            start, end = match.span("server")
            if not any(taken[start:end]) and not set(match["server"]) & function:
                place = Mention(start, end, match["server"], MentionKind.REGION)
                found.append(Event(EventKind.REGION, start, end, mention=place))
        for start, end in _in_its_place(text, events, function):
            if not any(taken[start:end]):
                place = Mention(start, end, text[start:end], MentionKind.REGION)
                found.append(Event(EventKind.REGION, start, end, mention=place))
    if not found:
        for start, end in _corrected_to(text, events, function):
            if not any(taken[start:end]):
                place = Mention(start, end, text[start:end], MentionKind.REGION)
                found.append(Event(EventKind.REGION, start, end, mention=place))
    if not any(event.kind is EventKind.REGION for event in (*events, *found)):
        named = {region for product_id in options for region in vocabulary.products[product_id].regions}
        for start, end in _elsewhere(text, named, places):
            if not any(taken[start:end]):
                place = Mention(start, end, text[start:end], MentionKind.REGION)
                found.append(Event(EventKind.REGION, start, end, mention=place))
    kept = [
        event
        for event in events
        if not (event.kind is EventKind.QUALIFIER and any(taken[event.start : event.end]))
    ]
    return sorted([*kept, *found], key=lambda event: (event.start, event.end))


def _without_names(text: str, events: list[Event]) -> str:
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
"""What stands behind the word for a server: 大区是男爵领域."""
_BY_ITSELF = re.compile("[ ,，、]{1,2}(?P<word>[\u4e00-\u9fff]{3,5})[ ,，、]{1,2}")
_ALL_THAT_FOLLOWS = re.compile("[ ,，:是]{0,3}(?P<word>[\u4e00-\u9fff]{3,5})[ 的。!~]*$")
_PLACES_MIN = 2
_ENDING_LENGTH_MIN = 2
"""A single character (站) ends too many other words."""
_OWN_LENGTH_MAX = 3
