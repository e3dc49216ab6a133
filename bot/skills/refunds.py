"""Money back in one word: `退款`, of the whole order or of some of it: `第2个退了`, `139那个退了`.

What goes back now follows from the rules of the goods; what does not is said with its reason. Nothing
is asked where the answer is plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.messages import Choice, Reply
from bot.skills import complaints
from bot.skills.which_order import SIZE
from bot.turn import CANCEL, HUMAN, REFUND_ORDER, Turn, paragraphs
from nlu.normalise import plain
from nlu.places import Places, place_among
from nlu.understanding import Expectation, LineInHand
from orders.catalog import Product
from orders.order import CustomerState, LineState, Order, OrderLine, customer_state
from orders.payment import RefundDenied, RefundOutcome
from orders.refunding import refund_denied

NOT_ALL_CAME = frozenset({LineState.FAILED, LineState.PARTIAL, LineState.NEEDS_INFO})

DIGITS = re.compile(r"\d{3,}")
"""As much of an account as people say of one: `139那个`, `尾号9000的`."""


def money_back(turn: Turn, order: Order, said: str) -> Reply:
    """Give back of the order what was meant by the words `said` and may go back."""
    if not order.settled_fen and turn.shop.holds_money(turn.tx, order.order_no):
        human = turn.choice("choice.human", HUMAN)
        return turn.aside(turn.say("news.payment_held", order_no=order.order_no), (human,))
    if order.is_payable:
        ways = (turn.choice("choice.cancel_order", CANCEL),)
        return turn.aside(turn.say("refund.unpaid", order_no=order.order_no), ways)
    if (some := _some_of(turn, order, said)) is not None:
        text = turn.say("refund.some_of", order_no=order.order_no, count=order.lines[0].quantity, some=some)
        return turn.aside(text, offer(turn, order))
    return _money_back(turn, order, _lines_meant(turn, order, said))


def _some_of(turn: Turn, order: Order, said: str) -> int | None:
    """How many pieces of the one line are to go back, where that is said and it is not all of them: nobody gives
    back four for `多买了两张`."""
    if len(order.lines) != 1 or order.lines[0].quantity < 2:
        return None
    line = order.lines[0]
    bought = LineInHand(product_id=line.product_id, sku_id=line.sku_id, quantity=line.quantity)
    heard = turn.reader.parser.understand(said, Expectation(lines=(bought,), quoted=True))
    changes = [one.quantity_change for one in heard.lines if one.quantity_change is not None]
    return -changes[0] if len(changes) == 1 and 0 < -changes[0] < line.quantity else None


def _money_back(turn: Turn, order: Order, only: frozenset[int] | None) -> Reply:
    if len(order.lines) == 1:
        only = None
    if only is not None and not only:
        text = turn.say("refund.which_line", order_no=order.order_no, count=len(order.lines))
        return turn.aside(paragraphs(text, _numbered(turn, order)))
    outcome = turn.shop.request_refund(turn.tx, order.order_no, turn.customer_id, turn.now, only)
    if outcome.denied is not None:
        return _denied(turn, order, outcome, only)
    return turn.aside(paragraphs(_begun(turn, order, outcome, only), _kept(turn, order, outcome)))


def taken(turn: Turn, offered: str) -> Reply:
    """The refund that was offered, of the very lines it was offered for."""
    order_no, _, numbers = offered.partition(":")
    order = turn.shop.order(turn.tx, order_no, turn.customer_id)
    if order is None:
        return turn.aside(turn.say("refund.nothing"))
    return _money_back(turn, order, frozenset(map(int, filter(None, numbers.split(",")))) or None)


def which_one(turn: Turn, orders: Sequence[Order]) -> Reply:
    """Of several orders that may be meant: nothing goes back until it is said which."""
    shown = orders[: turn.policy.limits.choices_max]
    ways = (Choice(turn.telling.order(order), means(order, order.lines)) for order in shown)
    return turn.aside(turn.say("refund.which_order", count=len(orders)), ways)


def means(order: Order, lines: Iterable[OrderLine]) -> str:
    """What choosing the refund of these lines means; delivered ones beside them stay the customer's."""
    return f"{REFUND_ORDER}{order.order_no}:{','.join(str(line.line_no) for line in lines)}"


def offer(turn: Turn, order: Order) -> tuple[Choice, ...]:
    """What can be chosen where the rule gives money back: the refund of these lines, or a person."""
    human = turn.choice("choice.human", HUMAN)
    refundable = undelivered(order) or tuple(
        line for line in order.lines if refund_denied(order, line) is None
    )
    if not refundable:
        return (human,)
    return (turn.choice("choice.refund", means(order, refundable)), human)


def undelivered(order: Order) -> tuple[OrderLine, ...]:
    """Lines that did not come to all of what was paid for, whose money still lies here."""
    return tuple(
        line for line in order.lines if line.state in NOT_ALL_CAME and refund_denied(order, line) is None
    )


