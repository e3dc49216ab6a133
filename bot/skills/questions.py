"""Common questions, answered by themselves or beside an order: 50的，多久到账."""

from __future__ import annotations

from bot.asking import skus_of
from bot.turn import Turn
from orders.catalog import Sku
from orders.draft import Draft

ARRIVAL = "arrival"


def beside(turn: Turn, draft: Draft, *, quoted: bool) -> tuple[str, ...]:
    """The answer to what was asked beside something that goes into the draft. A quote says by itself how long
    it takes."""
    topic = turn.heard.topic
    if topic is None or not turn.telling.voice.has(f"faq.{topic}") or (quoted and topic == ARRIVAL):
        return ()
    of_goods = arrival_of_goods(turn, draft) if topic == ARRIVAL else ""
    return (of_goods or turn.say(f"faq.{topic}"),)


def arrival_of_goods(turn: Turn, draft: Draft) -> str:
    """How long it takes with the goods that the question names, else with those in hand; else nothing."""
    skus = _asked_about(turn, draft)
    if not skus:
        return ""
    eta = turn.telling.minutes(max(sku.eta_minutes for sku in skus))
    thing = turn.telling.things(turn.telling.goods(sku) for sku in skus)
    product = turn.reader.catalog.product(skus[0].product_id)
    if len({sku.product_id for sku in skus}) == 1 and len(skus) > 1 and product is not None:
        thing = product.name
    return turn.say("faq.arrival_of", thing=thing, eta=eta)


def recipient_of_goods(turn: Turn, draft: Draft) -> str:
    """What is to be told as the recipient of the goods in hand, and where it is found; else what any goods need."""
    products = [turn.reader.catalog.product(line.product_id) for line in draft.lines if line.product_id]
    kinds = {product.account_kind for product in products if product is not None}
    if len(kinds) != 1:
        return turn.say("recipient.any")
    return turn.say(f"recipient.{kinds.pop().value}")


def _asked_about(turn: Turn, draft: Draft) -> tuple[Sku, ...]:
    """The goods, all sizes of a product that is known alone."""
    sized = (
        line.sku_id or (line.sku_options[0] if len(line.sku_options) == 1 else None) for line in draft.lines
    )
    in_hand = tuple(filter(None, sized))
    looked_at = () if in_hand else tuple(line.product_id for line in draft.lines if line.product_id)
    named = turn.heard.options
    return next(filter(None, (_skus(turn, one) for one in (named, in_hand, looked_at))), ())


def _skus(turn: Turn, options: tuple[str, ...]) -> tuple[Sku, ...]:
    products = (turn.reader.catalog.product(option) for option in options)
    return skus_of(turn, options) or tuple(sku for product in products if product for sku in product.skus)
