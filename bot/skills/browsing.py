"""Looking around: prices, what there is, within limits and in the order that was asked for."""

from __future__ import annotations

from dataclasses import replace

from bot.asking import (
    in_stock,
    popular_products,
    product_choices,
    product_of,
    sku_choices,
    skus_of,
)
from bot.messages import Choice, Reply
from bot.skills import ordering, several_orders
from bot.turn import Turn
from nlu.asked_total import TOTAL
from nlu.understanding import Filters, ProblemCode, SortKey
from orders.catalog import Product, Sku
from orders.money import Fen
from orders.search import SearchRequest, Sort

TOLD_AT_ONCE = 3
"""So many prices are told as sentences; more become a list to choose from."""


def price(turn: Turn) -> Reply:
    """What something costs."""
    if turn.heard.topic == TOTAL and (reply := several_orders.to_pay_altogether(turn) or _total(turn)):
        return reply
    on_table = turn.order_on_table()
    if not turn.heard.options and not _unknown(turn) and on_table is not None and on_table.is_payable:
        return ordering.show_again(turn, on_table)
    skus, products = _asked_about(turn)
    if not skus and not products:
        if _unknown(turn):
            return not_sold(turn)
        return turn.aside(turn.say("price.of_what"), product_choices(turn, popular_products(turn)))
    if skus and len(skus) <= TOLD_AT_ONCE:
        look_at(turn, {sku.product_id for sku in skus}, skus)
        text = "\n".join(_told(turn, sku) for sku in skus)
        return turn.aside(text, _to_buy(turn, skus))
    if skus:
        return _listed(turn, skus, turn.say("price.several"))
    if len(products) == 1:
        product = products[0]
        look_at(turn, {product.product_id})
        offered = in_stock(turn, product)
        if not offered:
            return turn.aside(turn.say("problem.sold_out", thing=product.name))
        if len(offered) == 1:
            return turn.aside(_told(turn, offered[0]), _to_buy(turn, offered))
        choices = sku_choices(turn, offered[: turn.policy.limits.choices_max], named=False)
        question = turn.conversation.question
        if question is not None and {choice.means for choice in choices} <= {
            choice.means for choice in question.choices
        }:
            return turn.aside(turn.say("price.below", product=product.name))
        rows = _rows(turn, choices)
        return turn.aside(turn.say("price.product", product=product.name) + rows, choices)
    cheapest = tuple(min(product.skus, key=lambda sku: sku.price_fen) for product in products)
    return turn.aside(
        "\n".join(_from(turn, sku) for sku in cheapest),
        product_choices(turn, tuple(product.product_id for product in products)),
    )


def _total(turn: Turn) -> Reply | None:
    """What it costs altogether: the order's own sum, or so many of the one thing that is talked of. None where
    several things are, or its size is open."""
    order, count = turn.order_on_table(), turn.heard.times
    if order is not None and order.is_payable:
        pieces = sum(line.quantity for line in order.lines)
        if count is None or count in (pieces, len(order.lines)):
            return ordering.show_again(turn, order)
    lines = turn.draft_in_hand().lines
    sku_id = (lines[0].sku_id or next(iter(lines[0].sku_options), None)) if len(lines) == 1 else None
    sku = turn.reader.catalog.sku(sku_id) if sku_id is not None else None
    product = turn.reader.catalog.product_of(sku_id) if sku_id is not None else None
    # Of Q币, 50个多少钱 asks for a size.
    sized = product is not None and any(one.face_value == count for one in product.skus)
    if sku is None or sized or len(lines[0].sku_options) > 1:
        return None
    count = count or lines[0].quantity
    total = turn.telling.money(sku.price_fen * count)
    return turn.aside(turn.say("price.total", thing=turn.telling.goods(sku), count=count, total=total))


def search(turn: Turn) -> Reply:
    """What there is, filtered and sorted as was said."""
    heard = turn.heard
    skus, products = _asked_about(turn, in_hand=False)
    product_ids = tuple(
        dict.fromkeys([sku.product_id for sku in skus] + [one.product_id for one in products])
    )
    if not product_ids and heard.filters.empty and heard.sort is None:
        if _unknown(turn):
            return not_sold(turn)
        return everything(turn)
    request = _request(heard.filters, heard.sort, product_ids, tuple(sku.sku_id for sku in skus))
    found = turn.shop.search(turn.tx, request)
    if not found:
        return _as_they_are(turn, skus, products)
    only = {sku.product_id for sku in found}
    look_at(turn, only)
    limit = turn.policy.limits.choices_max
    if len(only) == 1:
        product = turn.reader.catalog.product(found[0].product_id)
        title = turn.say("search.one", product=product.name if product else found[0].product_id)
        return _offer(turn, title, sku_choices(turn, found[:limit], named=False))
    best = _one_of_each(found)[:limit]
    if _by_size(heard.filters, heard.sort):
        choices = tuple(Choice(_ranked(turn, sku, heard.sort, heard.filters), sku.sku_id) for sku in best)
    else:
        choices = tuple(Choice(_from(turn, sku), sku.product_id) for sku in _cheapest(found)[:limit])
    return _offer(turn, _title(turn, heard.sort, heard.filters), choices)


