"""Which of a customer's orders is meant: Q币那个, 昨天那笔, 我妈那单, 尾号0618的, 没付的那笔.

Whoever has several and names one is answered about that one; money never goes back for another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from bot.messages import Reply
from bot.skills.people import known_as
from bot.turn import HISTORY, HUMAN, Turn
from nlu.earlier_meant import Became, Day, EarlierMeant, EarlierSaid
from nlu.lexicon import Lexicon
from nlu.normalise import plain
from orders.clock import CHINA
from orders.order import CustomerState, Order, customer_state

SIZE = re.compile(r"(\d+)(?=的|元|块|那)")
"""A size, and not the days that somebody has waited."""

POINTED_AT = re.compile(r"(\w{2,10}?)的?[那这][个单笔张份]")

GOING_BACK = frozenset({CustomerState.REFUNDING, CustomerState.REFUNDED})

Fits = Callable[[Order], bool]

LAST = "last"

HISTORY_MAX = 1000
"""So far back an order is found by its place (`第一次那个`)."""

LOOKED_AT = 20
"""So many orders back one is found by what was said of it."""

NOT_THERE = frozenset(
    {
        CustomerState.PROCESSING,
        CustomerState.IN_REVIEW,
        CustomerState.NEEDS_INFO,
        CustomerState.PARTLY_DELIVERED,
    }
)


def named(turn: Turn, orders: Sequence[Order], *, by_goods: bool = True) -> tuple[Order, ...] | None:
    """Those of the orders that fit everything that was said of which is meant, in their order; None where
    nothing was said of it."""
    said = said_of(turn, orders)
    signs = [sign for sign in (_of_day(turn, said), _of_state(said), _of_digits(orders, said)) if sign]
    signs += [sign for sign in (_of_person(turn, orders, said), _of_size(turn, orders)) if sign]
    goods, sizes = _goods_said(turn, orders) if by_goods else (set(), set())
    if goods:
        signs.append(lambda order: any(line.product_id in goods for line in order.lines))
    if not signs:
        return None
    meant = tuple(order for order in orders if all(sign(order) for sign in signs))
    sized = tuple(order for order in meant if any(line.sku_id in sizes for line in order.lines))
    return sized or meant


def said_of(turn: Turn, orders: Iterable[Order]) -> EarlierSaid:
    """What the message says of which of these it is about, but for their numbers."""
    return _reader(turn.telling.lexicon).read(_without_order_numbers(turn, orders))


def order_meant(turn: Turn, *, prefer_paid: bool = False, by_goods: bool = True) -> Order | None:
    """The one order that was meant: by number, by its place, by what was said of it, else the latest that fits."""
    number = turn.heard.order_ref
    if number and number != LAST:
        return turn.shop.order(turn.tx, number, turn.customer_id)
    at = turn.heard.order_at
    orders = turn.shop.orders_of(turn.tx, turn.customer_id, HISTORY_MAX if at is not None else LOOKED_AT)
    if at is not None:
        # Counted from the oldest, or back from the newest; `orders` begins with the newest.
        place = -1 - at
        return orders[place] if -len(orders) <= place < len(orders) else None
    orders = named(turn, orders, by_goods=by_goods) or orders
    paid = [order for order in orders if order.settled_fen]
    return next(iter(paid if prefer_paid and paid else orders), None)


def to_refund(turn: Turn) -> tuple[Order, ...]:
    """The orders of which one is to be refunded: those that were named, or, where no such order is known, all
    that were paid. Empty where nothing was said of which."""
    orders = turn.shop.orders_of(turn.tx, turn.customer_id, LOOKED_AT)
    fitting = named(turn, orders)
    if fitting is None:
        return ()
    paid = tuple(order for order in fitting if order.settled_fen)
    if fitting and not paid:
        return fitting[:1]
    paid = paid or tuple(order for order in orders if order.settled_fen)
    return tuple(order for order in paid if customer_state(order) not in GOING_BACK) or paid[:1]


def not_found(turn: Turn, number: str) -> Reply:
    """The same words whether there is no such order or it is somebody else's."""
    return turn.aside(
        turn.say("status.not_found", order_no=number),
        (turn.choice("choice.history", HISTORY), turn.choice("choice.human", HUMAN)),
    )


def says_earlier(turn: Turn) -> bool:
    """Whether an order before the one on the table is meant: 上次那单."""
    return any(word in turn.message.text for word in turn.telling.lexicon.words("references.earlier"))