def _lines_meant(turn: Turn, order: Order, said: str) -> frozenset[int] | None:
    """The numbers of the lines that were named; None where none was, and all are meant; empty where
    something was named that the order does not have, or has more than once."""
    lines = order.lines
    if len(lines) == 1:
        return None
    places = Places(turn.telling.lexicon)
    at = [place_among(match[1], len(lines)) for match in places.ordinal.finditer(said)]
    if at:
        named = [lines[place].line_no for place in at if place is not None]
        return frozenset(named) if len(named) == len(at) else frozenset()
    if goods := _called(turn, order, plain(said)):
        return frozenset(line.line_no for line in goods)
    digits = [run for run in DIGITS.findall(said) if run != order.order_no]
    if digits:
        named = [line.line_no for line in lines if any(_ends(line.account or "", run) for run in digits)]
        return frozenset(named) if len(named) == len(digits) else frozenset()
    if any(word in said for word in places.last if len(word) > 1):
        return frozenset({lines[-1].line_no})
    missing = undelivered(order)
    if missing and not any(word in said for word in turn.telling.lexicon.words("answers.every")):
        # Who has not got all of it means what he has not got, and keeps the card that came.
        return frozenset(line.line_no for line in missing)
    return None


def _called(turn: Turn, order: Order, said: str) -> tuple[OrderLine, ...]:
    """The lines of the goods and sizes that were said: `话费那笔`, `50的京东卡`, `100的退了`."""
    catalog = turn.reader.catalog
    by_name = tuple(
        line
        for line in order.lines
        if any(name in said for name in _names_of(line, catalog.product(line.product_id)))
    )
    sizes = [re.compile(rf"(?<!\d){size}(?!\d)") for size in SIZE.findall(said)]
    by_size = tuple(
        line for line in by_name or order.lines if any(size.search(line.variant) for size in sizes)
    )
    return by_size or by_name


def _names_of(line: OrderLine, product: Product | None) -> tuple[str, ...]:
    names = (line.name, *((product.name, *product.aliases) if product else ()))
    return tuple(plain(name) for name in names if len(name) > 1)


def _ends(account: str, digits: str) -> bool:
    return account.startswith(digits) or account.endswith(digits)


def _numbered(turn: Turn, order: Order) -> str:
    return "\n".join(
        turn.say("refund.row", n=place, thing=turn.telling.line(line))
        for place, line in enumerate(order.lines[: turn.policy.limits.orders_shown_max], start=1)
    )


def _begun(turn: Turn, order: Order, outcome: RefundOutcome, only: frozenset[int] | None) -> str:
    amount = turn.telling.money(outcome.amount_fen)
    going = [line for line in outcome.lines if line.denied is None]
    if only is None and len(going) == len(order.lines):
        return turn.say("refund.begun", order_no=order.order_no, amount=amount)
    lines = (order.line(line.line_no) for line in going)
    things = turn.telling.things(turn.telling.line(line) for line in lines if line)
    return turn.say("refund.begun_part", order_no=order.order_no, things=things, amount=amount)


def _kept(turn: Turn, order: Order, outcome: RefundOutcome) -> str:
    """Of several lines that were meant, those that stay, with the reason."""
    return "\n".join(
        turn.say(f"refund.kept.{one.denied.value}", thing=turn.telling.line(line))
        for one in outcome.lines
        if one.denied is not None and (line := order.line(one.line_no)) is not None
    )


def _denied(turn: Turn, order: Order, outcome: RefundOutcome, only: frozenset[int] | None) -> Reply:
    assert outcome.denied is not None, "asked only when nothing goes back"
    complained = turn.heard.broken or complaints.is_open(turn, order)
    if complained and outcome.denied is RefundDenied.KEY_SHOWN:
        case = complaints.not_working(turn, order)
        if case is not None:
            return case
    key = f"refund.denied.{outcome.denied.value}"
    if outcome.denied is RefundDenied.ALREADY and customer_state(order) is CustomerState.REFUNDED:
        # `钱退了吗`: it was, and so much.
        back = turn.say("status.refunded", refunded=turn.telling.money(order.refunded_fen))
        return turn.aside(
            paragraphs(
                turn.say("status.order", order_no=order.order_no, things=turn.telling.order(order)), back
            )
        )
    in_the_dark = any(line.state is LineState.UNKNOWN for line in order.lines)
    if outcome.denied is RefundDenied.IN_DELIVERY and in_the_dark:
        key = "refund.denied_unknown"
    # Who asks for one of several lines is told of that line.
    text = turn.say(key, order_no=order.order_no) if only is None else _kept(turn, order, outcome)
    return turn.aside(text, (turn.choice("choice.human", HUMAN),))