def _as_they_are(turn: Turn, skus: tuple[Sku, ...], products: tuple[Product, ...]) -> Reply:
    """Nothing fits what was wished; what was named alone is told as it is: 月卡低于20我就买, when it is 25.50."""
    only = {*(sku.product_id for sku in skus), *(product.product_id for product in products)}
    if len(only) != 1:
        return turn.aside(turn.say("search.nothing"), _categories(turn))
    offered = skus or in_stock(turn, products[0])
    look_at(turn, only, offered)
    if not offered:
        return turn.aside(turn.say("search.nothing"), _categories(turn))
    if len(offered) <= TOLD_AT_ONCE:
        told = "\n".join(_told(turn, sku) for sku in offered)
        return turn.aside(turn.say("search.nothing_but", told=told), _to_buy(turn, offered))
    choices = sku_choices(turn, offered[: turn.policy.limits.choices_max], named=False)
    return _offer(
        turn,
        turn.say("search.nothing_but", told=turn.say("price.product", product=products[0].name)),
        choices,
    )


def everything(turn: Turn) -> Reply:
    """The whole shop in one bubble: its categories."""
    return turn.aside(turn.say("search.everything"), _categories(turn))


def category(turn: Turn, name: str) -> Reply:
    """A category that was chosen."""
    found = turn.shop.search(turn.tx, SearchRequest(category=name, limit=1000))
    choices = tuple(Choice(_from(turn, sku), sku.product_id) for sku in _cheapest(found))
    return turn.aside(turn.say("search.category", category=name), choices[: turn.policy.limits.choices_max])


def not_sold(turn: Turn) -> Reply:
    """Said to be not sold, rather than something like it."""
    problem = next(one for one in turn.heard.problems if one.code is ProblemCode.PRODUCT_UNKNOWN)
    nearest = product_choices(turn, turn.heard.options[: turn.policy.limits.choices_max])
    if nearest:
        return turn.aside(turn.say("search.not_sold_but", name=problem.value), nearest)
    return turn.aside(turn.say("problem.product_unknown", value=problem.value), _categories(turn))


def _unknown(turn: Turn) -> bool:
    return any(problem.code is ProblemCode.PRODUCT_UNKNOWN for problem in turn.heard.problems)


def _asked_about(turn: Turn, *, in_hand: bool = True) -> tuple[tuple[Sku, ...], tuple[Product, ...]]:
    """The goods that were named; where none were, those in hand."""
    catalog = turn.reader.catalog
    options = turn.heard.options
    skus = skus_of(turn, options)
    products = tuple(one for option in options if (one := catalog.product(option)) is not None)
    if skus or products or not in_hand or turn.heard.filters.category:
        return skus, products
    drafted = [line for line in turn.draft_in_hand().lines if line.product_id or line.sku_id]
    chosen = skus_of(turn, tuple(line.sku_id for line in drafted if line.sku_id))
    if chosen:
        return chosen, ()
    return (), tuple(one for line in drafted if (one := product_of(turn, line)) is not None)


def look_at(turn: Turn, product_ids: set[str], skus: tuple[Sku, ...] = ()) -> None:
    """`50的多少钱`, then `那来一个`: remember what was looked at, and in which size if it was one."""
    only = next(iter(product_ids)) if len(product_ids) == 1 else None
    sku = skus[0].sku_id if only is not None and len(skus) == 1 else None
    turn.update(replace(turn.conversation, browsing=only, browsing_sku=sku))


def _told(turn: Turn, sku: Sku) -> str:
    """One price, with what it saves and how long it takes."""
    facts = {
        "thing": turn.telling.goods(sku),
        "price": turn.telling.money(sku.price_fen),
        "list": turn.telling.money(sku.list_price_fen),
        "eta": turn.telling.minutes(sku.eta_minutes),
    }
    discount = turn.telling.discount(sku)
    if discount is None:
        return turn.say("price.sku_plain", **{key: value for key, value in facts.items() if key != "list"})
    return turn.say("price.sku", discount=discount, **facts)


