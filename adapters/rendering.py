"""A reply drawn with what a channel has: plain text with numbers, or text with buttons.

Nothing here knows a platform's client; the limits are parameters, so that each channel states its
own. What is drawn stays complete in words: a button is only a shortcut for typing its label.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.messages import Choice, OrderCard, Reply
from bot.wording import Wording


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """The few words that channels say by themselves. Read from the shop's wording at start."""

    pay_button: str
    order_button: str
    pay_by_link: str
    """One line with `{url}`, for channels that have no buttons."""
    order_by_link: str
    """One line with `{url}`, for channels that have no buttons."""
    card_total: str
    """One line with `{total}` on an order's card."""
    card_order: str
    """One line with `{order_no}` on an order's card."""
    only_private: str
    """Said in a group, where nobody's order should be read aloud."""
    opened: str
    """How the record shows that a customer opened the chat and said nothing yet."""
    unreadable: str
    """How the record shows a picture or a voice."""
    pay_support: str = ""
    """Told to whoever asks how trouble with a payment is settled."""
    terms: str = ""
    """Told to whoever asks on what terms the shop sells."""

    @classmethod
    def of(cls, wording: Wording) -> ChannelWords:
        """The words as the shop has them. Raises WordingError for one that is missing."""
        return cls(
            pay_button=wording.say("channel.pay_button"),
            order_button=wording.say("channel.order_button"),
            pay_by_link=wording.say("channel.pay_by_link", url="{url}"),
            order_by_link=wording.say("channel.order_by_link", url="{url}"),
            card_total=wording.say("channel.card_total", total="{total}"),
            card_order=wording.say("channel.card_order", order_no="{order_no}"),
            only_private=wording.say("channel.only_private"),
            opened=wording.say("channel.opened"),
            unreadable=wording.say("channel.unreadable"),
            pay_support=wording.say("channel.stars.pay_support"),
            terms=wording.say("channel.stars.terms"),
        )

    def told_on(self, text: str) -> str | None:
        """What a command is answered with that every shop in Telegram must know; None for others."""
        command = text.split(maxsplit=1)[0].partition("@")[0] if text.startswith("/") else ""
        return {"/paysupport": self.pay_support, "/terms": self.terms}.get(command) or None


@dataclass(frozen=True, slots=True)
class Button:
    """One button below a bubble: it either sends a choice back or opens a page."""

    label: str
    choice: int | None = None
    """Position in `Reply.choices`."""
    url: str | None = None


Rows = tuple[tuple[Button, ...], ...]

BUTTON_ROW_WIDTH_MAX = 30
"""Columns that fit one row of buttons on a phone; a Chinese character takes two of them."""
BUTTON_ROW_LENGTH_MAX = 3


def plain(reply: Reply, words: ChannelWords) -> str:
    """The whole reply as text: choices numbered from 1, links written out, one to a line."""
    lines = [reply.text, *(f"{number}. {choice.label}" for number, choice in enumerate(reply.choices, 1))]
    link, line = reply.pay_url, words.pay_by_link
    if link is None and reply.card is not None:
        link, line = reply.card.order_url, words.order_by_link
    if link is not None and link not in reply.text:
        lines.append(line.format(url=link))
    return "\n".join(lines)


def button_rows(reply: Reply, words: ChannelWords) -> Rows:
    """The buttons of a reply: paying first, then the choices, then the order's page."""
    rows: list[tuple[Button, ...]] = []
    if reply.pay_url is not None:
        rows.append((Button(words.pay_button, url=reply.pay_url),))
    rows.extend(_choice_rows(reply.choices))
    if reply.card is not None and reply.card.order_url is not None:
        rows.append((Button(words.order_button, url=reply.card.order_url),))
    return tuple(rows)


def with_links_in_text(text: str, rows: Rows) -> tuple[str, Rows]:
    """The same bubble for a platform that refuses a button's address (one inside a private
    network, say): links move into the text, buttons that answer stay."""
    links = [f"{button.label} {button.url}" for row in rows for button in row if button.url is not None]
    kept = tuple(row for row in (tuple(b for b in row if b.url is None) for row in rows) if row)
    return "\n".join([text, *(link for link in links if link.rsplit(" ", 1)[1] not in text)]), kept


def card_text(card: OrderCard, words: ChannelWords) -> str:
    """The order's card in lines: how it stands, what goes where, the total and the order number."""
    lines = [f"{card.status_text} · {card.title}"]
    lines += [row.value if row.label == card.title else f"{row.label}：{row.value}" for row in card.rows]
    lines.append(words.card_total.format(total=card.total))
    lines.append(words.card_order.format(order_no=card.order_no))
    return "\n".join(lines)


def utf16_units(text: str) -> int:
    """How Telegram counts a text's length: a character outside the basic plane counts twice."""
    return len(text.encode("utf-16-le")) // 2


def utf8_bytes(text: str) -> int:
    """How WeChat counts a text's length."""
    return len(text.encode("utf-8"))


def pages(text: str, limit: int, size: Callable[[str], int]) -> tuple[str, ...]:
    """`text` cut into pieces that each measure at most `limit` by `size`: between lines where
    possible, inside a line only when the line alone is too long."""
    found: list[str] = []
    held = ""
    for line in _pieces(text.split("\n"), limit, size):
        joined = f"{held}\n{line}" if held else line
        if held and size(joined) > limit:
            found.append(held)
            held = line
        else:
            held = joined
    if held or not found:
        found.append(held)
    return tuple(found)


def _pieces(lines: Iterable[str], limit: int, size: Callable[[str], int]) -> Iterable[str]:
    for line in lines:
        start = 0
        while size(line[start:]) > limit:
            end = _longest_fit(line, start, limit, size)
            yield line[start:end]
            start = end
        yield line[start:]


def _longest_fit(line: str, start: int, limit: int, size: Callable[[str], int]) -> int:
    """The furthest end from `start` that still measures at most `limit`; at least one character."""
    low, high = start + 1, min(len(line), start + limit)
    while low < high:
        middle = (low + high + 1) // 2
        if size(line[start:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _choice_rows(choices: tuple[Choice, ...]) -> Iterable[tuple[Button, ...]]:
    """As many equal columns as the widest label allows, so that a list of sizes is a tidy grid."""
    if not choices:
        return
    widest = max(_columns(choice.label) for choice in choices) + 2
    across = max(1, min(BUTTON_ROW_LENGTH_MAX, BUTTON_ROW_WIDTH_MAX // widest))
    buttons = [Button(choice.label, choice=place) for place, choice in enumerate(choices)]
    for start in range(0, len(buttons), across):
        yield tuple(buttons[start : start + across])


def _columns(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in label)