def to_pay(turn: Turn) -> Order | None:
    """The one of several unpaid orders that is to be paid now; None where that was not said."""
    orders = turn.shop.orders_of(turn.tx, turn.customer_id, LOOKED_AT)
    fitting = named(turn, tuple(order for order in orders if order.is_payable))
    return fitting[0] if fitting is not None and len(fitting) == 1 else None


@lru_cache(maxsize=4)
def _reader(lexicon: Lexicon) -> EarlierMeant:
    return EarlierMeant(lexicon)


def _without_order_numbers(turn: Turn, orders: Iterable[Order]) -> str:
    text = turn.message.text
    for order in orders:
        text = text.replace(order.order_no, "")
    return text


def _goods_said(turn: Turn, orders: Iterable[Order]) -> tuple[set[str], set[str]]:
    """The products and the sizes that the message names by itself, and not what lies in hand; several products
    where a name is that of several."""
    catalog, said = turn.reader.catalog, turn.reader.parser.understand(turn.message.text)
    sizes = {one for one in said.options if catalog.sku(one) is not None}
    products = {one for one in said.options if catalog.product(one) is not None}
    products |= {product.product_id for size in sizes if (product := catalog.product_of(size)) is not None}
    for line in said.lines:
        products |= {line.product.value} if line.product is not None else set(line.product_options)
    return products or _partly_named(turn, orders), sizes


def _partly_named(turn: Turn, orders: Iterable[Order]) -> set[str]:
    """The goods of his orders that hold the word in their names: 芒果 is a fruit, unless he has bought 芒果TV."""
    pointed = POINTED_AT.search(plain(turn.message.text))
    if pointed is None:
        return set()
    names = {line.product_id: plain(line.name) for order in orders for line in order.lines}
    for start in range(len(pointed[1]) - 1):
        if fits := {product for product, name in names.items() if pointed[1][start:] in name}:
            return fits
    return set()


def _of_day(turn: Turn, said: EarlierSaid) -> Fits | None:
    if said.day is None:
        return None
    first, last = _days(said.day, turn.now.astimezone(CHINA).date())
    return lambda order: first <= order.created_at.astimezone(CHINA).date() <= last


def _days(said: Day, today: date) -> tuple[date, date]:
    """The first and the last day that are meant."""
    match said:
        case Day.TODAY:
            return today, today
        case Day.YESTERDAY:
            return today - timedelta(days=1), today - timedelta(days=1)
        case Day.DAY_BEFORE:
            return today - timedelta(days=2), today - timedelta(days=2)
        case Day.LATELY:
            return today - timedelta(days=7), today
        case Day.LAST_WEEK:
            monday = today - timedelta(days=today.weekday() + 7)
            return monday, monday + timedelta(days=6)
        case Day.LAST_MONTH:
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last


def _of_state(said: EarlierSaid) -> Fits | None:
    match said.became:
        case None:
            return None
        case Became.UNPAID:
            return lambda order: order.is_payable
        case Became.PAID:
            return lambda order: bool(order.settled_fen)
        case Became.NOT_THERE:
            return lambda order: customer_state(order) in NOT_THERE


def _of_digits(orders: Iterable[Order], said: EarlierSaid) -> Fits | None:
    """By some digits of a recipient; digits that are no recipient's are something else: a size, a price."""
    accounts = [line.account for order in orders for line in order.lines if line.account]
    digits = [one for one in said.digits if any(map(one.of, accounts))]
    if not digits:
        return None
    return lambda order: any(one.of(line.account) for one in digits for line in order.lines if line.account)


def _of_size(turn: Turn, orders: Iterable[Order]) -> Fits | None:
    """By the size alone: 100那张, 50的. A number that is no size of his is something else."""
    sizes = [re.compile(rf"(?<!\d){size}(?!\d)") for size in SIZE.findall(plain(turn.message.text))]

    def sized(order: Order) -> bool:
        return any(size.search(line.variant) for size in sizes for line in order.lines)

    return sized if any(map(sized, orders)) else None


def _of_person(turn: Turn, orders: Sequence[Order], said: EarlierSaid) -> Fits | None:
    """By whose it is. Nobody's orders fit a person who is not known; who is only spoken of (我妈说没到)
    means an order where it is his, and else nothing."""
    if said.person is None:
        return None
    accounts = {known.account for known in known_as(turn, said.person)}

    def his(order: Order) -> bool:
        return any(line.account in accounts for line in order.lines if line.account)

    return his if said.pointed or any(map(his, orders)) else None