def _from(turn: Turn, sku: Sku) -> str:
    product = turn.reader.catalog.product(sku.product_id)
    assert product is not None, f"{sku.sku_id} belongs to no product"
    price_text = turn.telling.money(sku.price_fen)
    if len(product.skus) == 1:
        return turn.say("say.priced", thing=product.name, price=price_text)
    return turn.say("say.priced_from", thing=product.name, price=price_text)


def _to_buy(turn: Turn, skus: tuple[Sku, ...]) -> tuple[Choice, ...]:
    if len(skus) == 1:
        return (turn.choice("choice.buy", skus[0].sku_id),)
    return tuple(Choice(turn.telling.goods(sku), sku.sku_id) for sku in skus)


def _listed(turn: Turn, skus: tuple[Sku, ...], title: str) -> Reply:
    choices = sku_choices(turn, skus[: turn.policy.limits.choices_max], named=True)
    return turn.aside(title + _rows(turn, choices), choices)


def _offer(turn: Turn, title: str, choices: tuple[Choice, ...]) -> Reply:
    return turn.aside(title + _rows(turn, choices), choices)


def _rows(turn: Turn, choices: tuple[Choice, ...]) -> str:
    """The list in words, where an open question keeps the choices for itself."""
    question = turn.conversation.question
    if question is None or not question.is_open:
        return ""
    return "\n" + "\n".join(turn.say("say.row", text=choice.label) for choice in choices)


def _request(
    filters: Filters, sort: SortKey | None, product_ids: tuple[str, ...], sku_ids: tuple[str, ...]
) -> SearchRequest:
    return SearchRequest(
        product_ids=product_ids,
        sku_ids=sku_ids,
        category=filters.category,
        max_price_fen=None if filters.max_price_fen is None else Fen(filters.max_price_fen),
        min_price_fen=None if filters.min_price_fen is None else Fen(filters.min_price_fen),
        max_eta_minutes=filters.max_eta_minutes,
        max_discount=filters.max_discount,
        min_discount=filters.min_discount,
        min_rating=filters.min_rating,
        sort=Sort(sort.value) if sort is not None else None,
        limit=1000,
    )


def _by_size(filters: Filters, sort: SortKey | None) -> bool:
    """Whether the limits speak of single sizes, so that products alone would not answer."""
    return sort is not None or replace(filters, category=None) != Filters()


def _one_of_each(skus: tuple[Sku, ...]) -> tuple[Sku, ...]:
    """The best size of each product, in the order found: a list of one brand helps nobody."""
    best: dict[str, Sku] = {}
    for sku in skus:
        best.setdefault(sku.product_id, sku)
    return tuple(best.values())


def _cheapest(skus: tuple[Sku, ...]) -> tuple[Sku, ...]:
    """The least price of each product, best sold product first."""
    best: dict[str, Sku] = {}
    sales: dict[str, int] = {}
    for sku in skus:
        sales[sku.product_id] = sales.get(sku.product_id, 0) + sku.sales
        if sku.product_id not in best or sku.price_fen < best[sku.product_id].price_fen:
            best[sku.product_id] = sku
    return tuple(sorted(best.values(), key=lambda sku: -sales[sku.product_id]))


def _ranked(turn: Turn, sku: Sku, sort: SortKey | None, filters: Filters) -> str:
    """A row that shows what it was ranked by."""
    row = turn.say("say.priced", thing=turn.telling.goods(sku), price=turn.telling.money(sku.price_fen))
    if sort is SortKey.ETA or filters.max_eta_minutes is not None:
        return turn.say("search.row", row=row, fact=turn.telling.minutes(sku.eta_minutes))
    if sort is SortKey.RATING or filters.min_rating is not None:
        return turn.say("search.row", row=row, fact=turn.say("say.rating", rating=str(sku.supplier_rating)))
    if sort is SortKey.SALES:
        return turn.say("search.row", row=row, fact=turn.say("say.sales", count=sku.sales))
    discount = turn.telling.discount(sku)
    wanted = sort is SortKey.DISCOUNT or filters.max_discount is not None or filters.min_discount is not None
    return turn.say("search.row", row=row, fact=discount) if discount and wanted else row


def _title(turn: Turn, sort: SortKey | None, filters: Filters) -> str:
    if sort is not None:
        return turn.say(f"search.by_{sort.value}")
    if filters.category and not _by_size(filters, sort):
        return turn.say("search.category", category=filters.category)
    return turn.say("search.found")


def _categories(turn: Turn) -> tuple[Choice, ...]:
    categories = turn.reader.catalog.categories
    return tuple(Choice(name, name) for name in categories[: turn.policy.limits.choices_max])
